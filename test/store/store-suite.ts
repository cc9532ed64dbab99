import { DeleteTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import type { AuditEvent } from '../../src/event/audit-event';
import { ensureTable } from '../../src/local/embedded-store';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import type { EventFilter, EventStore, PageRequest } from '../../src/store/event-store';
import { matches } from '../../src/store/filter';
import { positionOf } from '../../src/store/keys';
import type { DynamoServer } from '../integration/dynamo-servers';
import { anyEvent, keyspacesEvent, maskedAthenaEvent, recoveredEvent } from './events';

const WIDE = { from: '2016-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' };
const SMALL_BOUNDS = { queries: 6, evaluated: 12, fetched: 5 };

/** What every server must do alike. `open` gives a store over a table with nothing in it. */
export function describeStore(name: string, start: () => Promise<DynamoServer>): void {
  describe(`event store on ${name}`, () => {
    let server: DynamoServer;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server.close());
    afterEach(() => clear(server));

    const open = (options = {}): EventStore =>
      createDynamoEventStore({ client: server.client, tableName: server.tableName, ...options });

    test('gives back an event as it was put', async () => {
      const store = open();
      const events = [
        keyspacesEvent(),
        maskedAthenaEvent(),
        recoveredEvent(maskedAthenaEvent({ eventId: 'r' })),
      ];

      await store.putEvents(events);

      for (const event of events) expect(await store.getEvents(event.eventId)).toEqual([event]);
      expect(await store.findEvents(events)).toHaveLength(3);
    });

    test('lists newest first, a page at a time', async () => {
      const store = open();
      const events = Array.from({ length: 30 }, (_, at) =>
        keyspacesEvent({
          eventId: `e${at}`,
          eventTime: `2026-11-20T10:00:${String(at).padStart(2, '0')}Z`,
        }),
      );
      await store.putEvents(events);

      const pages = await allPages(store, WIDE, { limit: 7, order: 'desc' });

      expect(pages.flat()).toEqual(events.toReversed());
      expect(pages.map((page) => page.length)).toEqual([7, 7, 7, 7, 2]);
    });

    test('lists what a plain filter over all events lists, for any filters, order and page', async () => {
      const events = fc.sample(anyEvent, { numRuns: 120, seed: 7 });
      const store = open();
      await store.putEvents(events);

      await fc.assert(
        fc.asyncProperty(anyFilter, anyPage, fc.boolean(), async (filter, page, isBounded) => {
          const lister = isBounded ? open({ bounds: SMALL_BOUNDS }) : store;

          const pages = await allPages(lister, filter, page);

          expect(idsOf(pages.flat())).toEqual(expected(events, filter, page.order));
          for (const events of pages) expect(events.length).toBeLessThanOrEqual(page.limit);
        }),
        { numRuns: 60, seed: 11 },
      );
    });
  });
}

async function allPages(
  store: EventStore,
  filter: EventFilter,
  page: PageRequest,
): Promise<(readonly AuditEvent[])[]> {
  const pages: (readonly AuditEvent[])[] = [];
  let cursor: string | undefined;
  do {
    const answer = await store.listEvents(filter, { ...page, cursor });
    pages.push(answer.events);
    cursor = answer.cursor;
  } while (cursor !== undefined);
  return pages;
}

const anyPage: fc.Arbitrary<PageRequest> = fc.record({
  limit: fc.integer({ min: 1, max: 50 }),
  order: fc.constantFrom('asc' as const, 'desc' as const),
});

const sometimes = <Value>(...values: Value[]) =>
  fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 });

const anyFilter: fc.Arbitrary<EventFilter> = fc
  .record({
    from: fc.constantFrom('2016-01-01T00:00:00Z', '2025-03-01T00:00:00Z', '2026-11-01T00:00:01.5Z'),
    to: fc.constantFrom('2027-01-01T00:00:00Z', '2026-11-01T00:10:00Z', '2026-10-31T23:59:59Z'),
    service: sometimes('athena', 'keyspaces'),
    class: sometimes(['DDL'], ['DML', 'API'], ['UNKNOWN']),
    operation: sometimes(['SELECT'], ['INSERT', 'CREATETABLE']),
    principal: sometimes(
      ['alice'],
      ['BOB', 'etl-session'],
      ['arn:aws:iam::111122223333:role/team/etl'],
      ['arn:aws:sts::444455556666:assumed-role/alice/alice-session'],
      ['nobody'],
    ),
    account: sometimes('111122223333', '444455556666', '000000000000'),
    region: sometimes('us-east-1'),
    table: sometimes('shop.orders', 'orders', 'shop.*', 'SALES.Orders', 'invoices', 'nothing'),
    database: sometimes('shop', 'sales', 'ARCHIVE'),
    outcome: sometimes('failed', 'succeeded'),
    q: sometimes('needle', 'drop table'),
  })
  .map(sparse);

/** Most filters have one or two parts. */
function sparse(filter: EventFilter): EventFilter {
  const { from, to, ...rest } = filter;
  const parts = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { from, to, ...Object.fromEntries(parts.slice(0, 3)) };
}

function expected(
  events: readonly AuditEvent[],
  filter: EventFilter,
  order: PageRequest['order'],
): string[] {
  const positions = events.filter((event) => matches(event, filter)).map(positionOf);
  const sorted = [...new Set(positions)].sort((a, b) => (a < b ? -1 : 1));
  return order === 'asc' ? sorted : sorted.reverse();
}

function idsOf(events: readonly AuditEvent[]): string[] {
  return events.map(positionOf);
}

/** Tests share a server; each begins with an empty table. */
async function clear({ client, tableName }: DynamoServer): Promise<void> {
  await client.send(new DeleteTableCommand({ TableName: tableName }));
  for (;;) {
    const { TableNames } = await client.send(new ListTablesCommand({}));
    if (!TableNames?.includes(tableName)) break;
  }
  await ensureTable(client, tableName);
}
