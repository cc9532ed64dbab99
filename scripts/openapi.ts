// Writes docs/openapi.json from the schemas of the API.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOpenApiDocument } from '../src/api/openapi';
import { ROUTES } from '../src/api/routes';

const document = createOpenApiDocument(ROUTES);
writeFileSync(
  join(__dirname, '..', 'docs', 'openapi.json'),
  `${JSON.stringify(document, null, 2)}\n`,
);
