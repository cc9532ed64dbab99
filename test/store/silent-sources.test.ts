import { dayHours } from '../../src/store/delivery';
import type { DeliveredFile, DeliveryRange } from '../../src/store/event-store';
import type { Receipt } from '../../src/store/receipt';
import { findSilentSources } from '../../src/store/silent-sources';

const NOW = new Date('2026-11-20T12:20:00Z');
const SOURCE = { accountId: '111122223333', region: 'eu-west-1' };

/** A store with a file in each of these hours, counted back from the one of NOW. */
function storeWith(hoursAgo: readonly number[]) {
  const receipts = hoursAgo.map((ago): Receipt & { deliveredAt: string } => {
    const deliveredAt = `${new Date(NOW.getTime() - ago * 3_600_000).toISOString().slice(0, 19)}Z`;
    return {
      ...SOURCE,
      key: `trail/${ago}.json.gz`,
      day: deliveredAt.slice(0, 10),
      deliveredAt,
      storedAt: deliveredAt,
      status: 'stored',
      records: { seen: 1, kept: 1, skipped: 0, quarantined: 0 },
      quarantined: [],
      counts: { class: {}, outcome: {} },
    };
  });
  return {
    listDays: async (range: DeliveryRange) => dayHours(range).map(({ day }) => day),
    listSources: async () => [SOURCE],
    async *listFiles({ from, to }: DeliveryRange): AsyncIterable<DeliveredFile> {
      for (const receipt of receipts) {
        const { deliveredAt } = receipt;
        if (deliveredAt >= from && deliveredAt < to) {
          yield { ...SOURCE, deliveredAt, receipt, verdict: 'unverified' };
        }
      }
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
  ['without any file', [], 0],
])('a source %s', async (_, hoursAgo, expected) => {
  const silent = await findSilentSources(storeWith(hoursAgo), NOW);

  expect(silent).toEqual(expected === 1 ? [SOURCE] : []);
});
