import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { defined } from '../../src/event/defined';
import { fileOfKey } from '../../src/store/delivery';
import { contentMark, type Receipt } from '../../src/store/receipt';
import { packReceipts, unpackReceipts } from '../../src/store/receipt-packs';
import { itemWriteUnits } from '../../src/store/write-units';
import { receiptOf } from '../fixtures/receipts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** As a hundred accounts deliver them: three of ten with an event, each taken in at its own time. */
function batchOf(files: number): Receipt[] {
  return Array.from({ length: files }, (_, at): Receipt => {
    const hash = createHash('sha256').update(`file ${at}`).digest();
    const accountId = String(444_400_000_000 + hash.readUInt32LE(0));
    const unique = [...hash.subarray(4, 20)].map((byte) => LETTERS[byte % 62]).join('');
    const storedAt = new Date(Date.parse('2026-03-02T10:07:30Z') + hash.readUInt16LE(20) / 60);
    const lagMs = 60_000 + hash.readUInt16LE(22) * 5;
    const oldestEventTime = new Date(storedAt.getTime() - lagMs).toISOString();
    const hasEvent = at % 10 < 3;
    return {
      bucket: 'audit-logs',
      key: `AWSLogs/o-ab12cd34ef/${accountId}/CloudTrail/eu-west-1/2026/03/02/${accountId}_CloudTrail_eu-west-1_20260302T1005Z_${unique}.json.gz`,
      ...{ accountId, region: 'eu-west-1', day: '2026-03-02' },
      deliveredAt: '2026-03-02T10:05:00Z',
      storedAt: storedAt.toISOString(),
      status: 'stored',
      records: { seen: 5 + (hash[24] ?? 0), kept: 0, skipped: 5 + (hash[24] ?? 0), quarantined: 0 },
      quarantined: [],
      counts: { class: {}, outcome: {} },
      ...(hasEvent && {
        counts: { class: { DML: 1 }, outcome: { succeeded: 1 } },
        ...{ lagMs, oldestEventTime, newestEventTime: oldestEventTime },
      }),
      content: contentMark(hash),
    };
  });
}

test('the receipts of forty files cost two write units', () => {
  const items = packReceipts(batchOf(40));

  expect(items.map((item) => itemWriteUnits(item))).toEqual([2]);
});

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const letters = fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 15, maxLength: 17 });
const account = fc.stringMatching(/^\d{12}$/);
const key = fc.oneof(
  fc
    .tuple(fc.constantFrom('', '*/', 'a*b/'), account, account, letters)
    .map(
      ([prefix, inFolder, inName, drawn]) =>
        `${prefix}AWSLogs/${inFolder}/CloudTrail/eu-west-1/2026/03/02/${inName}_CloudTrail_eu-west-1_20260302T1005Z_${drawn}.json.gz`,
    ),
  text.filter((value) => value !== ''),
);
const time = fc
  .date({ noInvalidDate: true, min: new Date('2000-01-01'), max: new Date('2100-01-01') })
  .map((date) => date.toISOString());
const receipt = fc
  .tuple(
    key,
    fc.record({
      storedAt: fc.oneof(time, fc.constant('2026-03-02T10:06:00Z')),
      oldestEventTime: fc.option(time, { nil: undefined }),
      lagMs: fc.option(fc.nat(), { nil: undefined }),
      content: fc.option(fc.constantFrom('', 'AAAA', 'A'.repeat(22), '-_-_'.repeat(5)), {
        nil: undefined,
      }),
      records: fc.record({
        seen: fc.nat(9),
        kept: fc.nat(9),
        skipped: fc.nat(9),
        quarantined: fc.nat(9),
      }),
    }),
    fc.boolean(),
  )
  .map(([key, given, isPlaced]): Receipt => {
    const place = isPlaced ? fileOfKey(key) : undefined;
    return defined({ ...receiptOf(key), ...place, ...given });
  });

test('any receipts come back as they were', () => {
  return fc.assert(
    fc.property(fc.uniqueArray(receipt, { selector: ({ key }) => key, maxLength: 5 }), (all) => {
      const back = packReceipts([...all, ...batchOf(2)]).flatMap(unpackReceipts);

      expect(back.toSorted(byKey)).toEqual([...all, ...batchOf(2)].toSorted(byKey));
    }),
  );
});

function byKey(a: Receipt, b: Receipt): number {
  return a.key < b.key ? -1 : 1;
}
