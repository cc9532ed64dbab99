/** Takes the log files of a folder through the whole local pipeline and prints what it took as JSON. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { createS3LogFiles } from '../../../src/cloudtrail/s3-log-files';
import { createBatchHandler } from '../../../src/ingest/handle-batch';
import { createMessageHandler } from '../../../src/ingest/handle-message';
import { createIngest } from '../../../src/ingest/ingest-file';
import { createJointWrites } from '../../../src/ingest/joint-writes';
import { type AddMetric, METRICS } from '../../../src/names';
import { deliveryTime, fileOfKey } from '../../../src/store/delivery';
import { chunks } from '../../../src/store/dynamo-calls';
import { createDynamoEventStore } from '../../../src/store/dynamo-event-store';
import { type Item, itemSize } from '../../../src/store/item-size';
import { itemWriteUnits } from '../../../src/store/write-units';
import { DYNAMO_SERVERS } from '../../integration/dynamo-servers';
import { peakBytes } from '../../peak-bytes';
import { itemsOf, keysOf, meter } from '../meter';
import { type DigestLoad, verifyDigests } from './digests';

/** Write units by the first letter of the partition key: what the items are. */
type WriteUnits = Record<string, number>;

export interface LoadResult {
  readonly database: string;
  readonly files: number;
  readonly events: number;
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly peakBytes: number;
  readonly writeUnits: WriteUnits;
  readonly readUnits: number;
  /** Of all batches one after the other, where S3 and DynamoDB let wait as the caller says. */
  readonly waitingSeconds: number;
  readonly integrity: DigestLoad & { readonly writeUnits: number; readonly readUnits: number };
}

/** What an object and a call of DynamoDB take at least. */
interface Waits {
  readonly objectMs: number;
  readonly callMs: number;
}

const READ_UNIT_BYTES = 4096;
/** From a file's delivery to its batch: the default window, and the notification's way. */
const LAG_MS = 150_000;
const NO_WAITS: Waits = { objectMs: 0, callMs: 0 };

async function main(folder: string, batchSize: number, waits: Waits): Promise<void> {
  const keys = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  // As they are delivered: every five minutes a file of each account.
  const files = keys.filter((key) => key.endsWith('.json.gz')).sort(byDelivery);

  const pipeline = await startPipeline(folder, NO_WAITS);
  const writes = measureWrites(pipeline.client);
  const reads = meter(pipeline.client, readUnits);
  const startCpu = process.cpuUsage();
  const seconds = await ingest(pipeline, files, batchSize);
  const { user, system } = process.cpuUsage(startCpu);
  const result = {
    database: pipeline.database,
    files: files.length,
    events: pipeline.events(),
    seconds,
    processorSeconds: (user + system) / 1e6,
    peakBytes: peakBytes(),
    writeUnits: writes.take(),
    readUnits: reads.take(),
  };
  const digests = await verifyDigests(folder, files, pipeline.store);
  const verdicts = Object.values(writes.take()).reduce((sum, units) => sum + units, 0);
  const integrity = { ...digests, writeUnits: verdicts, readUnits: reads.take() };
  await pipeline.close();

  const waiting = await startPipeline(folder, waits);
  const waitingSeconds = await ingest(waiting, files, batchSize);
  await waiting.close();
  process.stdout.write(
    JSON.stringify({ ...result, waitingSeconds, integrity } satisfies LoadResult),
  );
}

type Pipeline = Awaited<ReturnType<typeof startPipeline>>;

/** The function's own code with an empty table of its own. */
async function startPipeline(folder: string, waits: Waits) {
  const database = DYNAMO_SERVERS.dynoxide ? 'dynoxide' : 'dynalite';
  const server = await DYNAMO_SERVERS[database]?.();
  if (!server) throw new Error('no DynamoDB to write to');
  delayCalls(server.client, waits.callMs);
  const bucket = await startBucket(folder, waits.objectMs);
  let now = 0;
  let events = 0;
  const addMetric: AddMetric = (name, value) => {
    if (name === METRICS.eventsStored) events += value;
  };
  const store = createDynamoEventStore({ ...server, now: () => now });
  const jointWrites = createJointWrites(store.putEvents);
  const handleBatch = createBatchHandler({
    handleMessage: createMessageHandler({
      ingestFile: createIngest({
        logFiles: createS3LogFiles(bucket.client),
        store: jointWrites,
        clock: () => new Date(now),
      }),
      sendToIntake: async () => {},
      sendToDeadLetters: async (_body, reason) => {
        throw new Error(`a dead letter: ${reason}`);
      },
      addMetric,
      log: () => {},
    }),
    store,
    jointWrites,
    judgeLate: store.judgeLate,
    addMetric,
    onFailure: (_messageId, error) => {
      throw error;
    },
  });
  return {
    database,
    client: server.client,
    store,
    events: () => events,
    async handle(files: readonly string[]) {
      now = deliveryOf(files[0] ?? '') + LAG_MS;
      const messages = files.map((key) => ({ messageId: key, body: notificationOf(key) }));
      await handleBatch(messages, () => false);
    },
    async close() {
      bucket.close();
      await server.close();
    },
  };
}

/** @returns the seconds that all batches took, one after the other. */
async function ingest(
  pipeline: Pipeline,
  files: readonly string[],
  batchSize: number,
): Promise<number> {
  const start = performance.now();
  for (const batch of chunks(files, batchSize)) await pipeline.handle(batch);
  return (performance.now() - start) / 1000;
}

/** Lets each call take as long at least. */
function delayCalls(client: DynamoDBClient, waitMs: number): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const [result] = await Promise.all([next(args), waitMs > 0 && wait(waitMs)]);
      return result;
    },
    { step: 'initialize', priority: 'high' },
  );
}

async function startBucket(folder: string, waitMs: number) {
  const script = join(__dirname, 'folder-bucket.ts');
  const args = [require.resolve('tsx/cli'), script, folder, String(waitMs)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const client = new S3Client({
    endpoint: String(line).trim(),
    region: 'eu-west-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const close = () => {
    client.destroy();
    child.stdin.end();
  };
  return { client, close };
}

/** By the documented sizing rules, every item taken for new. */
function measureWrites(client: DynamoDBClient): { take(): WriteUnits } {
  let units: WriteUnits = {};
  meter(client, (input) => {
    for (const item of [...itemsOf(input), ...updatedItem(input)]) {
      const kind = String(item.pk).charAt(0);
      units[kind] = (units[kind] ?? 0) + itemWriteUnits(item);
    }
    return 0;
  });
  return {
    take() {
      const taken = units;
      units = {};
      return taken;
    },
  };
}

/** An update sets attributes beside the key. */
function updatedItem(input: object): Item[] {
  if (!('UpdateExpression' in input) || !('Key' in input)) return [];
  const { Key, ExpressionAttributeNames: names = {} } = input as {
    readonly Key: Item;
    readonly ExpressionAttributeNames?: Record<string, string>;
  };
  return [{ ...Key, ...Object.fromEntries(Object.values(names).map((name) => [name, 'v'])) }];
}

/** Half a unit for 4 KB or a part of it, a whole one where the read is strongly consistent. */
function readUnits(input: object, output: object): number {
  if ('KeyConditionExpression' in input) {
    const { Items = [] } = output as { Items?: Item[] };
    const sizeBytes = Items.reduce((sum, item) => sum + itemSize(item), 0);
    const half = Math.max(1, Math.ceil(sizeBytes / READ_UNIT_BYTES)) / 2;
    return 'ConsistentRead' in input && input.ConsistentRead ? 2 * half : half;
  }
  // Small items, eventually consistent, as ingest looks for them.
  return keysOf(input).length / 2;
}

function byDelivery(a: string, b: string): number {
  return deliveryOf(a) - deliveryOf(b);
}

function deliveryOf(key: string): number {
  const file = fileOfKey(key);
  if (file === undefined) throw new Error(`no log file: ${key}`);
  return Date.parse(deliveryTime(file));
}

/** As S3 sends it. */
function notificationOf(key: string): string {
  return JSON.stringify({
    Records: [
      { eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'audit-logs' }, object: { key } } },
    ],
  });
}

const [folder = '', ...numbers] = process.argv.slice(2);
const [batchSize = 1, objectMs = 0, callMs = 0] = numbers.map(Number);
void main(folder, batchSize, { objectMs, callMs });
