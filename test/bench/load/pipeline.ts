/** Takes the log files of a folder through the whole local pipeline and prints what it took as JSON. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDiskLogFiles } from '../../../src/cloudtrail/disk-log-files';
import { createBatchHandler } from '../../../src/ingest/handle-batch';
import { createMessageHandler } from '../../../src/ingest/handle-message';
import { createIngest } from '../../../src/ingest/ingest-file';
import { type AddMetric, METRICS } from '../../../src/names';
import { deliveryTime, fileOfKey } from '../../../src/store/delivery';
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
  /** Of DynamoDB. */
  readonly calls: number;
  readonly integrity: DigestLoad & { readonly writeUnits: number; readonly readUnits: number };
}

const READ_UNIT_BYTES = 4096;
/** From a file's delivery to its batch: the default window, and the notification's way. */
const LAG_MS = 150_000;

async function main(folder: string, batchSize: number): Promise<void> {
  const database = DYNAMO_SERVERS.dynoxide ? 'dynoxide' : 'dynalite';
  const server = await DYNAMO_SERVERS[database]?.();
  if (!server) throw new Error('no DynamoDB to write to');
  const writes = measureWrites(server.client);
  const reads = meter(server.client, readUnits);
  const calls = meter(server.client, () => 1);
  let now = 0;
  const store = createDynamoEventStore({ ...server, now: () => now });
  let events = 0;
  const addMetric: AddMetric = (name, value) => {
    if (name === METRICS.eventsStored) events += value;
  };
  const disk = createDiskLogFiles();
  const handleBatch = createBatchHandler({
    handleMessage: createMessageHandler({
      ingestFile: createIngest({
        logFiles: { open: ({ key }) => disk.open({ key: join(folder, key) }) },
        store,
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
    judgeLate: store.judgeLate,
    addMetric,
    onFailure: (_messageId, error) => {
      throw error;
    },
  });

  const keys = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  // As they are delivered: every five minutes a file of each account.
  const files = keys.filter((key) => key.endsWith('.json.gz')).sort(byDelivery);
  const start = performance.now();
  const startCpu = process.cpuUsage();
  for (let at = 0; at < files.length; at += batchSize) {
    now = deliveryOf(files[at] ?? '') + LAG_MS;
    const messages = files
      .slice(at, at + batchSize)
      .map((key) => ({ messageId: key, body: notificationOf(key) }));
    await handleBatch(messages, () => false);
  }
  const { user, system } = process.cpuUsage(startCpu);
  const result = {
    ...{
      database,
      files: files.length,
      events,
      writeUnits: writes.take(),
      readUnits: reads.take(),
    },
    calls: calls.take(),
    seconds: (performance.now() - start) / 1000,
    processorSeconds: (user + system) / 1e6,
    peakBytes: peakBytes(),
  };
  const digests = await verifyDigests(folder, files, store);
  const verdicts = Object.values(writes.take()).reduce((sum, units) => sum + units, 0);
  const integrity = { ...digests, writeUnits: verdicts, readUnits: reads.take() };
  process.stdout.write(JSON.stringify({ ...result, integrity } satisfies LoadResult));
  await server.close();
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

void main(process.argv[2] ?? '', Number(process.argv[3]));
