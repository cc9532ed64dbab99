import type { AuditEvent } from '../../src/event/audit-event';
import { type EmbeddedStore, startEmbeddedStore } from '../../src/local/embedded-store';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import type { EventFilter, EventPage } from '../../src/store/event-store';
import { keysOf, meter } from '../bench/meter';
import { keyspacesEvent } from './events';

const RANGE = { from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z' };
const PAGE = { limit: 10, order: 'desc' } as const;
const SHARDS = 4;
/** The list of months, and what the month's directory says. */
const LOOK_UPS = 2;

let server: EmbeddedStore;
beforeEach(async () => {
  server = await startEmbeddedStore();
});
afterEach(() => server.close());

test('reads a list without filters from the accounts, and fetches nothing', async () => {
  const events = eventsOf(60, (at) => ({ accountId: at % 3 ? '111122223333' : '444455556666' }));

  const { page, queries, fetched } = await list(events, {});

  expect(page.events).toEqual(events.slice(0, PAGE.limit));
  expect([queries, fetched]).toEqual([LOOK_UPS + 2 * SHARDS, 0]);
});

test('reads a list without filters of many accounts from the classes', async () => {
  const events = eventsOf(60, (at) => ({ accountId: String(100_000_000_000 + (at % 7)) }));

  const { page, queries, fetched } = await list(events, {});

  expect(page.events).toEqual(events.slice(0, PAGE.limit));
  expect([queries, fetched]).toEqual([LOOK_UPS + 1 + SHARDS, PAGE.limit + 1]);
});

test('fetches only events of a table whose name many databases have', async () => {
  const events = eventsOf(600, (at) => {
    const name = `Tenant${at % 20}.${at % 30 < 20 ? 'Orders' : 'items'}`;
    return { tables: [{ name, access: 'read' }] };
  });

  const { page, queries, fetched } = await list(events, { table: 'items' });

  const items = events.filter(({ tables }) => tables[0]?.name.endsWith('items'));
  expect(page.events).toEqual(items.slice(0, PAGE.limit));
  expect(queries).toBeLessThanOrEqual(LOOK_UPS + 1 + 2 * SHARDS);
  expect(fetched).toBe(PAGE.limit + 1);
});

test('a text that no event holds costs a bounded search, which the page tells', async () => {
  const events = eventsOf(600, () => ({}));
  const bounds = { queries: 256, evaluated: 40_000, reads: 100 };

  const { page, queries, evaluated } = await list(events, { q: 'no such text' }, { bounds });

  expect(page.events).toEqual([]);
  expect(page.searchedTo).toBeDefined();
  expect(queries).toBeLessThanOrEqual(LOOK_UPS + 3 * SHARDS);
  expect(evaluated).toBeLessThan(3 * bounds.reads);
});

test.each([100, 500])(
  'makes no more reads than the bound says where each of %i events must be fetched',
  async (most) => {
    const events = eventsOf(600, () => ({}));
    const bounds = { queries: 256, evaluated: 40_000, reads: most };

    const { page, queries, fetched } = await list(
      events,
      { class: ['DML'], q: 'no such text' },
      { bounds },
    );

    expect(page.searchedTo).toBeDefined();
    expect(queries + fetched).toBeLessThanOrEqual(2 * SHARDS + most);
    expect(queries + fetched).toBeGreaterThanOrEqual(most);
  },
);

test('goes on to the end where the queries of a page alone are more than its reads', async () => {
  const events = eventsOf(30, (at) => ({ class: at % 2 ? 'DML' : 'DDL' }));
  const bounds = { queries: 256, evaluated: 40_000, reads: 2 };
  const store = createDynamoEventStore({ ...server, bounds });
  await store.putEvents(events);
  const listed: AuditEvent[] = [];

  let cursor: string | undefined;
  do {
    const page = await store.listEvents({ ...RANGE, class: ['DDL', 'DML'] }, { ...PAGE, cursor });
    listed.push(...page.events);
    cursor = page.cursor;
  } while (cursor !== undefined);

  expect(listed).toEqual(events);
});

test('looks at no more items than the bounds allow, where nothing matches', async () => {
  const events = eventsOf(600, () => ({}));
  const bounds = { queries: 256, evaluated: 200, reads: 2_000 };

  const { page, evaluated } = await list(events, { sourceIp: '192.0.2.1' }, { bounds });

  expect(page.events).toEqual([]);
  expect(page.searchedTo).toBeDefined();
  expect(evaluated).toBeLessThan(1.5 * bounds.evaluated);
});

async function list(events: readonly AuditEvent[], filter: Partial<EventFilter>, options = {}) {
  const store = createDynamoEventStore({ ...server, ...options });
  await store.putEvents(events);
  const reads = { queries: 0, fetched: 0, evaluated: 0 };
  meter(server.client, (input, output) => {
    if ('KeyConditionExpression' in input) reads.queries++;
    if ('ScannedCount' in output) reads.evaluated += Number(output.ScannedCount);
    reads.fetched += keysOf(input).filter(({ pk }) => pk.startsWith('A#')).length;
    return 0;
  });
  const page: EventPage = await store.listEvents({ ...RANGE, ...filter }, PAGE);
  return { page, ...reads };
}

/** Newest first, a second apart. */
function eventsOf(count: number, change: (at: number) => Partial<AuditEvent>): AuditEvent[] {
  return Array.from({ length: count }, (_, at) =>
    keyspacesEvent({
      eventId: `event-${at}`,
      eventTime: new Date(Date.UTC(2026, 10, 20, 23) - at * 1000)
        .toISOString()
        .replace('.000Z', 'Z'),
      tables: [],
      database: undefined,
      ...change(at),
    }),
  );
}
