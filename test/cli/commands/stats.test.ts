import { run } from '../../../src/cli/run';
import type { HourTotals } from '../../../src/store/event-store';
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

async function stats(args: readonly string[], io = captureIo()) {
  const readTotals = jest.fn(async () => ({ hours: HOURS, openHours: [] }));
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

test('passes range, group and interval on', async () => {
  const { readTotals } = await stats(['--by', 'table', '--from', '2026-11-01', '--to', '-1d']);

  expect(readTotals).toHaveBeenCalledWith('2026-11-01T00:00:00Z', '2026-11-19T12:00:00Z', 'table');
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

test('names on stderr the hours that are missing', async () => {
  const io = captureIo();
  const openHours = ['2026-11-20T10:00:00Z', '2026-11-20T11:00:00Z'];
  const readTotals = async () => ({ hours: HOURS, openHours });
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
