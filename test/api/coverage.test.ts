import type { Verdict } from '../../src/event/audit-event';
import { dayHours } from '../../src/store/delivery';
import type { DeliveredFile, DeliveryRange, LogSource } from '../../src/store/event-store';
import type { Receipt } from '../../src/store/receipt';
import { apiOver, fakeStore } from './factories';

const EU: LogSource = { accountId: '111122223333', region: 'eu-west-1' };
const US: LogSource = { accountId: '111122223333', region: 'us-east-1' };
const OTHER: LogSource = { accountId: '444455556666', region: 'eu-west-1' };

function objectKey({ accountId, region }: LogSource, time: string): string {
  const day = time.slice(0, 10).replaceAll('-', '/');
  const stamp = time.slice(0, 16).replace(/[-:]/g, '');
  return `AWSLogs/${accountId}/CloudTrail/${region}/${day}/${accountId}_CloudTrail_${region}_${stamp}Z_abcdefgh12345678.json.gz`;
}

/** A file that was taken in. */
function received(
  source: LogSource,
  deliveredAt: string,
  { verdict = 'unverified', ...given }: Partial<Receipt> & { readonly verdict?: Verdict } = {},
): DeliveredFile {
  const receipt: Receipt = {
    ...source,
    key: objectKey(source, deliveredAt),
    day: deliveredAt.slice(0, 10),
    deliveredAt,
    storedAt: deliveredAt,
    status: 'stored',
    records: { seen: 100, kept: 3, skipped: 97, quarantined: 0 },
    quarantined: [],
    counts: { class: {}, outcome: {} },
    oldestEventTime: new Date(Date.parse(deliveredAt) - 300_000).toISOString(),
    lagMs: 310_000,
    ...given,
  };
  return { ...source, deliveredAt, receipt, verdict };
}

function apiOf(files: readonly DeliveredFile[], sources: readonly LogSource[] = [EU, US, OTHER]) {
  const isOf = (source: Partial<LogSource>) => (one: LogSource) =>
    one.accountId === (source.accountId ?? one.accountId) &&
    one.region === (source.region ?? one.region);
  return apiOver({
    ...fakeStore([]),
    listSources: async () => sources.filter((source) => files.some(isOf(source))).toReversed(),
    listFiles: async function* (range) {
      yield* files
        .filter(isOf(range))
        .filter(({ deliveredAt }) => deliveredAt >= range.from && deliveredAt < range.to);
    },
  });
}

test('counts the files of an account and Region by hour, and finds the gaps', async () => {
  const { get } = apiOf([
    received(EU, '2026-11-20T04:05:00Z', { verdict: 'verified' }),
    received(EU, '2026-11-20T04:10:00Z', { status: 'quarantined', verdict: 'failed' }),
    received(EU, '2026-11-20T08:00:00Z', {
      records: { seen: 100, kept: 3, skipped: 95, quarantined: 2 },
      oldestEventTime: '2026-11-20T06:00:00Z',
      lagMs: 9_000_000,
    }),
    received(EU, '2026-11-20T09:00:00Z', { verdict: 'unlisted' }),
    received(EU, '2026-11-19T23:59:00Z'),
    { ...EU, deliveredAt: '2026-11-20T05:00:00Z', verdict: 'missing' },
  ]);

  const answer = (await get('/v1/coverage?from=2026-11-20')).json();

  const none = { received: 0, late: 0, quarantined: 0, events: 0, maxLagMs: 0 };
  const verdicts = { verified: 0, failed: 0, missing: 0, unlisted: 0 };
  const nothing = { ...none, ...verdicts };
  expect(answer).toEqual({
    from: '2026-11-20T00:00:00Z',
    to: '2026-11-20T12:00:00Z',
    sources: [
      {
        ...EU,
        total: {
          received: 4,
          late: 1,
          quarantined: 2,
          verified: 1,
          failed: 1,
          missing: 1,
          unlisted: 1,
          events: 12,
          maxLagMs: 9_000_000,
        },
        lastDeliveredAt: '2026-11-20T09:00:00Z',
        gaps: [
          { from: '2026-11-20T05:00:00Z', to: '2026-11-20T08:00:00Z' },
          { from: '2026-11-20T10:00:00Z', to: '2026-11-20T11:00:00Z' },
        ],
        hours: [
          {
            ...nothing,
            hour: '2026-11-20T04:00:00Z',
            received: 2,
            quarantined: 1,
            verified: 1,
            failed: 1,
            events: 6,
            maxLagMs: 310_000,
          },
          { ...nothing, hour: '2026-11-20T05:00:00Z', missing: 1 },
          {
            ...nothing,
            hour: '2026-11-20T08:00:00Z',
            received: 1,
            late: 1,
            quarantined: 1,
            events: 3,
            maxLagMs: 9_000_000,
          },
          {
            ...nothing,
            hour: '2026-11-20T09:00:00Z',
            received: 1,
            unlisted: 1,
            events: 3,
            maxLagMs: 310_000,
          },
        ],
      },
    ],
  });
});

test('a file that was stored and is missing by now counts as missing, once', async () => {
  const { get } = apiOf([received(EU, '2026-11-20T09:00:00Z', { verdict: 'missing' })]);

  const { sources } = (await get('/v1/coverage?from=-1d')).json();

  expect(sources[0].total).toMatchObject({ received: 0, missing: 1 });
});

test.each([
  ['', [EU, US, OTHER]],
  ['&account=111122223333', [EU, US]],
  ['&region=eu-west-1', [EU, OTHER]],
  ['&account=444455556666&region=us-east-1', []],
])('lists accounts and Regions in order: %j', async (filter, expected) => {
  const { get } = apiOf([EU, US, OTHER].map((source) => received(source, '2026-11-20T09:00:00Z')));

  const { sources, cursor } = (await get(`/v1/coverage?from=-1d${filter}`)).json();

  expect(sources.map(({ accountId, region }: LogSource) => ({ accountId, region }))).toEqual(
    expected,
  );
  expect(cursor).toBeUndefined();
});

test('reads no more days than hold 100,000 files, and says where it began', async () => {
  const days: string[] = [];
  const store = {
    ...fakeStore([]),
    listSources: async () => [EU],
    listFiles: async function* ({ from }: DeliveryRange) {
      days.push(from.slice(0, 10));
      const file = received(EU, `${from.slice(0, 10)}T09:00:00Z`);
      for (let count = 0; count < 60_000; count++) yield file;
    },
  };

  const answer = (await apiOver(store).get('/v1/coverage?from=2026-11-15')).json();

  expect(days).toEqual(['2026-11-20', '2026-11-19']);
  expect(answer).toMatchObject({
    from: '2026-11-19T00:00:00Z',
    askedFrom: '2026-11-15T00:00:00Z',
    to: '2026-11-20T12:00:00Z',
  });
  expect(answer.sources[0].total.received).toBe(120_000);
});

test('takes ten years, and reads no more than the newest 92 days of months with files', async () => {
  const read: string[] = [];
  const february = Array.from(
    { length: 28 },
    (_, at) => `2018-02-${String(at + 1).padStart(2, '0')}`,
  );
  const lately = dayHours({ from: '2026-08-01T00:00:00Z', to: '2026-11-21T00:00:00Z' });
  const store = {
    ...fakeStore([]),
    listDays: async () => [...february, ...lately.map(({ day }) => day)],
    listSources: async () => [EU],
    listFiles: async function* ({ from }: DeliveryRange) {
      read.push(from.slice(0, 10));
      yield received(EU, `${from.slice(0, 10)}T09:00:00Z`);
    },
  };

  const answer = (await apiOver(store).get('/v1/coverage?from=2016-11-20')).json();

  expect([read.length, read[0], read.at(-1)]).toEqual([92, '2026-11-20', '2026-08-21']);
  expect(answer).toMatchObject({
    from: '2026-08-21T00:00:00Z',
    askedFrom: '2016-11-20T00:00:00Z',
    sources: [{ total: { received: 92 } }],
  });
});

test('bounds the size of an answer, and goes on with the cursor in the same range', async () => {
  const sources = Array.from({ length: 700 }, (_, at) => ({
    accountId: String(444455550000 + at),
    region: 'eu-west-1',
  }));
  const files = Array.from({ length: 60 }, (_, hour) =>
    new Date(Date.parse('2026-11-18T00:00:00Z') + hour * 3_600_000).toISOString(),
  ).flatMap((time) => sources.map((source) => received(source, time.replace('.000', ''))));
  const { get } = apiOf(files, sources);

  const first = (await get('/v1/coverage?from=2026-11-18')).json();
  const second = (await get(`/v1/coverage?cursor=${first.cursor}`)).json();

  expect(first.sources.length).toBeLessThan(700);
  expect([...first.sources, ...second.sources].map(({ accountId }) => accountId)).toEqual(
    sources.map(({ accountId }) => accountId),
  );
  expect(second).toMatchObject({ from: first.from, to: first.to });
  expect(second.cursor).toBeUndefined();
});

test.each([
  ['cursor=abc', 'cursor'],
  [`cursor=${Buffer.from('["a","b"]').toString('base64url')}`, 'cursor'],
  ['class=DDL', 'class'],
])('answers 400 to %s', async (query, parameter) => {
  const answer = await apiOf([]).get(`/v1/coverage?${query}`);

  expect(answer.statusCode).toBe(400);
  expect(answer.json().error.details.parameter).toBe(parameter);
});
