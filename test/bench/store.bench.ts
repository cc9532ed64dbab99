import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type AuditEvent, CLASSES } from '../../src/event/audit-event';
import { startEmbeddedStore } from '../../src/local/embedded-store';
import { writeCursor } from '../../src/store/cursor';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import { type EventFilter, type EventStore, GROUPS } from '../../src/store/event-store';
import { DEFAULT_BOUNDS } from '../../src/store/list-events';
import { DYNAMO_SERVERS, type DynamoServer } from '../integration/dynamo-servers';
import { keysOf, meter } from './meter';
import { startLoadedDynoxide } from './store/loaded-dynoxide';
import { mix, RANGE } from './store/mix';
import { table } from './table';

export const title = 'Store';

const EVENTS_PER_WRITE = 500;
const PAGES_PER_FILTER = 10;
const PAGE = { limit: 50, order: 'desc' } as const;
const SHARDS = 4;
/** Ten minutes before the end of a list, which is the start of the thirty days. */
const DEEPEST = '2026-10-20T00:10:00';

const READS = `Reads are counted as DynamoDB counts them: each query, and each item fetched by its key, also where a
hundred are fetched in one call. They are to be at most 2 × shards × classes + page: ${SHARDS} shards, the
classes asked for or all ${CLASSES.length}, a page of ${PAGE.limit}. Besides, one item is fetched for each log file that events of
the page are from, for its verdict. "Looked at" are the items that the queries went through, 40,000
at most or thereabouts; a page that finds less than ${PAGE.limit} has searched so far, and brings a cursor to go on.
No index knows a text: a request with \`q\` opens events until it has made ${DEFAULT_BOUNDS.reads.toLocaleString('en')} reads, which then
take the place of the page in its bound.`;

type Asked = Partial<EventFilter> & { readonly position?: string };

/** Every filter of the API, and some together. */
const FILTERS: Readonly<Record<string, Asked>> = {
  none: {},
  'class=DDL': { class: ['DDL'] },
  'class=DML': { class: ['DML'] },
  'class=DDL,DML': { class: ['DDL', 'DML'] },
  'operation=INSERT': { operation: ['INSERT'] },
  'access=write': { access: 'write' },
  'access=schema': { access: 'schema' },
  'principal (a name)': { principal: ['user-7'] },
  'principal (an ARN)': { principal: ['arn:aws:iam::444455556666:role/user-7'] },
  'actor=human': { actor: 'human' },
  account: { account: '444455556666' },
  'region=eu-central-1': { region: 'eu-central-1' },
  'table=shop7.orders3': { table: 'shop7.orders3' },
  'table=shop7.*': { table: 'shop7.*' },
  'table=orders3': { table: 'orders3' },
  'database=shop7': { database: 'shop7' },
  'database=sales': { database: 'sales' },
  'outcome=failed': { outcome: 'failed' },
  'outcome=accepted': { outcome: 'accepted' },
  'error=denied': { error: ['denied'] },
  'sourceIp (one of 200)': { sourceIp: '10.24.1.7' },
  'sourceIp (of no event)': { sourceIp: '192.0.2.1' },
  'workgroup=etl': { workgroup: 'etl' },
  'service=athena': { service: 'athena' },
  'q (in 1 of 33)': { q: 'orders3 ' },
  'q (in 1 of 3,400)': { q: 'rare_word' },
  'q (in none)': { q: 'no such text' },
  'outcome=failed, principal': { outcome: 'failed', principal: ['user-7'] },
  'principal, operation=INSERT': { principal: ['user-7'], operation: ['INSERT'] },
  'account, class=DML': { account: '444455556666', class: ['DML'] },
  'table=shop7.orders3, access=write': { table: 'shop7.orders3', access: 'write' },
  'service=athena, region, outcome': {
    service: 'athena',
    region: 'eu-central-1',
    outcome: 'accepted',
  },
  'class=DML, q (in none)': { class: ['DML'], q: 'no such text' },
};

export async function bench(): Promise<string> {
  const size = Number(process.env.BENCH_EVENTS ?? (DYNAMO_SERVERS.dynoxide ? 1_000_000 : 100_000));
  return reading(size);
}

/** Pages of 50 from a store that holds events of thirty days, the newest first. */
async function reading(size: number): Promise<string> {
  const server = await startLoaded(size);
  const store = createDynamoEventStore({ ...server, now: () => Date.parse(RANGE.to) });
  const reads = measureReads(server.client);
  const deepest: Asked = { position: DEEPEST };
  const lists = { ...FILTERS, 'none, the last pages of the list': deepest };
  const rows: string[][] = [];
  for (const [label, { position, ...filter }] of Object.entries(lists)) {
    const asked = { ...RANGE, ...filter };
    const cursor = position && writeCursor({ ...RANGE, position }, asked, PAGE);
    const times: number[] = [];
    let events = 0;
    for (let at = 0; at < PAGES_PER_FILTER; at++) {
      reads.forget();
      times.push(
        await timed(async () => {
          ({
            events: { length: events },
          } = await store.listEvents(asked, { ...PAGE, cursor }));
        }),
      );
    }
    const { queries, evaluated, fetched, verdicts } = reads;
    const opened = filter.q === undefined ? PAGE.limit : DEFAULT_BOUNDS.reads;
    const bound = 2 * SHARDS * (filter.class ?? CLASSES).length + opened;
    const made = queries + fetched;
    rows.push([
      label,
      ...quantiles(times),
      ...[events, evaluated, queries, fetched, verdicts].map(String),
      `${made} of ${bound}${made > bound ? ', **missed**' : ''}`,
    ]);
  }
  const stats: string[][] = [];
  for (const groupBy of [...GROUPS.map((one) => [one]), GROUPS]) {
    const times: number[] = [];
    for (let at = 0; at < PAGES_PER_FILTER; at++) {
      reads.forget();
      times.push(await timed(() => store.readTotals(RANGE.from, RANGE.to, groupBy)));
    }
    stats.push([groupBy.join(', '), ...quantiles(times), `${reads.queries}`]);
  }
  await server.close();
  const name = DYNAMO_SERVERS.dynoxide ? 'dynoxide' : 'dynalite';
  const head = `${size.toLocaleString('en')} events in ${name}, first page`;
  const columns = ['p50 ms', 'p95 ms', 'events', 'looked at', 'queries', 'fetched', 'verdicts'];
  return `${READS}

${table([head, ...columns, 'reads'], rows)}

${table(['totals of these 30 days by', 'p50 ms', 'p95 ms', 'queries'], stats)}`;
}

/** Loaded once and kept where that can be; else written event by event. */
async function startLoaded(size: number): Promise<DynamoServer> {
  if (DYNAMO_SERVERS.dynoxide) return startLoadedDynoxide(size);
  const server = await startEmbeddedStore();
  const store = createDynamoEventStore({ ...server, now: () => Date.parse(RANGE.to) });
  await putAll(store, mix(size));
  const later = createDynamoEventStore({ ...server, now: () => Date.parse(RANGE.to) + 3_600_000 });
  while ((await later.rollUp()) > 0);
  return server;
}

async function putAll(store: EventStore, events: readonly AuditEvent[]): Promise<void> {
  for (let at = 0; at < events.length; at += EVENTS_PER_WRITE) {
    await store.putEvents(events.slice(at, at + EVENTS_PER_WRITE));
  }
}

/** What a client reads: queries and the items they look at, items fetched by key. */
function measureReads(client: DynamoDBClient) {
  const nothing = { queries: 0, evaluated: 0, fetched: 0, verdicts: 0 };
  const reads = { ...nothing, forget: () => void Object.assign(reads, nothing) };
  meter(client, (input, output) => {
    if ('KeyConditionExpression' in input) reads.queries++;
    if ('ScannedCount' in output) reads.evaluated += Number(output.ScannedCount);
    for (const { pk } of keysOf(input)) reads[pk.startsWith('V#') ? 'verdicts' : 'fetched']++;
    return 0;
  });
  return reads;
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
