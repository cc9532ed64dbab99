import fc from 'fast-check';
import type { AuditEvent } from '../../src/event/audit-event';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import {
  type EventStore,
  GROUPS,
  type GroupBy,
  type HourTotals,
} from '../../src/store/event-store';
import type { DynamoServer } from '../integration/dynamo-servers';
import { keyspacesEvent, maskedAthenaEvent, recoveredEvent } from './events';

const RANGE = { from: '2026-11-19T00:00:00Z', to: '2026-11-22T00:00:00Z' };
const MINUTE_MS = 60_000;
const FAILURES: Readonly<Record<number, AuditEvent['error']>> = {
  0: { code: 'AccessDeniedException', stage: 'call', denied: true },
  3: { code: 'ATHENA_ERROR_1', stage: 'execution', denied: true },
  6: { code: 'Overloaded', stage: 'call' },
};

/** Totals are right at every moment, kept or counted, in any order of what may happen. */
export function describeTotals(server: () => DynamoServer, clear: () => Promise<void>): void {
  const pool = [
    ...Array.from({ length: 8 }, (_, at) =>
      keyspacesEvent({
        eventId: `k${at}`,
        eventTime: `2026-11-2${at % 2}T${10 + (at % 3)}:15:30Z`,
        outcome: at % 3 === 0 ? 'failed' : 'succeeded',
        error: FAILURES[at],
        tables: [
          { name: 'shop.orders', access: 'read' },
          { name: at % 2 ? 'shop.orders' : 'shop.items', access: 'write' },
        ],
      }),
    ),
    ...Array.from({ length: 6 }, (_, at) =>
      maskedAthenaEvent({ eventId: `a${at}`, eventTime: `2026-11-20T1${at % 3}:59:59.5Z` }),
    ),
  ];
  const recoverable = pool.filter((event) => event.service === 'athena');
  const recovered = recoverable.map((event, at) =>
    recoveredEvent(event, { costUsd: 0.1 + at / 7 }),
  );

  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ put: fc.subarray(pool, { minLength: 1 }) }) },
    { weight: 3, arbitrary: fc.record({ recover: fc.nat(recoverable.length - 1) }) },
    { weight: 4, arbitrary: fc.record({ wait: fc.integer({ min: 1, max: 12 }) }) },
    { weight: 3, arbitrary: fc.record({ rollUp: fc.constant(true) }) },
    { weight: 2, arbitrary: fc.record({ read: fc.subarray([...GROUPS], { minLength: 1 }) }) },
  );

  test('totals equal a plain count after any replays, duplicates, recoveries and roll-ups', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(1), step), { maxLength: 25 }), async (steps) => {
        await clear();
        let now = Date.parse('2026-11-21T00:00:00Z');
        const stores = [0, 1].map(() =>
          createDynamoEventStore({ ...server(), now: () => now }),
        ) as [EventStore, EventStore];
        const truth = new Map<string, AuditEvent>();

        for (const [which, work] of [...steps, [0, { read: GROUPS }] as const]) {
          const store = stores[which] ?? stores[0];
          if ('put' in work) {
            await store.putEvents([...work.put, ...work.put.slice(0, 2)]);
            for (const event of work.put) {
              if (!truth.has(event.eventId)) truth.set(event.eventId, event);
            }
          } else if ('recover' in work) {
            const [before, after] = [recoverable[work.recover], recovered[work.recover]];
            if (!before || !after) throw new Error('no such event');
            await store.putRecovered(before, after);
            truth.set(after.eventId, after);
          } else if ('wait' in work) now += work.wait * MINUTE_MS;
          else if ('rollUp' in work) await store.rollUp();
          else {
            const totals = await store.readTotals(RANGE.from, RANGE.to, work.read);
            const hours = new Map(work.read.map((by) => [by, plainCount(truth.values(), by)]));
            expect(totals).toEqual({ hours, openHours: [] });
          }
        }
      }),
      { numRuns: 10, seed: 3 },
    );
  });

  test('a range that cuts hours counts what lies in it', async () => {
    await clear();
    const store = createDynamoEventStore({
      ...server(),
      now: () => Date.parse('2026-12-01T00:00:00Z'),
    });
    await store.putEvents(pool);
    const [from, to] = ['2026-11-20T10:15:31Z', '2026-11-21T10:20:00Z'];

    const { hours } = await store.readTotals(from, to, ['class']);

    const inRange = pool.filter(({ eventTime }) => eventTime >= from && eventTime < to);
    expect(hours.get('class')).toEqual(plainCount(inRange, 'class'));
  });

  test('hours at rest are read, not counted', async () => {
    await clear();
    let now = Date.parse('2026-11-21T00:00:00Z');
    const settings = { ...server(), now: () => now };
    const store = createDynamoEventStore(settings);
    await store.putEvents(pool);

    now += 16 * MINUTE_MS;
    const kept = await store.rollUp();
    const again = await store.rollUp();
    const uncounting = createDynamoEventStore({ ...settings, maxCounted: 0 });

    expect([kept, again]).toEqual([6, 0]);
    expect(await uncounting.readTotals(RANGE.from, RANGE.to, ['table'])).toEqual({
      hours: new Map([['table', plainCount(pool, 'table')]]),
      openHours: [],
    });
  });

  test('an hour with more groups than a kilobyte holds is kept whole', async () => {
    await clear();
    let now = Date.parse('2026-11-21T00:00:00Z');
    const store = createDynamoEventStore({ ...server(), now: () => now });
    const events = Array.from({ length: 60 }, (_, at) =>
      keyspacesEvent({
        eventId: `many-${at}`,
        tables: [{ name: `shop.orders_of_region_${at}`, access: 'read' }],
      }),
    );
    await store.putEvents(events);

    now += 16 * MINUTE_MS;
    await store.rollUp();

    const { hours } = await store.readTotals(RANGE.from, RANGE.to, ['table']);
    expect(hours.get('table')).toEqual(plainCount(events, 'table'));
  });

  test('an hour is not kept while a writer may still rely on its note', async () => {
    await clear();
    let now = Date.parse('2026-11-21T00:00:00Z');
    const [writer, other] = [0, 1].map(() =>
      createDynamoEventStore({ ...server(), now: () => now }),
    ) as [EventStore, EventStore];
    const events = [keyspacesEvent({ eventId: 'first' }), keyspacesEvent({ eventId: 'second' })];

    await writer.putEvents(events.slice(0, 1));
    now += 2 * MINUTE_MS;
    const early = await other.rollUp();
    now += 2 * MINUTE_MS;
    await writer.putEvents(events.slice(1));
    const counted = await other.readTotals(RANGE.from, RANGE.to, ['class']);
    now += 12 * MINUTE_MS;
    const late = await other.rollUp();

    expect([early, late]).toEqual([0, 1]);
    expect(counted.hours.get('class')).toEqual(plainCount(events, 'class'));
    expect(await other.readTotals(RANGE.from, RANGE.to, ['class'])).toEqual(counted);
  });

  test('more than may be counted at once is named, not guessed', async () => {
    await clear();
    const store = createDynamoEventStore({ ...server(), maxCounted: 5 });
    await store.putEvents(pool);

    const { hours, openHours } = await store.readTotals(RANGE.from, RANGE.to, ['class']);

    expect((hours.get('class') ?? []).length + openHours.length).toBe(
      plainCount(pool, 'class').length,
    );
    expect(openHours.length).toBeGreaterThan(0);
  });
}

function plainCount(events: Iterable<AuditEvent>, groupBy: GroupBy): HourTotals[] {
  const hours = new Map<
    string,
    Map<string, { count: number; scannedBytes: number; nanoUsd: number }>
  >();
  for (const event of events) {
    const hour = `${event.eventTime.slice(0, 13)}:00:00Z`;
    const groups = hours.get(hour) ?? new Map();
    hours.set(hour, groups);
    for (const name of groupsOf(event, groupBy)) {
      const sum = groups.get(name) ?? { count: 0, scannedBytes: 0, nanoUsd: 0 };
      sum.count++;
      sum.scannedBytes += event.scannedBytes ?? 0;
      sum.nanoUsd += Math.round((event.costUsd ?? 0) * 1e9);
      groups.set(name, sum);
    }
  }
  return [...hours]
    .filter(([, groups]) => groups.size > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([hour, groups]) => ({
      hour,
      groups: Object.fromEntries(
        [...groups].map(([name, { nanoUsd, ...sum }]) => [
          name,
          { ...sum, costUsd: nanoUsd / 1e9 },
        ]),
      ),
    }));
}

function groupsOf(event: AuditEvent, groupBy: GroupBy): string[] {
  if (groupBy === 'principal') return [event.principal.name];
  if (groupBy === 'account') return [event.accountId];
  if (groupBy === 'table') return [...new Set(event.tables.map((table) => table.name))];
  if (groupBy === 'error') {
    const { code, denied } = event.error ?? {};
    return [...(code ? [code] : []), ...(denied ? ['denied'] : [])];
  }
  return [event[groupBy]];
}
