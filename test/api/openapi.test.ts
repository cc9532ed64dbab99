import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOpenApiDocument } from '../../src/api/openapi';
import { ROUTES } from '../../src/api/routes';
import { apiOver, fakeStore } from './factories';

const FILE = join(__dirname, '../../docs/openapi.json');
const VALIDATOR = require.resolve('@seriousme/openapi-schema-validator/bin/validate-api-cli.js');

test('is valid OpenAPI 3.1 to a public validator', () => {
  const { status, stdout } = spawnSync(process.execPath, [VALIDATOR, FILE], { encoding: 'utf8' });

  expect([status, stdout]).toEqual([0, expect.stringContaining('"valid": true')]);
});

test('is what docs/openapi.json holds: run `npx tsx scripts/openapi.ts` after a change', () => {
  const checkedIn = readFileSync(FILE, 'utf8');

  expect(JSON.parse(checkedIn)).toEqual(JSON.parse(JSON.stringify(createOpenApiDocument(ROUTES))));
});

test('is served', async () => {
  const { get } = apiOver(fakeStore([]));

  const answer = await get('/v1/openapi.json');

  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual(JSON.parse(JSON.stringify(createOpenApiDocument(ROUTES))));
});
