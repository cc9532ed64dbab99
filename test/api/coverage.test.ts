import type { FileVerdict, LogSource } from '../../src/store/event-store';
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

function receipt(source: LogSource, deliveredAt: string, given: Partial<Receipt> = {}): Receipt {
  return {
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
    integrity: 'unverified',
    ...given,
  };
}

function apiOf(receipts: readonly Receipt[], verdicts: readonly (FileVerdict & LogSource)[] = []) {
  const isOf = (source: LogSource) => (one: LogSource) =>
    one.accountId === source.accountId && one.region === source.region;
  return apiOver({
    ...fakeStore([]),
    listSources: async () =>
      [EU, US, OTHER].filter((source) => [...receipts, ...verdicts].some(isOf(source))).reverse(),
    listReceipts: async function* (range) {
      yield* receipts
        .filter(isOf(range))
        .filter(({ day }) => day >= range.fromDay && day <= range.toDay);
    },
    listVerdicts: async function* (range) {
      yield* receipts
        .filter(isOf(range))
        .map(({ key, day, integrity }) => ({ key, day, verdict: integrity }));
      yield* verdicts.filter(isOf(range));
    },
  });
}

test('counts the files of an account and Region by hour, and finds the gaps', async () => {
  const missing = objectKey(EU, '2026-11-20T05:10:00Z');
  const { get } = apiOf(
    [
      receipt(EU, '2026-11-20T04:05:00Z', { integrity: 'verified' }),
      receipt(EU, '2026-11-20T04:10:00Z', { status: 'quarantined', integrity: 'failed' }),
      receipt(EU, '2026-11-20T08:00:00Z', {
        status: 'partial',
        oldestEventTime: '2026-11-20T06:00:00Z',
        lagMs: 9_000_000,
      }),
      receipt(EU, '2026-11-20T09:00:00Z', { integrity: 'unlisted' }),
      receipt(EU, '2026-11-19T23:59:00Z'),
    ],
    [{ ...EU, key: missing, day: '2026-11-20', verdict: 'missing' }],
  );

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
  const { get } = apiOf([receipt(EU, '2026-11-20T09:00:00Z', { integrity: 'missing' })]);

  const { sources } = (await get('/v1/coverage?from=-1d')).json();

  expect(sources[0].total).toMatchObject({ received: 0, missing: 1 });
});

test.each([
  ['', [EU, US, OTHER]],
  ['&account=111122223333', [EU, US]],
  ['&region=eu-west-1', [EU, OTHER]],
  ['&account=444455556666&region=us-east-1', []],
])('lists accounts and Regions in order: %j', async (filter, expected) => {
  const { get } = apiOf([EU, US, OTHER].map((source) => receipt(source, '2026-11-20T09:00:00Z')));

  const { sources, cursor } = (await get(`/v1/coverage?from=-1d${filter}`)).json();

  expect(sources.map(({ accountId, region }: LogSource) => ({ accountId, region }))).toEqual(
    expected,
  );
  expect(cursor).toBeUndefined();
});

test('bounds the work of a request, and goes on with the cursor', async () => {
  const many = [EU, US, OTHER].flatMap((source) =>
    Array.from({ length: 12_000 }, (_, index) =>
      receipt(source, '2026-11-20T09:00:00Z', { key: `${source.region}/${index}` }),
    ),
  );
  const { get } = apiOf(many);

  const first = (await get('/v1/coverage?from=-1d')).json();
  const second = (await get(`/v1/coverage?from=-1d&cursor=${first.cursor}`)).json();

  expect(first.sources).toHaveLength(2);
  expect(second.sources).toMatchObject([OTHER]);
  expect(second.cursor).toBeUndefined();
});

test.each([
  ['from=-32d', 'from'],
  ['cursor=abc', 'cursor'],
  [`cursor=${Buffer.from('["a","b"]').toString('base64url')}`, 'cursor'],
  ['class=DDL', 'class'],
])('answers 400 to %s', async (query, parameter) => {
  const answer = await apiOf([]).get(`/v1/coverage?${query}`);

  expect(answer.statusCode).toBe(400);
  expect(answer.json().error.details.parameter).toBe(parameter);
});
