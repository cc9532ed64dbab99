import { run } from '../../../src/cli/run';
import type { GroupBy, HourTotals } from '../../../src/store/event-store';
import { apiOver, fakeStore } from '../../api/factories';
import { captureIo } from '../capture-io';
import { serveApi } from '../serve-api';

const HOURS: readonly HourTotals[] = [
  {
    hour: '2026-11-14T10:00:00Z',
    groups: {
      alice: { count: 10, scannedBytes: 5_000_000, costUsd: 0.000025 },
      '=bob': { count: 1, scannedBytes: 0, costUsd: 0 },
    },
  },
  {
    hour: '2026-11-20T10:00:00Z',
    groups: { alice: { count: 1234, scannedBytes: 2.5e12, costUsd: 12.5 } },
  },
];

async function stats(args: readonly string[], io = captureIo(), totals = HOURS) {
  const readTotals = jest.fn(async (_from: string, _to: string, groupBy: readonly GroupBy[]) => ({
    hours: new Map(groupBy.map((name) => [name, totals])),
    openHours: [],
  }));
  await using server = await serveApi(apiOver({ ...fakeStore([]), readTotals }).api);
  const exitCode = await run(['stats', '--api', server.url, ...args], io);
  return { exitCode, out: io.stdout.text(), err: io.stderr.text(), readTotals };
}

test('prints a table with the course over time on a terminal', async () => {
  const io = captureIo({ columns: 80, env: { NO_COLOR: '1' } });

  const { out } = await stats(['--by', 'principal'], io);

  expect(out).toBe(
    [
      'group  events  scanned    cost  over time',
      'alice   1,244  2.50 TB  $12.50   ▁     █',
      '=bob        1      0 B   $0.00   █',
      '',
    ].join('\n'),
  );
});

test('says so on a terminal where nothing is to be counted', async () => {
  expect(await stats(['--by', 'class,table'], captureIo({ columns: 80 }), [])).toMatchObject({
    exitCode: 0,
    out: '',
    err: 'No event in this range.\n',
  });
});

test('passes range, group and interval on', async () => {
  const { readTotals } = await stats(['--by', 'table', '--from', '2026-11-01', '--to', '-1d']);

  expect(readTotals).toHaveBeenCalledWith('2026-11-01T00:00:00Z', '2026-11-19T12:00:00Z', [
    'table',
  ]);
});

test('prints a line by interval and group in a pipe', async () => {
  const { out } = await stats(['--top', '1']);

  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    {
      start: '2026-11-14T00:00:00Z',
      name: 'alice',
      count: 10,
      scannedBytes: 5_000_000,
      costUsd: 0.000025,
    },
    { start: '2026-11-14T00:00:00Z', name: '(others)', count: 1, scannedBytes: 0, costUsd: 0 },
    {
      start: '2026-11-20T00:00:00Z',
      name: 'alice',
      count: 1234,
      scannedBytes: 2.5e12,
      costUsd: 12.5,
    },
  ]);
});

test('prints CSV that runs no formula', async () => {
  const { out } = await stats(['--csv', '--by', 'principal']);

  expect(out.split('\r\n')).toEqual([
    '\uFEFFstart,principal,count,scannedBytes,costUsd',
    '2026-11-14T00:00:00Z,alice,10,5000000,0.000025',
    "2026-11-14T00:00:00Z,'=bob,1,0,0",
    '2026-11-20T00:00:00Z,alice,1234,2500000000000,12.5',
    '',
  ]);
});

describe('by several kinds of groups', () => {
  const bySeveral = ['--by', 'principal,class', '--top', '1', '--interval', 'month'];

  test('asks once, and prints a table for each on a terminal', async () => {
    const io = captureIo({ columns: 80, env: { NO_COLOR: '1' } });

    const { out, readTotals } = await stats(bySeveral, io);

    expect(out.split('\n').map((line) => line.trimEnd())).toEqual([
      'class     events  scanned    cost  over time',
      'alice      1,244  2.50 TB  $12.50  █',
      '(others)       1      0 B   $0.00  █',
      '',
      'principal  events  scanned    cost  over time',
      'alice       1,244  2.50 TB  $12.50  █',
      '(others)        1      0 B   $0.00  █',
      '',
    ]);
    expect(readTotals).toHaveBeenCalledTimes(1);
  });

  test('names the kind on each line in a pipe, and in each row of CSV', async () => {
    const alice = { start: '2026-11-01T00:00:00Z', name: 'alice', count: 1244 };

    const json = await stats([...bySeveral, '--by', 'table']);
    const csv = await stats([...bySeveral, '--csv']);

    const lines = json.out.trimEnd().split('\n');
    expect(lines.filter((line) => line.includes('alice')).map((line) => JSON.parse(line))).toEqual(
      ['class', 'principal', 'table'].map((groupBy) =>
        expect.objectContaining({ groupBy, ...alice }),
      ),
    );
    expect(csv.out.split('\r\n')).toEqual([
      '\uFEFFstart,groupBy,group,count,scannedBytes,costUsd',
      ...['class', 'principal'].flatMap((groupBy) => [
        `2026-11-01T00:00:00Z,${groupBy},alice,1244,2500005000000,12.500025`,
        `2026-11-01T00:00:00Z,${groupBy},(others),1,0,0`,
      ]),
      '',
    ]);
  });
});

test('names on stderr the hours that are missing', async () => {
  const io = captureIo();
  const openHours = ['2026-11-20T10:00:00Z', '2026-11-20T11:00:00Z'];
  const readTotals = async () => ({ hours: new Map(), openHours });
  await using server = await serveApi(apiOver({ ...fakeStore([]), readTotals }).api);

  expect(await run(['stats', '--api', server.url], io)).toBe(0);
  expect(io.stderr.text()).toBe('not counted yet: 2026-11-20T10:00:00Z, 2026-11-20T11:00:00Z\n');
});

test.each([
  [['--by', 'region'], 'class, operation, principal, table, outcome, error, account'],
  [['--top', '1000'], '1 to 500'],
])('misuse exits 2: %j', async (args, message) => {
  const { exitCode, err } = await stats(args);

  expect(exitCode).toBe(2);
  expect(err).toContain(message);
});
