import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { AuditEvent } from '../../../src/event/audit-event';
import { createDynamoEventStore } from '../../../src/store/dynamo-event-store';
import { type DynamoServer, dynoxideBinary, startDynoxide } from '../../integration/dynamo-servers';
import { mix, RANGE } from './mix';

const FOLDER = join(tmpdir(), 'querytrail-bench-store');
const TABLE_NAME = 'querytrail';
const DATA = 'data';
const PIECE = 5_000;
const WRITTEN_AT_MS = Date.parse(RANGE.to);
const ROLLED_UP_AT_MS = WRITTEN_AT_MS + 3_600_000;

const putSchema = z.object({ Item: z.record(z.string(), z.unknown()) });
const batchSchema = z.object({
  RequestItems: z.object({ [TABLE_NAME]: z.array(z.object({ PutRequest: putSchema })) }),
});

/**
 * A dynoxide that holds a mix of so many events, their hours rolled up. Its data file stays in the
 * system's folder for temporary files; it is made anew when the store would write other items.
 */
export async function startLoadedDynoxide(size: number): Promise<DynamoServer> {
  const folder = join(FOLDER, await fingerprint(size));
  if (!existsSync(folder)) {
    await rm(FOLDER, { recursive: true, force: true });
    await writeData(piecesOf(size), folder);
  }
  return startDynoxide(join(folder, DATA));
}

/** Of what makes the data: the table, what the first events are written as, and the rolling up. */
async function fingerprint(size: number): Promise<string> {
  const hash = createHash('sha256').update(`${size}${await tableSchema()}`);
  const first = mix(size, 0, Math.min(size, PIECE));
  for await (const lines of exportLines([first])) hash.update(lines);
  hash.update(await readFile(require.resolve('../../../src/store/totals')));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Writes a folder with dynoxide's data file: all that `putEvents` puts for these events, and rolls their
 * hours up. It goes in as the export of a table: a million writes would take most of an hour.
 */
export async function writeData(
  pieces: Iterable<readonly AuditEvent[]>,
  folder: string,
): Promise<void> {
  const making = `${folder}.making`;
  const source = join(making, 'export');
  const schema = join(making, 'schema.json');
  const output = join(making, DATA);
  const items = join(source, TABLE_NAME, 'data', 'items.json.gz');
  await mkdir(dirname(items), { recursive: true });
  await writeFile(schema, await tableSchema());
  await pipeline(
    Readable.from(exportLines(pieces)),
    createGzip({ level: 1 }),
    createWriteStream(items),
  );
  const places = ['--source', source, '--schema', schema, '--output', output];
  await promisify(execFile)(dynoxideBinary() ?? 'dynoxide', ['import', ...places]);

  const server = await startDynoxide(output);
  const store = createDynamoEventStore({ ...server, now: () => ROLLED_UP_AT_MS });
  while ((await store.rollUp()) > 0);
  await server.close();
  await rm(source, { recursive: true });
  await rename(making, folder);
}

function* piecesOf(size: number): Iterable<AuditEvent[]> {
  for (let at = 0; at < size; at += PIECE) yield mix(size, at, Math.min(size, at + PIECE));
}

/** Each item that the store puts, a line each, as a client sends it to an empty table. */
async function* exportLines(pieces: Iterable<readonly AuditEvent[]>): AsyncIterable<string> {
  let lines = '';
  const client = new DynamoDBClient({
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    signer: { sign: async (request) => request },
    requestHandler: {
      async handle({ body }: { body: Uint8Array }) {
        for (const Item of itemsPutBy(body)) lines += `${JSON.stringify({ Item })}\n`;
        return { response: { statusCode: 200, headers: {}, body: Buffer.from('{}') } };
      },
    },
  });
  const store = createDynamoEventStore({
    client,
    tableName: TABLE_NAME,
    now: () => WRITTEN_AT_MS,
  });
  for (const events of pieces) {
    await store.putEvents(events);
    yield lines;
    lines = '';
  }
}

function itemsPutBy(body: Uint8Array): object[] {
  const request: unknown = JSON.parse(new TextDecoder().decode(body));
  const batch = batchSchema.safeParse(request);
  if (batch.success) {
    return batch.data.RequestItems[TABLE_NAME].map(({ PutRequest }) => PutRequest.Item);
  }
  const put = putSchema.safeParse(request);
  return put.success ? [put.data.Item] : [];
}

/** As `dynoxide import` wants it: the answer of DescribeTable. */
async function tableSchema(): Promise<string> {
  const server = await startDynoxide();
  const { Table } = await server.client.send(new DescribeTableCommand({ TableName: TABLE_NAME }));
  await server.close();
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingModeSummary } =
    Table ?? {};
  return JSON.stringify({
    Table: {
      TableName: TABLE_NAME,
      AttributeDefinitions,
      KeySchema,
      GlobalSecondaryIndexes,
      BillingModeSummary,
    },
  });
}
