import { DeleteTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import type { AuditEvent } from '../../src/event/audit-event';
import { createLocalClient, ensureTable } from '../../src/local/embedded-store';
import { readCursor } from '../../src/store/cursor';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import type { EventFilter, EventStore, PageRequest } from '../../src/store/event-store';
import { matches } from '../../src/store/filter';
import { positionOf } from '../../src/store/keys';
import { itemsOf, keysOf } from '../bench/meter';
import type { DynamoServer } from '../integration/dynamo-servers';
import { contents } from './contents';
import { anyEvent, keyspacesEvent, maskedAthenaEvent, recoveredEvent } from './events';
import { describeFiles } from './files-suite';
import { describeTotals } from './totals-suite';

const WIDE = { from: '2016-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' };
const SMALL_BOUNDS = { queries: 6, evaluated: 12, reads: 5 };

/** What every server must do alike. `open` gives a store over a table with nothing in it. */
export function describeStore(name: string, start: () => Promise<DynamoServer>): void {
  describe(`event store on ${name}`, () => {
    jest.setTimeout(120_000);
    let server: DynamoServer;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server.close());
    afterEach(() => clear(server));

    describeTotals(
      () => server,
      () => clear(server),
    );

    describeFiles(
      () => server,
      () => clear(server),
    );

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

    test('keeps events apart that share an id and differ in name or time', async () => {
      const store = open();
      const insert = keyspacesEvent({ eventId: 'shared', eventName: 'Insert' });
      const update = keyspacesEvent({ eventId: 'shared', eventName: 'Update' });
      const later = { ...insert, eventTime: '2026-03-05T00:00:00Z' };
      const events = [insert, update, later];

      for (const event of events) await store.putEvents([event]);
      await store.putEvents(events);

      const found = await store.getEvents('shared');
      expect(found).toHaveLength(3);
      expect(found).toEqual(expect.arrayContaining(events));
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
        { numRuns: 36, seed: 11 },
      );
    });

    test('pages are one full list while new events arrive, for any filters, order and page', async () => {
      const first = fc.sample(anyEvent, { numRuns: 60, seed: 21 });
      const later = fc.sample(anyEvent, { numRuns: 60, seed: 22 });

      await fc.assert(
        fc.asyncProperty(anyFilter, anyPage, fc.boolean(), async (filter, page, isBounded) => {
          await clear(server);
          const store = isBounded ? open({ bounds: SMALL_BOUNDS }) : open();
          await store.putEvents(first);
          const arriving = [...later];
          const visible = [...first];
          const listed: string[] = [];

          let cursor: string | undefined;
          do {
            const answer = await store.listEvents(filter, { ...page, cursor });
            listed.push(...idsOf(answer.events));
            cursor = answer.cursor;
            const arrived = arriving.splice(0, 3);
            await store.putEvents(arrived);
            if (cursor === undefined) break;
            const { position } = readCursor(cursor, filter, page);
            const isAhead = (event: AuditEvent) =>
              page.order === 'asc' ? positionOf(event) > position : positionOf(event) < position;
            visible.push(...arrived.filter(isAhead));
          } while (cursor !== undefined);

          expect(listed).toEqual(expected(visible, filter, page.order));
        }),
        {
          numRuns: 12,
          seed: 13,
          examples: (['asc', 'desc'] as const).map((order) => [WIDE, { limit: 4, order }, true]),
        },
      );
    });

    test('any order of replays, duplicates and recoveries ends in the same items', async () => {
      const masked = Array.from({ length: 6 }, (_, at) => maskedAthenaEvent({ eventId: `m${at}` }));
      const events = [
        ...masked,
        keyspacesEvent({ eventId: 'k1' }),
        keyspacesEvent({ eventId: 'k2' }),
      ];
      const running = masked.map((event) =>
        recoveredEvent(event, { outcome: 'running', costUsd: undefined }),
      );
      const ended = masked.map((event, at) =>
        recoveredEvent(
          event,
          at % 2 === 0 ? {} : { outcome: 'failed', error: { code: 'SYNTAX', stage: 'execution' } },
        ),
      );
      type Work = (store: EventStore) => Promise<unknown>;
      const recover = (after: readonly AuditEvent[]): Work[] =>
        masked.flatMap((before, at) =>
          after.slice(at, at + 1).map((event) => (store) => store.putRecovered(before, event)),
        );
      const needed: Work[] = [...recover(ended), ...recover(running)];
      const replays: Work[] = [
        (store) => store.putEvents(events),
        (store) => store.putEvents(events.toReversed()),
        (store) => store.putEvents([...events, ...events]),
        (store) => store.putEvents([keyspacesEvent({ eventId: 'k3' }), ...events]),
        ...recover(ended),
      ];
      const order = fc.shuffledSubarray([...needed, ...replays], {
        minLength: needed.length + replays.length,
      });
      const ends = new Set<string>();

      await fc.assert(
        fc.asyncProperty(order, fc.boolean(), fc.boolean(), async (work, isParallel, isInTime) => {
          await clear(server);
          const now = () => Date.parse(isInTime ? '2026-11-20T10:23:00Z' : '2026-11-21T00:00:00Z');
          const store = open({ now });
          await store.putEvents(events);
          if (isParallel) await Promise.all(work.map((step) => step(open({ now }))));
          else for (const step of work) await step(store);
          ends.add((await contents(server)).join('\n'));
        }),
        { numRuns: 12, seed: 5 },
      );

      expect(ends.size).toBe(1);
      const listed = await open().listEvents(WIDE, { limit: 50, order: 'asc' });
      expect(listed.events.filter((event) => event.service === 'athena')).toEqual(ended);
    });

    test('a replay of what is there writes nothing', async () => {
      const store = open();
      const events = fc.sample(anyEvent, { numRuns: 40, seed: 9 });
      await store.putEvents(events);
      const { client, writes } = countingClient(server);

      await createDynamoEventStore({ client, tableName: server.tableName }).putEvents(events);

      expect(writes()).toBe(0);
    });

    test('a file just delivered is not looked for, and changes nothing when it comes again', async () => {
      const events = [keyspacesEvent(), maskedAthenaEvent()];
      const now = () => Date.parse('2026-11-20T10:23:00Z');
      await open({ now }).putEvents(events);
      const first = await contents(server);
      const { client, read } = countingClient(server);

      await createDynamoEventStore({ client, tableName: server.tableName, now }).putEvents(events);

      expect(await contents(server)).toEqual(first);
      expect(read.filter((key) => key.startsWith('A#'))).toEqual([]);
    });

    test('files side by side note their hour once', async () => {
      const { client, keys } = countingClient(server);
      const store = createDynamoEventStore({ client, tableName: server.tableName });
      const files = ['a', 'b', 'c'].map((eventId) => [keyspacesEvent({ eventId })]);

      await Promise.all(files.map((events) => store.putEvents(events)));

      expect(keys.filter((key) => key === 'S#open')).toHaveLength(1);
    });

    test('a container that starts anew writes no name that is there', async () => {
      const before = await writesOf([keyspacesEvent({ eventId: 'k0' })]);
      const after = await writesOf([keyspacesEvent({ eventId: 'k1' })]);

      expect(before.filter((key) => key.startsWith('D#'))).toHaveLength(9);
      expect(after.filter((key) => key.startsWith('D#'))).toEqual([]);
      expect(after).toHaveLength(before.length - 9);

      async function writesOf(events: readonly AuditEvent[]): Promise<string[]> {
        const { client, keys } = countingClient(server);
        await createDynamoEventStore({ client, tableName: server.tableName }).putEvents(events);
        return keys;
      }
    });

    test('answers names, and leaves months without data unread', async () => {
      const store = open();
      await store.putEvents([keyspacesEvent(), maskedAthenaEvent()]);

      expect(await store.listNames('table', WIDE.from, WIDE.to)).toEqual(['shop.orders']);
      expect(await store.listNames('database', WIDE.from, WIDE.to)).toEqual(['sales', 'shop']);
      expect(await store.listNames('principal', WIDE.from, WIDE.to)).toEqual(
        expect.arrayContaining(['alice', 'orders-api', 'OrdersApi']),
      );
      expect(
        await store.listNames('account', '2026-01-01T00:00:00Z', '2026-10-01T00:00:00Z'),
      ).toEqual([]);
    });

    test('events whose time is up are gone, whether DynamoDB removed them or not', async () => {
      const store = open({ retentionDays: 30, now: () => Date.parse('2026-12-20T10:30:00Z') });
      const [old, young] = [
        keyspacesEvent({ eventId: 'old' }),
        maskedAthenaEvent({ eventId: 'young' }),
      ];

      await store.putEvents([old, young]);

      const page = await store.listEvents(WIDE, { limit: 5, order: 'desc' });
      expect(page.events.map((event) => event.eventId)).toEqual(['young']);
      expect(await store.getEvents('old')).toEqual([]);
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

type Parts = Required<Omit<EventFilter, 'from' | 'to'>>;

/** Values of every filter there is. */
const PARTS: { readonly [Name in keyof Parts]: fc.Arbitrary<Parts[Name]> } = {
  service: fc.constantFrom('athena', 'keyspaces'),
  class: fc.constantFrom(['DDL'], ['DML', 'API'], ['UNKNOWN']),
  operation: fc.constantFrom(['SELECT'], ['INSERT', 'CREATETABLE']),
  access: fc.constantFrom('read', 'write', 'unknown', 'control'),
  principal: fc.constantFrom(
    ['alice'],
    ['BOB', 'etl-session'],
    ['arn:aws:iam::111122223333:role/team/etl'],
    ['arn:aws:sts::444455556666:assumed-role/alice/alice-session'],
    ['nobody'],
  ),
  actor: fc.constantFrom('human', 'application', 'aws-service'),
  account: fc.constantFrom('111122223333', '444455556666', '000000000000'),
  region: fc.constant('us-east-1'),
  table: fc.constantFrom('shop.orders', 'orders', 'shop.*', 'SALES.Orders', 'invoices', 'nothing'),
  database: fc.constantFrom('shop', 'sales', 'ARCHIVE', 'tenant3'),
  outcome: fc.constantFrom('failed', 'succeeded'),
  error: fc.constantFrom(
    ['denied'],
    ['InvalidRequestException'],
    ['AccessDeniedException', 'Other'],
  ),
  sourceIp: fc.constantFrom('10.24.34.5', 'athena.amazonaws.com', '192.0.2.1'),
  workgroup: fc.constantFrom('primary', 'w'.repeat(70), 'none'),
  q: fc.constantFrom('needle', 'drop table'),
};
const NAMES = Object.keys(PARTS) as (keyof Parts)[];

/** A range of time, and up to three filters. */
const anyFilter: fc.Arbitrary<EventFilter> = fc
  .record({
    from: fc.constantFrom('2016-01-01T00:00:00Z', '2025-03-01T00:00:00Z', '2026-11-01T00:00:01.5Z'),
    to: fc.constantFrom('2027-01-01T00:00:00Z', '2026-11-01T00:10:00Z', '2026-10-31T23:59:59Z'),
    names: fc.shuffledSubarray(NAMES, { maxLength: 3 }),
    parts: fc.record(PARTS),
  })
  .map(({ from, to, names, parts }) => ({
    from,
    to,
    ...Object.fromEntries(names.map((name) => [name, parts[name]])),
  }));

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

/** A client of the same server that counts its writes. */
function countingClient(server: DynamoServer) {
  const client = createLocalClient(server.endpoint);
  let writes = 0;
  const keys: string[] = [];
  const read: string[] = [];
  client.middlewareStack.add(
    (next, context) => (args) => {
      if (/Put|Write|Update/.test(context.commandName ?? '')) writes++;
      keys.push(...itemsOf(args.input).map(({ pk }) => String(pk)));
      read.push(...keysOf(args.input).map(({ pk }) => pk));
      return next(args);
    },
    { step: 'initialize', priority: 'high' },
  );
  return { client, writes: () => writes, keys, read };
}
