import fc from 'fast-check';
import { countIntervals, INTERVALS, summarizeTotals } from '../../src/api/stats';
import type { GroupBy, HourTotals } from '../../src/store/event-store';
import { apiOver, fakeStore } from './factories';

const totals = (count: number) => ({ count, scannedBytes: count * 1000, costUsd: count / 1e7 });

const HOURS: readonly HourTotals[] = [
  { hour: '2026-11-18T23:00:00Z', groups: { alice: totals(1), bob: totals(5) } },
  { hour: '2026-11-19T00:00:00Z', groups: { alice: totals(2), eve: totals(1) } },
  { hour: '2026-11-19T07:00:00Z', groups: { alice: totals(4) } },
];

test('rolls hours up by day, the most frequent group first', () => {
  expect(summarizeTotals(HOURS, 'day', 10)).toEqual({
    groups: [
      { name: 'alice', ...totals(7) },
      { name: 'bob', ...totals(5) },
      { name: 'eve', ...totals(1) },
    ],
    intervals: [
      {
        start: '2026-11-18T00:00:00Z',
        groups: [
          { name: 'bob', ...totals(5) },
          { name: 'alice', ...totals(1) },
        ],
      },
      {
        start: '2026-11-19T00:00:00Z',
        groups: [
          { name: 'alice', ...totals(6) },
          { name: 'eve', ...totals(1) },
        ],
      },
    ],
  });
});

test('adds up what is beyond the limit, last, whatever its size', () => {
  const { groups, intervals } = summarizeTotals(HOURS, 'month', 1);

  expect(groups).toEqual([
    { name: 'alice', ...totals(7) },
    { name: '(others)', ...totals(6) },
  ]);
  expect(intervals).toEqual([{ start: '2026-11-01T00:00:00Z', groups }]);
});

test('loses and invents nothing, whatever the interval, the limit and the names', () => {
  const name = fc.oneof(fc.constantFrom('(others)', '__proto__', 'constructor'), fc.string());
  const groups = fc
    .array(fc.tuple(name, fc.nat(1000)), { maxLength: 8 })
    .map((pairs) => Object.fromEntries(pairs.map(([group, count]) => [group, totals(count)])));
  const hours = fc.uniqueArray(fc.nat(24 * 100), { maxLength: 20 }).chain((offsets) =>
    fc.tuple(
      ...offsets
        .sort((a, b) => a - b)
        .map((offset) =>
          groups.map((given) => ({
            hour: new Date(Date.UTC(2026, 0, 1, offset)).toISOString().replace('.000', ''),
            groups: given,
          })),
        ),
    ),
  );
  const total = (list: readonly { count: number; costUsd: number }[]) => [
    list.reduce((sum, { count }) => sum + count, 0),
    Math.round(list.reduce((sum, { costUsd }) => sum + costUsd, 0) * 1e9),
  ];

  fc.assert(
    fc.property(
      hours,
      fc.constantFrom(...INTERVALS),
      fc.integer({ min: 1, max: 5 }),
      (...given) => {
        const [all, interval, limit] = given;
        const stats = summarizeTotals(all, interval, limit);

        const truth = total(all.flatMap((hour) => Object.values(hour.groups)));
        expect(total(stats.groups)).toEqual(truth);
        expect(total(stats.intervals.flatMap((one) => one.groups))).toEqual(truth);
        expect(stats.groups.length).toBeLessThanOrEqual(limit + 1);
      },
    ),
  );
});

test.each([
  ['hour', '2026-11-19T10:30:00Z', '2026-11-19T12:00:00Z', 2],
  ['day', '2026-11-19T23:59:59Z', '2026-11-21T00:00:00Z', 2],
  ['month', '2025-12-31T00:00:00Z', '2026-02-01T00:00:01Z', 3],
] as const)('counts the %ss that a range touches', (interval, from, to, expected) => {
  expect(countIntervals(from, to, interval)).toBe(expected);
});

describe('GET /v1/stats', () => {
  const store = {
    ...fakeStore([]),
    readTotals: jest.fn(async (_from: string, _to: string, groupBy: readonly GroupBy[]) => ({
      hours: new Map(groupBy.map((name) => [name, HOURS])),
      openHours: ['2026-11-20T11:00:00Z'],
    })),
  };

  test('answers the last 7 days by class and day', async () => {
    const answer = await apiOver(store).get('/v1/stats');

    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      from: '2026-11-13T12:00:00Z',
      to: '2026-11-20T12:00:00Z',
      groupBy: 'class',
      interval: 'day',
      behind: ['2026-11-20T11:00:00Z'],
    });
    expect(store.readTotals).toHaveBeenCalledWith('2026-11-13T12:00:00Z', '2026-11-20T12:00:00Z', [
      'class',
    ]);
  });

  test.each([
    'groupBy=principal,class',
    'groupBy=class&groupBy=principal',
    'groupBy=class, principal,class',
  ])('answers %s with both, read at once', async (query) => {
    store.readTotals.mockClear();

    const answer = await apiOver(store).get(`/v1/stats?${query}&interval=month&limit=1`);

    const stats = summarizeTotals(HOURS, 'month', 1);
    expect(answer.json()).toEqual({
      from: '2026-11-13T12:00:00Z',
      to: '2026-11-20T12:00:00Z',
      interval: 'month',
      groupings: [
        { groupBy: 'class', ...stats },
        { groupBy: 'principal', ...stats },
      ],
      behind: ['2026-11-20T11:00:00Z'],
    });
    expect(store.readTotals).toHaveBeenCalledTimes(1);
  });

  test('answers by interval only those that intervalsOf names', async () => {
    const query = 'groupBy=class,principal,table&intervalsOf=principal';
    const { groupings } = (await apiOver(store).get(`/v1/stats?${query}`)).json();

    const { groups, intervals } = summarizeTotals(HOURS, 'day', 500);
    expect(groupings).toEqual([
      { groupBy: 'class', groups },
      { groupBy: 'principal', groups, intervals },
      { groupBy: 'table', groups },
    ]);
  });

  test.each([
    ['groupBy=region', 'groupBy', /class, operation, principal, table, outcome, error, account/],
    ['interval=week', 'interval', /hour, day, month/],
    ['limit=501', 'limit', /1 to 500/],
    ['class=DDL', 'class', /from, to, groupBy, interval, intervalsOf, limit/],
    ['groupBy=class,region', 'groupBy', /class, operation, principal, table, outcome/],
    ['intervalsOf=region', 'intervalsOf', /class, operation, principal, table, outcome/],
    ['groupBy=class,table&intervalsOf=outcome', 'intervalsOf', /of class, table/],
  ])('answers 400 to %s', async (query, parameter, allowed) => {
    const answer = await apiOver(store).get(`/v1/stats?${query}`);

    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.details.parameter).toBe(parameter);
    expect(answer.json().error.details.allowed).toMatch(allowed);
  });

  test.each(INTERVALS)(
    'answers ten years by %s: what holds no event costs nothing',
    async (interval) => {
      const answer = await apiOver(store).get(`/v1/stats?from=-3650d&interval=${interval}`);

      expect(answer.statusCode).toBe(200);
      expect(answer.json().groups).toEqual(summarizeTotals(HOURS, interval, 500).groups);
    },
  );

  test('answers 413 where names are too long for one answer', async () => {
    const groups = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`${index}${'é'.repeat(30_000)}`, totals(1)]),
    );
    const hours = [{ hour: '2026-11-19T00:00:00Z', groups }];
    const huge = {
      ...store,
      readTotals: async () => ({ hours: new Map([['class', hours]] as const), openHours: [] }),
    };

    expect((await apiOver(huge).get('/v1/stats?limit=100')).statusCode).toBe(413);
    expect((await apiOver(huge).get('/v1/stats?limit=10')).statusCode).toBe(200);
  });
});
