import { createHash } from 'node:crypto';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import type { Verdict } from '../../src/event/audit-event';
import { digestOfKey } from '../../src/store/delivery';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import type {
  DeliveredFile,
  EventStore,
  FileIdentity,
  FileVerdict,
} from '../../src/store/event-store';
import { itemSize } from '../../src/store/item-size';
import { contentMark, type Receipt } from '../../src/store/receipt';
import { hashMark, verdictKey } from '../../src/store/verdicts';
import type { DynamoServer } from '../integration/dynamo-servers';
import { keyspacesEvent } from './events';

const WIDE = { from: '2026-11-19T00:00:00Z', to: '2026-11-22T00:00:00Z' };
const MAX_ITEM_BYTES = 400 * 1024;
const SOURCES = [
  { accountId: '111122223333', region: 'us-east-1' },
  { accountId: '111122223333', region: 'eu-west-1' },
  { accountId: '444455556666', region: 'us-east-1' },
] as const;

/** Receipts and verdicts; to be called within a suite that clears the table. */
export function describeFiles(server: () => DynamoServer, clear: () => Promise<void>): void {
  const open = (options = {}): EventStore => {
    const { client, tableName } = server();
    return createDynamoEventStore({ client, tableName, ...options });
  };

  test('a verdict reaches the events of its file, before or after the receipt', async () => {
    const store = open();
    const event = keyspacesEvent();
    const file = receiptOf(event.evidence.key);
    await store.putEvents([event]);

    await store.setVerdicts([{ file, verdict: 'verified' }]);
    const before = await collect(store);
    await store.putReceipts([file]);
    await store.putReceipts([file]);

    const place = { accountId: file.accountId, region: file.region };
    const hour = '2026-11-20T10:00:00Z';
    expect(before).toEqual([{ ...place, deliveredAt: hour, verdict: 'verified' }]);
    expect((await store.getEvents(event.eventId))[0]?.evidence.integrity).toBe('verified');
    expect(await collect(store)).toEqual([
      { ...place, deliveredAt: file.deliveredAt, receipt: file, verdict: 'verified' },
    ]);
    const days = await store.listDays({ from: '2016-11-20T00:00:00Z', to: '2026-11-20T00:00:00Z' });
    expect([days.length, days[0], days.at(-1)]).toEqual([19, '2026-11-01', '2026-11-19']);
    expect(await store.listSources(days)).toEqual([place]);
  });

  test('any order of batches, replays and verdicts reads as a plain model does', async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, fc.boolean(), async (steps, isParallel) => {
        await clear();
        if (isParallel) await Promise.all(steps.map((step) => take(open(), step)));
        else for (const step of steps) await take(open(), step);

        expect(sorted(await collect(open()))).toEqual(sorted(expected(steps)));
      }),
      { numRuns: 25, seed: 3 },
    );
  });

  test('"unlisted" replaces another verdict only where it takes that one back', async () => {
    const store = open();
    const file = receiptOf(keyOf(0, 0));
    await store.putReceipts([file]);
    const verdictNow = async () => (await collect(store)).map(({ verdict }) => verdict);

    await store.setVerdicts([{ file, verdict: 'verified' }]);
    await store.setVerdicts([{ file, verdict: 'unlisted' }]);
    const kept = await verdictNow();
    await store.setVerdicts([{ file, verdict: 'unlisted', takesBack: true }]);
    const takenBack = await verdictNow();
    await store.setVerdicts([{ file, verdict: 'verified' }]);

    expect([kept, takenBack, await verdictNow()]).toEqual([
      ['verified'],
      ['unlisted'],
      ['verified'],
    ]);
  });

  test('remembers which digests are continued, beside the verdicts of their hour', async () => {
    const store = open();
    const file = receiptOf(keyOf(0, 0));
    const [digest, other] = ['1000', '1030'].map((time) => digestAt(`2026-11-20T${time}00Z`));
    if (!digest || !other) throw new Error('two digests');
    const before = await store.isContinued(digest);

    await store.setVerdicts([{ file, verdict: 'verified' }], { continued: digest });
    await store.setVerdicts([], { continued: digest, arrived: digest });

    expect([before, await store.isContinued(digest), await store.isContinued(other)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(await collect(store)).toHaveLength(1);
    await fillVerdictItem(file);
    await store.setVerdicts([], { continued: other });
    expect(await store.isContinued(other)).toBe(true);
  });

  describe('a file that is taken in long after its delivery', () => {
    const [signed, other] = ['signed', 'other'].map((text) =>
      contentMark(createHash('sha256').update(text).digest()),
    );
    if (!signed || !other) throw new Error('two hashes');
    const taken = (content: string, storedAt = '2026-11-20T15:00:00.000Z') => ({
      ...receiptOf(keyOf(0, 0)),
      storedAt,
      content,
    });
    const judge = async (store: EventStore, receipt: Receipt) => {
      await store.putReceipts([receipt]);
      const told = await store.judgeLate([receipt]);
      const [file] = await collect(store);
      return [told.map(({ verdict }) => verdict), file?.verdict];
    };

    test.each([
      ['verified', signed, [], 'verified'],
      ['verified', other, ['failed'], 'failed'],
      ['missing', signed, ['verified'], 'verified'],
      ['missing', other, ['failed'], 'failed'],
      ['failed', signed, [], 'failed'],
    ] as const)('is judged by what was signed: %s before', async (before, content, told, now) => {
      const store = open();
      const file = receiptOf(keyOf(0, 0));
      await store.setVerdicts([{ file, verdict: before, signed: hashMark(signed) }]);

      expect(await judge(store, taken(content))).toEqual([told, now]);
      expect(await judge(store, taken(content))).toEqual([[], now]);
    });

    test('keeps what was found of other content, also once the right one is back', async () => {
      const store = open();
      const file = receiptOf(keyOf(0, 0));
      await store.setVerdicts([{ file, verdict: 'verified', signed: hashMark(signed) }]);
      await judge(store, taken(other));

      expect(await judge(store, taken(signed, '2026-11-20T16:00:00.000Z'))).toEqual([[], 'failed']);
    });

    test.each([
      ['2026-11-20T12:19:59Z', []],
      ['2026-11-20T12:20:00Z', ['unlisted']],
      ['2026-11-20T13:59:59Z', ['unlisted']],
      ['2026-11-20T14:00:00Z', []],
    ] as const)('is unlisted where a digest to %s has not named it', async (end, told) => {
      const store = open();
      await store.setVerdicts([], { arrived: digestAt(end) });

      expect(await judge(store, taken(signed))).toEqual([told, told[0] ?? 'unverified']);
    });

    test('is left alone where nothing is known, or it came in time', async () => {
      const store = open();
      const file = receiptOf(keyOf(0, 0));
      expect(await judge(store, taken(signed))).toEqual([[], 'unverified']);
      await store.setVerdicts([{ file, verdict: 'verified', signed: hashMark(signed) }]);

      const inTime = taken(other, '2026-11-20T10:29:00.000Z');
      expect(await judge(store, inTime)).toEqual([[], 'verified']);
    });
  });

  test('a replay of a batch is the same item, another outcome is another one', async () => {
    const store = open();
    const batch = [0, 1, 2].map((at) => receiptOf(keyOf(0, at)));
    const later = batch.map((one) => ({ ...one, storedAt: '2026-11-21T00:00:00.000Z', lagMs: 9 }));

    await store.putReceipts(batch);
    await store.putReceipts(later.toReversed());
    await store.putReceipts(batch);

    expect((await collect(store)).map(({ receipt }) => receipt)).toEqual(later);
    expect(await itemSizes('L#')).toHaveLength(1);
    await store.putReceipts(later.map((one) => ({ ...one, status: 'quarantined' })));
    expect(await itemSizes('L#')).toHaveLength(2);
    expect((await collect(store)).map(({ receipt }) => receipt)).toEqual(later);
  });

  test('a receipt full of records set aside is kept whole', async () => {
    const store = open();
    const quarantined = Array.from({ length: 1_000 }, (_, index) => ({
      index,
      reason: 'x'.repeat(300),
    }));
    const full = { ...receiptOf(keyOf(0, 0)), quarantined };

    await store.putReceipts([full]);

    expect((await collect(store))[0]?.receipt).toEqual(full);
  });

  test('what cannot be compressed is split and shortened to fit its items', async () => {
    const store = open();
    const random = fc.sample(fc.stringMatching(/^[一-鿿]{300}$/), { numRuns: 1_000, seed: 1 });
    const quarantined = random.map((reason, index) => ({ index, reason }));
    const files = Array.from({ length: 400 }, (_, at) => receiptOf(keyOf(0, at)));
    const [hostile, ...others] = files;

    await store.putReceipts([{ ...(hostile ?? receiptOf('')), quarantined }, ...others]);

    const kept = (await collect(store)).map(({ receipt }) => receipt);
    const list = kept.find((receipt) => receipt?.key === hostile?.key)?.quarantined ?? [];
    expect(kept).toHaveLength(400);
    expect(list.length).toBeGreaterThan(100);
    expect(list).toEqual(quarantined.slice(0, list.length));
    for (const size of await itemSizes('L#')) expect(size).toBeLessThan(MAX_ITEM_BYTES);
  });

  test('lists whole hours, of one account and Region where asked', async () => {
    const store = open();
    const times = ['1120T0000', '1120T0959', '1120T1000', '1120T1130', '1120T2359', '1121T0000'];
    const files = SOURCES.flatMap((_, source) =>
      times.map((time) => receiptOf(keyOf(source, 0, `2026${time}Z`))),
    );
    const nameless = receiptOf(keyOf(0, 0).replace(/_2026\w+Z_/, '_'));
    await store.putReceipts([...files, nameless]);
    await store.setVerdicts(files.map((file) => ({ file, verdict: 'failed' })));

    const range = { from: '2026-11-20T10:20:00Z', to: '2026-11-21T00:00:00Z' };
    const some = await collect(store, { ...range, ...SOURCES[1] });
    const all = await collect(store, range);
    const firstHour = await collect(store, {
      from: '2026-11-20T00:00:00Z',
      to: '2026-11-20T01:00:00Z',
    });

    expect(some.map(({ deliveredAt, verdict }) => [deliveredAt.slice(11, 16), verdict])).toEqual([
      ['10:00', 'failed'],
      ['11:30', 'failed'],
      ['23:59', 'failed'],
    ]);
    expect(all).toHaveLength(9);
    expect(firstHour).toHaveLength(4);
    expect(firstHour.find(({ receipt }) => receipt?.key === nameless.key)).toMatchObject({
      deliveredAt: '2026-11-20T00:00:00Z',
      verdict: 'unverified',
    });
  });

  test('an hour with more files than an item holds goes on in others', async () => {
    const store = open();
    const event = keyspacesEvent();
    const file = receiptOf(event.evidence.key);
    await store.putEvents([event]);
    await fillVerdictItem(file);
    const more = Array.from({ length: 250 }, (_, at) => receiptOf(keyOf(0, at)));
    const verdictOf = async () => (await store.getEvents(event.eventId))[0]?.evidence.integrity;

    await store.setVerdicts([file, ...more].map((one) => ({ file: one, verdict: 'verified' })));
    await store.setVerdicts([{ file, verdict: 'unlisted' }]);

    expect(await verdictOf()).toBe('verified');
    const verified = (await collect(store)).filter(({ verdict }) => verdict === 'verified');
    expect(verified).toHaveLength(251);
    for (const size of await itemSizes('V#')) expect(size).toBeLessThanOrEqual(MAX_ITEM_BYTES);
    await store.setVerdicts([{ file, verdict: 'failed' }]);
    expect(await verdictOf()).toBe('failed');
  });

  test('expires with its day', async () => {
    const store = open({ retentionDays: 30 });
    const file = receiptOf(keyOf(0, 0));

    await store.putReceipts([file]);
    await store.setVerdicts([{ file, verdict: 'verified' }]);

    const expiries = (await items()).filter(({ pk }) => /^[LV]#/.test(String(pk?.S)));
    expect(expiries.map(({ expiresAt }) => Number(expiresAt?.N))).toEqual([
      Date.parse('2026-12-20') / 1000,
      Date.parse('2026-12-20') / 1000,
    ]);
  });

  async function items() {
    const { client, tableName } = server();
    const pages = await Array.fromAsync(paginateScan({ client }, { TableName: tableName }));
    return pages.flatMap(({ Items = [] }) => Items);
  }

  async function itemSizes(partition: string): Promise<number[]> {
    return (await items())
      .filter(({ pk }) => pk?.S?.startsWith(partition))
      .map((item) =>
        itemSize(
          Object.fromEntries(
            Object.entries(item).map(([name, { S, B, N }]) => [name, S ?? B ?? Number(N)]),
          ),
        ),
      );
  }

  /** With the verdicts of other files, nearly to the last byte. */
  async function fillVerdictItem(file: Receipt): Promise<void> {
    const { client, tableName } = server();
    const { pk, sk } = verdictKey(file);
    const marks = Array.from({ length: 24_080 }, (_, at) => [`${at}`.padStart(16, '-'), 'u']);
    const item = { pk, sk, ...Object.fromEntries(marks) };
    expect(MAX_ITEM_BYTES - itemSize(item)).toBeLessThan(500);
    await client.send(new PutCommand({ TableName: tableName, Item: item }));
  }
}

/** What may happen: a batch of files with what became of them, or a digest's verdicts. */
type Step =
  | { readonly kind: 'batch'; readonly receipts: readonly Receipt[] }
  | { readonly kind: 'digest'; readonly verdicts: readonly FileVerdict[] };

const anyFile = fc
  .record({ source: fc.integer({ min: 0, max: 2 }), at: fc.integer({ min: 0, max: 3 }) })
  .map(({ source, at }) => keyOf(source, at));

const anyBatch: fc.Arbitrary<Step> = fc
  .record({
    files: fc.array(fc.record({ key: anyFile, status: fc.constantFrom('stored', 'quarantined') }), {
      minLength: 1,
      maxLength: 6,
    }),
    minute: fc.integer({ min: 10, max: 40 }),
  })
  .map(({ files, minute }) => ({
    kind: 'batch' as const,
    receipts: files.map(({ key, status }) => ({
      ...receiptOf(key),
      status: status as Receipt['status'],
      storedAt: `2026-11-20T12:${minute}:00.000Z`,
      lagMs: minute * 60_000,
    })),
  }));

const anyDigest: fc.Arbitrary<Step> = fc
  .array(
    fc.record({
      key: anyFile,
      isListed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((files) => ({
    kind: 'digest' as const,
    // What a digest says of a file is the same each time, so that the order does not matter.
    verdicts: files.map(({ key, isListed }) => ({
      file: receiptOf(key),
      verdict: isListed ? signedVerdict(key) : 'unlisted',
    })),
  }));

/** Some steps, and some of them again. */
const anySteps: fc.Arbitrary<Step[]> = fc
  .array(fc.oneof(anyBatch, anyDigest), { minLength: 1, maxLength: 8 })
  .chain((steps) => {
    const replayed = fc.subarray(steps);
    return replayed.chain((again) => {
      const all = [...steps, ...again];
      return fc.shuffledSubarray(all, { minLength: all.length });
    });
  });

async function take(store: EventStore, step: Step): Promise<void> {
  if (step.kind === 'batch') await store.putReceipts(step.receipts);
  else await store.setVerdicts(step.verdicts);
}

/** The plain model: every receipt and every verdict that was ever written, and which one counts. */
function expected(steps: readonly Step[]): DeliveredFile[] {
  const receipts = steps.flatMap((step) => (step.kind === 'batch' ? step.receipts : []));
  // A digest's verdicts are one for a file: the last that it lists.
  const verdicts = steps.flatMap((step) =>
    step.kind === 'digest'
      ? [...new Map(step.verdicts.map((one) => [one.file.key, one])).values()]
      : [],
  );
  const keys = new Set([
    ...receipts.map(({ key }) => key),
    ...verdicts.map(({ file }) => file.key),
  ]);
  return [...keys].map((key): DeliveredFile => {
    const { accountId, region, deliveredAt = '' } = receiptOf(key);
    const mine = receipts.filter((receipt) => receipt.key === key);
    const ranks = ['quarantined', 'stored'];
    const [best] = mine.toSorted(
      (a, b) =>
        ranks.indexOf(b.status) - ranks.indexOf(a.status) || (a.storedAt < b.storedAt ? 1 : -1),
    );
    const told = verdicts.filter(({ file }) => file.key === key).map(({ verdict }) => verdict);
    const verdict = told.find((one) => one !== 'unlisted') ?? told[0] ?? 'unverified';
    return best
      ? { accountId, region, deliveredAt, receipt: best, verdict }
      : { accountId, region, deliveredAt: `${deliveredAt.slice(0, 13)}:00:00Z`, verdict };
  });
}

function signedVerdict(key: string): Verdict {
  return (['verified', 'failed', 'missing'] as const)[key.length % 3] ?? 'verified';
}

function sorted(files: readonly DeliveredFile[]): string[] {
  return files.map((file) => JSON.stringify(file, Object.keys(flat(file)).sort())).sort();
}

/** All names of members, at any depth. */
function flat(value: object): Record<string, true> {
  const names: Record<string, true> = {};
  JSON.stringify(value, (name, member) => {
    names[name] = true;
    return member;
  });
  return names;
}

function keyOf(source: number, at: number, time = `20261120T10${20 + (at % 40)}Z`): string {
  const { accountId, region } = SOURCES[source] ?? SOURCES[0];
  const folder = `AWSLogs/o-exampleorg1/${accountId}/CloudTrail/${region}/2026/11/${time.slice(6, 8)}`;
  return `${folder}/${accountId}_CloudTrail_${region}_${time}_${'x'.repeat(at % 3)}${String(at).padStart(16, '0')}.json.gz`;
}

function receiptOf(key: string): Receipt {
  const [, accountId = '', region = '', date = ''] =
    /\/(\d{12})\/CloudTrail\/([a-z0-9-]+)\/(\d{4}\/\d\d\/\d\d)\//.exec(key) ?? [];
  const day = date.replaceAll('/', '-');
  const [, hour, minute] = /T(\d\d)(\d\d)Z/.exec(key) ?? [];
  return {
    bucket: 'org-trail-logs-111122223333',
    key,
    accountId,
    region,
    day,
    ...(hour && { deliveredAt: `${day}T${hour}:${minute}:00Z` }),
    storedAt: `${day}T12:21:04.500Z`,
    status: 'stored',
    records: { seen: 100, kept: 3, skipped: 96, quarantined: 1 },
    quarantined: [{ index: 17, reason: 'eventTime is missing' }],
    counts: { class: { DML: 3 }, outcome: { succeeded: 3 } },
    lagMs: 60_000,
  };
}

function digestAt(time: string): FileIdentity {
  const { accountId, region } = SOURCES[0];
  const stamp = time.replace(/[-:]/g, '');
  const folder = `AWSLogs/${accountId}/CloudTrail-Digest/${region}/2026/11/20`;
  const name = `${accountId}_CloudTrail-Digest_${region}_main_us-east-1_${stamp}.json.gz`;
  const digest = digestOfKey(`${folder}/${name}`);
  if (!digest) throw new Error(`no digest: ${name}`);
  return digest;
}

async function collect(store: EventStore, range: object = {}): Promise<DeliveredFile[]> {
  return Array.fromAsync(store.listFiles({ ...WIDE, ...range }));
}
