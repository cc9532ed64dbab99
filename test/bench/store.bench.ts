import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inParallel } from '../../src/concurrency';
import type { AuditEvent } from '../../src/event/audit-event';
import { startEmbeddedStore } from '../../src/local/embedded-store';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import type { EventFilter, EventStore } from '../../src/store/event-store';
import { itemWriteUnits, recoveryWriteUnits } from '../../src/store/write-units';
import { DYNAMO_SERVERS } from '../integration/dynamo-servers';
import { keyspacesEvent, maskedAthenaEvent, recoveredEvent } from '../store/events';
import { itemsOf, type Meter, meter } from './meter';
import { table } from './table';

export const title = 'Store';

const WRITTEN = 5_000;
/** Enough that names and hours repeat, as they do in a trail. */
const METERED = 50_000;
const EVENTS_PER_WRITE = 500;
const CHUNK = 10_000;
const PAGES_PER_FILTER = 20;
const START = Date.UTC(2026, 9, 20);
const RANGE = { from: '2026-10-20T00:00:00Z', to: '2026-11-19T00:00:00Z' };
const RANGE_MS = 30 * 86_400_000;

/** Filters of a list, as the dashboard asks them. */
const FILTERS: Readonly<Record<string, Partial<EventFilter>>> = {
  none: {},
  'class=DDL': { class: ['DDL'] },
  'class=DML': { class: ['DML'] },
  account: { account: '444455556666' },
  'principal (a name)': { principal: ['user-7'] },
  'table=shop7.orders3': { table: 'shop7.orders3' },
  'table=orders3 (bare)': { table: 'orders3' },
  'database=shop7': { database: 'shop7' },
  'outcome=failed': { outcome: 'failed' },
  'failed and principal': { outcome: 'failed', principal: ['user-7'] },
  'operation=INSERT': { operation: ['INSERT'] },
  'q (a word of few)': { q: 'rare_word' },
};

export async function bench(): Promise<string> {
  const size = Number(process.env.BENCH_EVENTS ?? (DYNAMO_SERVERS.dynoxide ? 1_000_000 : 100_000));
  return [await writing(), await units(), await reading(size)].join('\n\n');
}

/** Into the embedded store on disk, in the pieces in which ingest writes. */
async function writing(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'querytrail-bench-'));
  const server = await startEmbeddedStore({ path: folder });
  const events = mix(WRITTEN);
  const first = await timed(() => putAll(createDynamoEventStore(server), events));
  const replay = await timed(() => putAll(createDynamoEventStore(server), events));
  await server.close();
  await rm(folder, { recursive: true });
  return table(
    ['embedded store on disk', 'events/s'],
    [
      [`first write of ${WRITTEN} events`, perSecond(WRITTEN, first)],
      ['replay of the same', perSecond(WRITTEN, replay)],
    ],
  );
}

/** By the documented sizing rules, of everything that is written, directory and notes included. */
async function units(): Promise<string> {
  const server = await startEmbeddedStore();
  const meter = measureWrites(server.client);
  const events = mix(METERED);
  await putAll(createDynamoEventStore(server), events);
  const first = meter.take();
  await putAll(createDynamoEventStore(server), events);
  const replay = meter.take();
  await server.close();

  const masked = events.filter((event) => event.statement?.unavailable === 'pending');
  const recovery = masked.map((event, at) =>
    recoveryWriteUnits(
      event,
      recoveredEvent(event, { outcome: at % 10 ? 'succeeded' : 'failed' }),
      {
        shards: 4,
      },
    ),
  );
  const tables = events.filter(({ tables }) => tables.length > 0).length / events.length;
  return table(
    ['write units per event', `mix with ${tables.toFixed(2)} tables an event`],
    [
      ['first write', (first / events.length).toFixed(2)],
      ['replay', (replay / events.length).toFixed(2)],
      ['recovery, besides table entries', mean(recovery).toFixed(2)],
    ],
  );
}

async function reading(size: number): Promise<string> {
  const name = DYNAMO_SERVERS.dynoxide ? 'dynoxide' : 'dynalite';
  const server = await DYNAMO_SERVERS[name]?.();
  if (!server) throw new Error('no DynamoDB to measure');
  const starts = Array.from({ length: Math.ceil(size / CHUNK) }, (_, at) => at * CHUNK);
  const loading = await timed(async () => {
    const store = createDynamoEventStore(server);
    await inParallel(starts, (at) => putAll(store, mix(Math.min(CHUNK, size - at), at)), 4);
  });
  const store = createDynamoEventStore({ ...server, now: () => Date.now() + 3_600_000 });
  for (let kept = 1; kept > 0; ) kept = await store.rollUp();
  const meter = countCalls(server.client);

  const rows: string[][] = [];
  for (const [filter, more] of Object.entries(FILTERS)) {
    const times: number[] = [];
    let events = 0;
    for (let at = 0; at < PAGES_PER_FILTER; at++) {
      times.push(
        await timed(async () => {
          const page = await store.listEvents({ ...RANGE, ...more }, { limit: 50, order: 'desc' });
          events = page.events.length;
        }),
      );
    }
    rows.push([
      filter,
      ...quantiles(times),
      String(events),
      String(meter.take() / PAGES_PER_FILTER),
    ]);
  }
  const deep = await deepest(store);
  rows.push([
    'none, from the middle of the range',
    ...quantiles(deep),
    '50',
    String(meter.take() / deep.length),
  ]);
  const stats: number[] = [];
  for (const groupBy of ['class', 'principal', 'table'] as const) {
    for (let at = 0; at < 5; at++) {
      stats.push(await timed(() => store.readTotals(RANGE.from, RANGE.to, groupBy)));
    }
  }
  rows.push(['totals of 30 days', ...quantiles(stats), '–', String(meter.take() / stats.length)]);
  await server.close();
  const head = `${size} events in ${name} (written at ${perSecond(size, loading)}/s)`;
  return table([head, 'p50 ms', 'p95 ms', 'events', 'calls'], rows);
}

/** Pages in the middle of the list: a position costs the same wherever it is. */
async function deepest(store: EventStore): Promise<number[]> {
  const half = { ...RANGE, to: '2026-11-04T12:00:00Z' };
  let { cursor } = await store.listEvents(half, { limit: 50, order: 'desc' });
  const times: number[] = [];
  for (let at = 0; at < PAGES_PER_FILTER; at++) {
    times.push(
      await timed(async () => {
        ({ cursor } = await store.listEvents(half, { limit: 50, order: 'desc', cursor }));
      }),
    );
  }
  return times;
}

async function putAll(store: EventStore, events: readonly AuditEvent[]): Promise<void> {
  for (let at = 0; at < events.length; at += EVENTS_PER_WRITE) {
    await store.putEvents(events.slice(at, at + EVENTS_PER_WRITE));
  }
}

/** Six in ten Keyspaces statements, two Athena starts (half name a database), two other calls. */
function mix(count: number, start = 0): AuditEvent[] {
  return Array.from({ length: count }, (_, offset) => {
    const at = start + offset;
    const random = createHash('sha256').update(`${at}`).digest();
    const pick = (byte: number, of: number) => (random[byte] ?? 0) % of;
    const eventId = random
      .toString('hex', 0, 16)
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const eventTime = `${new Date(START + Math.floor((random.readUInt32BE(0) / 2 ** 32) * RANGE_MS)).toISOString().slice(0, 19)}Z`;
    const accountId = ['111122223333', '444455556666', '777788889999'][pick(5, 3)] ?? '';
    const kind = pick(6, 10);
    const user = `user-${pick(7, 40)}`;
    const principal = { name: user, arn: `arn:aws:iam::${accountId}:user/${user}` };
    const base = { eventId, eventTime, accountId };
    if (kind < 6) {
      const [database, name] = [`shop${pick(8, 12)}`, `orders${pick(9, 20)}`];
      const isDdl = pick(10, 100) === 0;
      const operation = isDdl ? 'CREATE_TABLE' : pick(11, 3) ? 'SELECT' : 'INSERT';
      return keyspacesEvent({
        ...base,
        class: isDdl ? 'DDL' : 'DML',
        operation,
        database,
        tables: [{ name: `${database}.${name}`, access: 'read' }],
        statement: {
          text: `SELECT * FROM ${database}.${name} WHERE id = ***${pick(12, 256) === 7 && pick(13, 8) === 0 ? ' AND rare_word = ?' : ''}`,
          source: 'outline',
        },
        outcome: pick(14, 33) === 0 ? 'failed' : 'succeeded',
        principal: {
          name: `session-${user}`,
          sessionName: `session-${user}`,
          roleArn: `arn:aws:iam::${accountId}:role/${user}`,
          arn: `arn:aws:sts::${accountId}:assumed-role/${user}/session-${user}`,
        },
      });
    }
    if (kind < 8) {
      return maskedAthenaEvent({ ...base, principal, database: kind === 6 ? 'sales' : undefined });
    }
    return maskedAthenaEvent({
      ...base,
      principal,
      eventName: 'GetQueryResults',
      class: 'API',
      operation: 'GET_QUERY_RESULTS',
      access: 'read',
      statement: undefined,
      database: undefined,
      outcome: 'succeeded',
    });
  });
}

/** Adds up the write units of what a client puts, each item taken for new. */
function measureWrites(client: DynamoDBClient): Meter {
  return meter(client, (input) =>
    itemsOf(input).reduce((sum, item) => sum + itemWriteUnits(item), 0),
  );
}

function countCalls(client: DynamoDBClient): Meter {
  return meter(client, () => 1);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function quantiles(times: readonly number[]): [string, string] {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0);
  return [at(0.5), at(0.95)];
}

function perSecond(count: number, ms: number): string {
  return String(Math.round(count / (ms / 1000)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
