import type { Verdict } from '../../src/event/audit-event';
import { dayHours } from '../../src/store/delivery';
import type { DeliveredFile, DeliveryRange } from '../../src/store/event-store';
import { findSilentSources } from '../../src/store/silent-sources';
import { receiptOf } from '../fixtures/receipts';

const NOW = new Date('2026-11-20T12:20:00Z');
const SOURCE = { accountId: '111122223333', region: 'eu-west-1' };

/** A store with a file in each of these hours, counted back from the one of NOW. */
function storeWith(
  hoursAgo: readonly number[],
  verdictOf: (ago: number) => Verdict = () => 'unverified',
) {
  const files = hoursAgo.map((ago): DeliveredFile => {
    const deliveredAt = `${new Date(NOW.getTime() - ago * 3_600_000).toISOString().slice(0, 19)}Z`;
    const day = deliveredAt.slice(0, 10);
    const times = { day, deliveredAt, storedAt: deliveredAt };
    const receipt = receiptOf(`trail/${ago}.json.gz`, { ...SOURCE, ...times });
    return { ...SOURCE, deliveredAt, receipt, verdict: verdictOf(ago) };
  });
  const asked: DeliveryRange[] = [];
  return {
    asked,
    listDays: async (range: DeliveryRange) => dayHours(range).map(({ day }) => day),
    listSources: async () => [SOURCE],
    async *listFiles(range: DeliveryRange): AsyncIterable<DeliveredFile> {
      asked.push(range);
      yield* files.filter(({ deliveredAt }) => deliveredAt >= range.from && deliveredAt < range.to);
    },
  };
}

const hours = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

test.each([
  ['steady, then silent for three hours', hours(4, 27), 1],
  ['steady with a few empty hours, then silent', hours(6, 27), 1],
  ['steady to this hour', hours(0, 27), 0],
  ['silent for two hours only', hours(3, 27), 0],
  ['never steady', [5, 9, 20], 0],
  ['steady for too short a time', hours(4, 22), 0],
  ['steady until the day before', hours(28, 60), 0],
  ['without any file', [], 0],
])('a source %s', async (_, hoursAgo, expected) => {
  const { files } = await findSilentSources(storeWith(hoursAgo), NOW);

  expect(files).toEqual(expected === 1 ? [SOURCE] : []);
});

describe('digests', () => {
  const until = (last: number, verdict: Verdict = 'verified') => {
    return (ago: number) => (ago >= last ? verdict : 'unverified');
  };

  test.each([
    ['that stopped seven hours ago', hours(0, 31), until(8), 1],
    ['that stopped six hours ago', hours(0, 31), until(7), 0],
    ['that are as late as they may be', hours(0, 31), until(5), 0],
    ['that never came', hours(0, 31), until(99), 0],
    [
      'that came for half a day only',
      hours(0, 31),
      (ago: number) => until(8)(ago < 20 ? ago : 0),
      0,
    ],
    ['that came again', hours(0, 31), (ago: number) => (ago === 2 ? 'verified' : until(8)(ago)), 0],
    ['that name a file as missing', hours(0, 31), until(5, 'missing'), 0],
    ['that find files unlisted, until they stopped', hours(0, 31), until(8, 'unlisted'), 1],
    ['that failed, until they stopped', hours(0, 31), until(8, 'failed'), 1],
    ['of a source that is silent itself', hours(4, 31), until(8), 0],
    ['of a source without files in the hours in question', [1, 2, ...hours(8, 31)], until(8), 0],
    ['of a source with one file in them', [1, 6, ...hours(8, 31)], until(8), 1],
    ['of a source with few files', [1, 6, 9, 12, 20], until(8), 0],
  ] satisfies [string, number[], (ago: number) => Verdict, number][])(
    '%s',
    async (_, hoursAgo, verdictOf, expected) => {
      const { digests } = await findSilentSources(storeWith(hoursAgo, verdictOf), NOW);

      expect(digests).toEqual(expected === 1 ? [SOURCE] : []);
    },
  );

  test('cost no read of their own, and no more than 32 hours are read', async () => {
    const store = storeWith(hours(0, 40));

    await findSilentSources(store, NOW);

    const [first] = store.asked.toSorted((a, b) => (a.from < b.from ? -1 : 1));
    expect(store.asked).toHaveLength(2);
    expect(first?.from).toBe('2026-11-19T05:00:00.000Z');
  });
});
