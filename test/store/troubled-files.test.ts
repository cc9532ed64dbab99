import fc from 'fast-check';
import type { Verdict } from '../../src/event/audit-event';
import { dayHours } from '../../src/store/delivery';
import type { DeliveredFile, DeliveryRange } from '../../src/store/event-store';
import type { Receipt } from '../../src/store/receipt';
import {
  type FileBounds,
  listTroubledFiles,
  type TroubledFile,
  type TroubledFilesRequest,
  troublesOf,
} from '../../src/store/troubled-files';
import { receiptOf } from '../fixtures/receipts';

const RANGE: DeliveryRange = { from: '2026-03-01T10:30:00Z', to: '2026-03-06T18:00:00Z' };
const NO_BOUNDS: FileBounds = { files: Number.POSITIVE_INFINITY, days: Number.POSITIVE_INFINITY };

const file: fc.Arbitrary<DeliveredFile> = fc
  .record({
    accountId: fc.constantFrom('111122223333', '444455556666'),
    minute: fc.nat(6 * 24 * 12),
    status: fc.constantFrom<Receipt['status']>('stored', 'quarantined'),
    setAside: fc.nat(1),
    hasReceipt: fc.boolean(),
    verdict: fc.constantFrom<Verdict>('unverified', 'verified', 'failed', 'missing', 'unlisted'),
    name: fc.nat(3),
  })
  .map(({ accountId, minute, status, setAside, hasReceipt, verdict, name }) => {
    const region = 'eu-west-1';
    const time = new Date(Date.UTC(2026, 2, 1) + minute * 300_000).toISOString();
    const deliveredAt = `${time.slice(0, 19)}Z`;
    if (!hasReceipt) {
      return { accountId, region, deliveredAt: `${time.slice(0, 13)}:00:00Z`, verdict };
    }
    const records = { seen: 5, kept: 0, skipped: 5 - setAside, quarantined: setAside };
    const key = `${accountId}/${deliveredAt}/${name}`;
    const receipt = receiptOf(key, { accountId, status, records });
    return { accountId, region, deliveredAt, receipt, verdict };
  });

/** Hour by hour, as the store lists them. */
function storeOf(files: readonly DeliveredFile[]) {
  const days = new Set(files.map(({ deliveredAt }) => deliveredAt.slice(0, 10)));
  return {
    listDays: async (range: Pick<DeliveryRange, 'from' | 'to'>) =>
      dayHours(range).flatMap(({ day }) => (days.has(day) ? [day] : [])),
    async *listFiles(range: DeliveryRange) {
      const hours = dayHours(range);
      for (const each of files) {
        const [day, hour] = [each.deliveredAt.slice(0, 10), each.deliveredAt.slice(11, 13)];
        if (hours.some((of) => of.day === day && of.from <= hour && hour <= of.to)) yield each;
      }
    },
  };
}

async function pagesOf(
  files: readonly DeliveredFile[],
  request: Omit<TroubledFilesRequest, 'range'>,
  bounds = NO_BOUNDS,
): Promise<TroubledFile[]> {
  const all: TroubledFile[] = [];
  let after: string | undefined;
  for (let page = 0; page < 200; page++) {
    const asked = { ...request, range: RANGE, after };
    const list = await listTroubledFiles(storeOf(files), asked, bounds);
    expect(list.files.length).toBeLessThanOrEqual(request.limit);
    all.push(...list.files);
    if (list.position === undefined) return all;
    after = list.position;
  }
  throw new Error('the list does not end');
}

test('pages of any size, with any bounds, are the whole list, each file once, newest first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(file, {
        maxLength: 60,
        selector: ({ receipt, ...rest }) => receipt?.key ?? JSON.stringify(rest),
      }),
      fc.integer({ min: 1, max: 10 }),
      fc.record({ files: fc.integer({ min: 1, max: 30 }), days: fc.integer({ min: 1, max: 3 }) }),
      async (files, limit, bounds) => {
        const expected = files
          .filter((one) => one.deliveredAt >= RANGE.from && one.deliveredAt < RANGE.to)
          .filter((one) => troublesOf(one).length > 0);

        const paged = await pagesOf(files, { limit }, bounds);
        const whole = await pagesOf(files, { limit: 1_000 });

        expect(paged).toEqual(whole);
        expect(whole.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length);
        expect(whole.flatMap(({ receipt }) => receipt?.key ?? []).sort()).toEqual(
          expected.flatMap(({ receipt }) => receipt?.key ?? []).sort(),
        );
        const times = whole.map(({ deliveredAt }) => deliveredAt);
        expect(times).toEqual(times.toSorted().toReversed());
      },
    ),
    { seed: 7, numRuns: 200 },
  );
});

test('a file is listed for each thing that is wrong with it', () => {
  const records = { seen: 5, kept: 5, skipped: 0, quarantined: 0 };
  const receipt = receiptOf('a', { records: { ...records, kept: 4, quarantined: 1 } });
  const damaged = receiptOf('a', { records, status: 'quarantined' });

  expect(troublesOf({ receipt, verdict: 'failed' })).toEqual(['quarantined', 'failed']);
  expect(troublesOf({ receipt, verdict: 'verified' })).toEqual(['quarantined']);
  expect(troublesOf({ receipt: damaged, verdict: 'unverified' })).toEqual(['quarantined']);
  expect(troublesOf({ receipt: receiptOf('a', { records }), verdict: 'unverified' })).toEqual([]);
  expect(troublesOf({ verdict: 'missing' })).toEqual(['missing']);
  expect(troublesOf({ verdict: 'verified' })).toEqual([]);
});
