import { brotliDecompressSync } from 'node:zlib';
import { type AttributeValue, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { LogFileError, UpstreamError } from '../../src/errors';
import { applyStatement } from '../../src/event/apply-statement';
import type { AuditEvent } from '../../src/event/audit-event';
import { createMessageHandler, type HandleMessage } from '../../src/ingest/handle-message';
import { createIngest } from '../../src/ingest/ingest-file';
import { formatResume } from '../../src/ingest/intake-message';
import { createLocalClient, ensureTable } from '../../src/local/embedded-store';
import { recoveryRequestSchema } from '../../src/recovery/request';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import { type FaultRates, injectFaults, withFaults } from './faulty-dynamo';
import { makeFiles, type TrailFile } from './files';
import { UnreliableQueue } from './queue';
import { createRandom, type Random } from './random';

const BUCKET = 'trail';
const NOW = Date.UTC(2026, 2, 2, 11);
const FAULTS: FaultRates = { kill: 0.02, throttle: 0.02, partialBatch: 0.3 };
const NO_FAULTS: FaultRates = { kill: 0, throttle: 0, partialBatch: 0 };
/** After so many deliveries the trouble is over, and everything has to come right. */
const BAD_DELIVERIES = 60;
/** What depends on when a file was processed, and therefore is no part of the truth. */
const TIME_OF_PROCESSING = /"(storedAt|lagMs)":[^,}]+/g;

type Items = ReadonlyMap<string, string>;

export interface Outcome {
  readonly files: number;
  readonly items: number;
  readonly deliveries: number;
  /** Keys whose items differ between the truth and what the bad day left; empty = right. */
  readonly differences: readonly string[];
}

/**
 * One bad day: the same files go through the real code twice, once in peace and once with faults at
 * every arrow. Afterwards both tables have to be equal, item by item.
 */
export async function runScenario(endpoint: string, seed: number): Promise<Outcome> {
  const random = createRandom(seed);
  const files = makeFiles(random);
  const tables = { truth: `truth-${seed}`, badDay: `bad-day-${seed}` };
  const client = createLocalClient(endpoint);
  injectFaults(client);
  try {
    for (const table of Object.values(tables)) await ensureTable(client, table);
    await runInPeace(client, tables.truth, files);
    const deliveries = await runBadDay(client, tables.badDay, files, random);
    const truth = await readTable(client, tables.truth);
    const differences = differencesOf(truth, await readTable(client, tables.badDay));
    await replayLater(client, tables.badDay, files);
    differences.push(...differencesOf(truth, await readTable(client, tables.badDay)));
    return { files: files.length, items: truth.size, deliveries, differences };
  } finally {
    client.destroy();
  }
}

async function runInPeace(
  client: DynamoDBClient,
  table: string,
  files: readonly TrailFile[],
): Promise<void> {
  const requests: string[] = [];
  const handle = createWorker(client, table, files, {
    sendToIntake: () => {
      throw new Error('nothing is resumed in peace');
    },
    sendToRecovery: (body) => requests.push(body),
  });
  for (const { key } of files) await handle(notificationOf(key), () => false);
  for (const body of requests) await recover(client, table, body);
}

async function runBadDay(
  client: DynamoDBClient,
  table: string,
  files: readonly TrailFile[],
  random: Random,
): Promise<number> {
  const intake = new UnreliableQueue(random);
  const recovery = new UnreliableQueue(random);
  for (const { key } of files) intake.send(notificationOf(key));
  const replays = files.filter(() => random.chance(0.3));
  let deliveries = 0;

  const isBad = () => deliveries < BAD_DELIVERIES;
  /** A function of its own for each delivery: a kill ends it and nothing else. */
  const inFunction = (work: () => Promise<void>) =>
    withFaults(random, isBad() ? FAULTS : NO_FAULTS, work);

  for (;;) {
    const queues = [intake, recovery].filter((queue) => !queue.isEmpty);
    if (queues.length === 0) {
      const replay = replays.pop();
      if (replay) intake.send(notificationOf(replay.key));
      else if (intake.dead.length + recovery.dead.length === 0) return deliveries;
      deliveries = Math.max(deliveries, BAD_DELIVERIES);
      intake.redrive();
      recovery.redrive();
      continue;
    }
    deliveries += 1;
    if (random.pick(queues) === intake) {
      await intake.deliver((body) =>
        inFunction(() =>
          createWorker(client, table, files, {
            sendToIntake: (resume) => intake.send(resume),
            sendToRecovery: (request) => recovery.send(request),
            faultyReads: isBad() ? random : undefined,
          })(body, () => isBad() && random.chance(0.3)),
        ),
      );
    } else {
      await recovery.deliver((body) => inFunction(() => recover(client, table, body)));
    }
  }
}

/** A replay long after: Athena has forgotten the texts, so what recovery added has to stay. */
async function replayLater(
  client: DynamoDBClient,
  table: string,
  files: readonly TrailFile[],
): Promise<void> {
  const handle = createWorker(client, table, files, {
    sendToIntake: () => {
      throw new Error('nothing is resumed in peace');
    },
    sendToRecovery: () => {},
  });
  for (const { key } of files) await handle(notificationOf(key), () => false);
}

interface WorkerPorts {
  readonly sendToIntake: (body: string) => void;
  readonly sendToRecovery: (body: string) => void;
  readonly faultyReads?: Random;
}

function createWorker(
  client: DynamoDBClient,
  tableName: string,
  files: readonly TrailFile[],
  { sendToIntake, sendToRecovery, faultyReads }: WorkerPorts,
): HandleMessage {
  const ingestFile = createIngest({
    logFiles: { open: ({ key }) => readObject(files, key, faultyReads) },
    store: openStore(client, tableName),
    eventsPerWrite: 5,
    // The clocks of two functions are never the same.
    clock: () => new Date(NOW + (faultyReads?.below(600_000) ?? 0)),
    requestRecovery: async (requests) => {
      for (const request of requests) sendToRecovery(JSON.stringify(request));
    },
  });
  return createMessageHandler({
    ingestFile,
    sendToIntake: async (requests) => {
      for (const request of requests) sendToIntake(formatResume(request));
    },
    sendToDeadLetters: async (_, reason) => {
      throw new Error(`nothing here needs a person: ${reason}`);
    },
    addMetric: () => {},
    log: () => {},
  });
}

async function* readObject(
  files: readonly TrailFile[],
  key: string,
  random: Random | undefined,
): AsyncIterable<Uint8Array> {
  const file = files.find((candidate) => candidate.key === key);
  if (!file) throw new LogFileError('log-file.not-found', `no object ${key}`);
  if (random?.chance(0.1)) throw new UpstreamError('s3.SlowDown', 'SlowDown');
  const middle = Math.floor(file.body.length / 2);
  yield file.body.subarray(0, middle);
  if (random?.chance(0.1)) throw new UpstreamError('s3.interrupted', 'connection lost');
  yield file.body.subarray(middle);
}

/** Gives every masked event its text, as the Athena API would. */
async function recover(client: DynamoDBClient, table: string, body: string): Promise<void> {
  const store = openStore(client, table);
  const request = recoveryRequestSchema.parse(JSON.parse(body));
  for (const event of await store.findEvents(request.events)) {
    await store.putRecovered(event, recovered(event));
  }
}

function recovered(event: AuditEvent): AuditEvent {
  const text = `INSERT INTO archive.orders SELECT * FROM orders WHERE id = '${event.eventId}'`;
  return { ...applyStatement(event, text), outcome: 'succeeded', scannedBytes: 10_000_000 };
}

function openStore(client: DynamoDBClient, tableName: string) {
  return createDynamoEventStore({
    client,
    tableName,
    sleep: async () => {},
    now: () => NOW,
  });
}

function notificationOf(key: string): string {
  return JSON.stringify({ s3Bucket: BUCKET, s3ObjectKey: [key] });
}

async function readTable(client: DynamoDBClient, TableName: string): Promise<Items> {
  const items = new Map<string, string>();
  let ExclusiveStartKey: Record<string, never> | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName, ExclusiveStartKey }));
    for (const item of page.Items ?? []) {
      items.set(`${item.pk?.S} ${item.sk?.S}`, canonical(withPlainReceipt(item)));
    }
    ExclusiveStartKey = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (ExclusiveStartKey);
  return items;
}

/** A receipt may be kept compressed, with the time of processing in it. */
function withPlainReceipt(item: Record<string, AttributeValue>): Record<string, unknown> {
  const compressed = item.pk?.S?.startsWith('L#') ? item.b?.B : undefined;
  return compressed ? { ...item, b: brotliDecompressSync(compressed).toString() } : item;
}

function canonical(item: object): string {
  return JSON.stringify(item, (_, value) => {
    if (typeof value === 'string') return value.replaceAll(TIME_OF_PROCESSING, '');
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function differencesOf(truth: Items, found: Items): string[] {
  const keys = new Set([...truth.keys(), ...found.keys()]);
  return [...keys]
    .filter((key) => truth.get(key) !== found.get(key))
    .map((key) => `${key}\n  truth: ${truth.get(key)}\n  found: ${found.get(key)}`);
}
