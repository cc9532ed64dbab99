import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';

const SCRIPT = require.resolve('../../scripts/licences.ts');

let server: Server;
/** Advisories by package, as a registry answers. */
let advisories: Record<string, readonly object[]> | undefined;
let asked: Record<string, readonly string[]>;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    if (!request.url?.endsWith('/advisories/bulk') || !advisories) {
      response.writeHead(404).end('{}');
      return;
    }
    const isGzip = request.headers['content-encoding'] === 'gzip';
    asked = JSON.parse(await text(isGzip ? request.pipe(createGunzip()) : request));
    response.setHeader('content-type', 'application/json').end(JSON.stringify(advisories));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

/** With the real npm, and a registry of advisories on this machine. */
async function run(): Promise<{ output: string; exitCode: number }> {
  const { port } = server.address() as AddressInfo;
  const others = Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name));
  const registry = `http://127.0.0.1:${port}/`;
  const env = { ...Object.fromEntries(others), npm_config_registry: registry };
  const child = spawn(process.execPath, [require.resolve('tsx/cli'), SCRIPT], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { output, exitCode };
}

test('lists licences, and each advisory of what is shipped; fails for a grave one', async () => {
  const advisory = (severity: string, title: string) => ({
    ...{ id: title.length, title, severity, url: `https://example.org/${severity}` },
    ...{ vulnerable_versions: '<999', cwe: [], cvss: { score: 0, vectorString: null } },
  });
  advisories = { zod: [advisory('high', 'Lets all pass')], uplot: [advisory('low', 'Draws late')] };

  const { output, exitCode } = await run();

  expect(output).toMatch(/^\d+ Apache-2\.0/m);
  expect(output).toMatch(/^advisories: .*1 low.*1 high/m);
  expect(output).toContain('high: zod <999, Lets all pass (https://example.org/high)');
  expect(output).toContain('low: uplot <999, Draws late (https://example.org/low)');
  expect(exitCode).toBe(1);
  expect(Object.keys(asked)).toEqual(expect.arrayContaining(['zod', '@middy/core']));
  expect(Object.keys(asked)).not.toContain('jest');
});

test('passes without advisories', async () => {
  advisories = {};

  const { output, exitCode } = await run();

  expect(output).toMatch(/^advisories: 0 info/m);
  expect(exitCode).toBe(0);
});

test('says so where nobody knows', async () => {
  advisories = undefined;

  const { output, exitCode } = await run();

  expect(output).toContain('advisories: not known');
  expect(exitCode).toBe(0);
});
