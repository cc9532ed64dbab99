/** Takes the log files of a folder through the whole local pipeline and prints what it took as JSON. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDiskLogFiles } from '../../../src/cloudtrail/disk-log-files';
import { createMessageHandler } from '../../../src/ingest/handle-message';
import { createIngest } from '../../../src/ingest/ingest-file';
import { METRICS } from '../../../src/names';
import { createDynamoEventStore } from '../../../src/store/dynamo-event-store';
import type { Item } from '../../../src/store/item-size';
import { itemWriteUnits } from '../../../src/store/write-units';
import { DYNAMO_SERVERS } from '../../integration/dynamo-servers';
import { peakBytes } from '../../peak-bytes';
import { itemsOf, keysOf, meter } from '../meter';

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
}

/** Messages of a batch, handled side by side as the function does. */
const BATCH = 10;

async function main(folder: string): Promise<void> {
  const database = DYNAMO_SERVERS.dynoxide ? 'dynoxide' : 'dynalite';
  const server = await DYNAMO_SERVERS[database]?.();
  if (!server) throw new Error('no DynamoDB to write to');
  const writeUnits: WriteUnits = {};
  measure(server.client, writeUnits);
  // Strongly consistent reads of small items: a unit each.
  const reads = meter(server.client, (input) => keysOf(input).length);
  let events = 0;
  const disk = createDiskLogFiles();
  const handle = createMessageHandler({
    ingestFile: createIngest({
      logFiles: { open: ({ key }) => disk.open({ key: join(folder, key) }) },
      store: createDynamoEventStore(server),
      clock: () => new Date(),
    }),
    sendToIntake: async () => {},
    sendToDeadLetters: async (_body, reason) => {
      throw new Error(`a dead letter: ${reason}`);
    },
    addMetric: (name, value) => {
      if (name === METRICS.eventsStored) events += value;
    },
    log: () => {},
  });

  const keys = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = keys.filter((key) => key.endsWith('.json.gz'));
  const start = performance.now();
  const startCpu = process.cpuUsage();
  for (let at = 0; at < files.length; at += BATCH) {
    await Promise.all(
      files.slice(at, at + BATCH).map((key) => handle(notificationOf(key), () => false)),
    );
  }
  const { user, system } = process.cpuUsage(startCpu);
  const result: LoadResult = {
    ...{ database, files: files.length, events, writeUnits, readUnits: reads.take() },
    seconds: (performance.now() - start) / 1000,
    processorSeconds: (user + system) / 1e6,
    peakBytes: peakBytes(),
  };
  process.stdout.write(JSON.stringify(result));
  await server.close();
}

/** By the documented sizing rules, every item taken for new. */
function measure(client: DynamoDBClient, writeUnits: WriteUnits): void {
  meter(client, (input) => {
    for (const item of [...itemsOf(input), ...updatedItem(input)]) {
      const kind = String(item.pk).charAt(0);
      writeUnits[kind] = (writeUnits[kind] ?? 0) + itemWriteUnits(item);
    }
    return 0;
  });
}

/** An update sets attributes beside the key. */
function updatedItem(input: object): Item[] {
  if (!('UpdateExpression' in input) || !('Key' in input)) return [];
  const values = 'ExpressionAttributeValues' in input ? input.ExpressionAttributeValues : {};
  return [{ ...(input.Key as Item), ...(values as Item) }];
}

/** As S3 sends it. */
function notificationOf(key: string): string {
  return JSON.stringify({
    Records: [
      { eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'audit-logs' }, object: { key } } },
    ],
  });
}

void main(process.argv[2] ?? '');
