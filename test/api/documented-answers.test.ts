import { gzipSync } from 'node:zlib';
import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import { createOpenApiDocument } from '../../src/api/openapi';
import { ROUTES } from '../../src/api/routes';
import { type EmbeddedStore, startEmbeddedStore } from '../../src/local/embedded-store';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import { apiOver, auditEvent, auditEvents, NOW } from './factories';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: readonly unknown[];
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly schema: Schema;
}

interface Operation {
  readonly parameters: readonly Parameter[];
  readonly responses: Readonly<Record<string, { content: Record<string, { schema: object }> }>>;
}

const document = JSON.parse(JSON.stringify(createOpenApiDocument(ROUTES)));
const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, 'api');
const paths: readonly string[] = Object.keys(document.paths);

let embedded: EmbeddedStore;
let get: ReturnType<typeof apiOver>['get'];

beforeAll(async () => {
  embedded = await startEmbeddedStore();
  const store = createDynamoEventStore({ ...embedded, now: () => NOW });
  await store.putEvents([
    ...auditEvents(40),
    ...auditEvents(5, { class: 'DDL', outcome: 'failed', service: 'keyspaces' }),
    auditEvent({ eventId: 'shared', eventName: 'Insert' }),
    auditEvent({ eventId: 'shared', eventName: 'Update' }),
  ]);
  const record = { eventID: 'event-0', eventName: 'StartQueryExecution' };
  const logFiles = {
    open: async function* () {
      yield gzipSync(JSON.stringify({ Records: [record] }));
    },
  };
  ({ get } = apiOver(store, { logFiles }));
});

afterAll(() => embedded.close());

/** Every answer is one that the document has, in status, type and shape; a fault is none. */
async function expectDocumented(path: string, url: string, accept?: string): Promise<void> {
  const answer = await get(url, accept === undefined ? {} : { accept });
  const operation: Operation = document.paths[path].get;
  const mediaType = String(answer.headers?.['content-type']).split(';')[0] ?? '';
  const described = operation.responses[String(answer.statusCode)]?.content[mediaType];

  expect({ url, status: answer.statusCode, mediaType, described }).toMatchObject({
    status: expect.not.stringMatching('5..'),
    described: expect.anything(),
  });
  expect(answer.statusCode).toBeLessThan(500);
  if (mediaType !== 'application/json') return;
  const pointer = `/paths/${path.replaceAll('/', '~1')}/get/responses/${answer.statusCode}`;
  const validate = ajv.getSchema(`api#${pointer}/content/application~1json/schema`);
  expect([url, validate?.(answer.json()), validate?.errors]).toEqual([url, true, null]);
}

const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    ',',
    '\\,',
    '%',
    '%00',
    '*',
    'null',
    '-1',
    '1e9',
    '__proto__',
    'a,b',
    '\uD800',
  ),
  fc.constantFrom('-7d', 'now', '2026-11-20', '0000-01-01', '9999-12-31T23:59:59Z', '-99999w'),
);

function valuesOf(schema: Schema): fc.Arbitrary<string> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.items)
    return fc.array(valuesOf(schema.items), { minLength: 1, maxLength: 3 }).map(String);
  if (schema.type === 'integer') {
    return fc.integer({ min: schema.minimum, max: schema.maximum }).map(String);
  }
  const examples = (schema.examples ?? ['2026-11-19T00:00:00Z']).map(String);
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...examples) },
    fc.string({ minLength: 1 }),
  );
}

function pairOf({ name, schema }: Parameter): fc.Arbitrary<readonly [string, string]> {
  const value = fc.oneof(
    { weight: 9, arbitrary: valuesOf(schema) },
    { weight: 1, arbitrary: junk },
  );
  return value.map((text) => [name, text]);
}

function requestOf(path: string): fc.Arbitrary<string> {
  const { parameters }: Operation = document.paths[path].get;
  const query = parameters.filter((parameter) => parameter.in === 'query').map(pairOf);
  const anyPair = fc.tuple(fc.string({ maxLength: 8 }), junk);
  const pairs = fc.array(
    query.length === 0 ? anyPair : fc.oneof({ weight: 30, arbitrary: fc.oneof(...query) }, anyPair),
    { maxLength: 5 },
  );
  const ids = fc.oneof(fc.constantFrom('event-0', 'event-3', 'shared', 'none'), junk);
  return fc.tuple(ids, pairs).map(([id, given]) => {
    const search = new URLSearchParams(given.map(([name, value]) => [name, value]));
    return `${path.replace('{eventId}', encodeURIComponent(id.toWellFormed()) || 'x')}?${search}`;
  });
}

const accept = fc.constantFrom(
  undefined,
  '*/*',
  'text/csv',
  'application/x-ndjson',
  'image/png',
  ';q',
);

test.each(paths)('%s gives documented answers only', async (path) => {
  await fc.assert(
    fc.asyncProperty(requestOf(path), accept, (url, type) => expectDocumented(path, url, type)),
    { numRuns: path === '/v1/events' ? 60 : 30 },
  );
});

const listParameters: readonly Parameter[] = document.paths['/v1/events'].get.parameters;

test.each(listParameters.filter(({ name }) => name !== 'cursor').map(({ name }) => name))(
  '/v1/events takes any documented value of %s',
  async (name) => {
    const parameter = listParameters.find((one) => one.name === name);
    if (parameter === undefined) throw new Error(`no parameter ${name}`);
    const range = name === 'to' || name === 'from' ? '' : 'from=2026-11-19&';
    const { schema } = parameter;
    for (const value of schema.enum ??
      schema.items?.enum ??
      (schema.examples ?? ['7']).map(String)) {
      const answer = await get(`/v1/events?${range}${name}=${encodeURIComponent(value)}`);
      expect([value, answer.statusCode]).toEqual([value, 200]);
    }
  },
);

test('a list of any size, in any form, answers as documented along its cursors', async () => {
  for (const limit of [9, 500]) {
    let cursor: string | undefined;
    let count = 0;
    do {
      const after: string = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const url = `/v1/events?from=-2d&limit=${limit}${after}`;
      await expectDocumented('/v1/events', url);
      const page = (await get(url)).json();
      count += page.events.length;
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(count).toBe(42);
  }
});
