import { run } from '../../../src/cli/run';
import type { DeliveredFile } from '../../../src/store/event-store';
import type { Receipt } from '../../../src/store/receipt';
import { apiOver, fakeStore } from '../../api/factories';
import { receiptOf } from '../../fixtures/receipts';
import { captureIo } from '../capture-io';
import { serveApi } from '../serve-api';

const SOURCES = [
  { accountId: '111122223333', region: 'eu-west-1' },
  { accountId: '444455556666', region: 'us-east-1' },
];

async function coverage(args: readonly string[], io = captureIo(), sources = SOURCES) {
  const { api } = apiOver({
    ...fakeStore([]),
    listSources: async () => sources,
    listFiles: async function* ({ from, to, region }) {
      if (sources.length === 0) return;
      for (const [index, verdict] of (['verified', 'failed'] as const).entries()) {
        const deliveredAt = `2026-11-20T0${4 + index * 3}:00:00Z`;
        if (deliveredAt < from || deliveredAt >= to) continue;
        const source = { accountId: '111122223333', region: 'eu-west-1' };
        const receipt: Receipt = {
          ...source,
          key: `${index}.json.gz`,
          day: '2026-11-20',
          deliveredAt,
          storedAt: '2026-11-20T09:00:00Z',
          status: 'stored',
          records: { seen: 1500, kept: 1200, skipped: 300, quarantined: 0 },
          quarantined: [],
          counts: { class: {}, outcome: {} },
          lagMs: 420_000,
        };
        yield { ...source, deliveredAt, receipt, verdict };
      }
      if (region !== undefined) return;
      const deliveredAt = '2026-11-20T05:00:00Z';
      yield { accountId: '444455556666', region: 'us-east-1', deliveredAt, verdict: 'missing' };
    },
  });
  await using server = await serveApi(api);
  const exitCode = await run(['coverage', '--api', server.url, '--since', '12h', ...args], io);
  return { exitCode, out: io.stdout.text(), err: io.stderr.text() };
}

test('prints a line by account and Region on a terminal', async () => {
  const io = captureIo({ columns: 160, env: { NO_COLOR: '1' } });

  const { out } = await coverage([], io);

  const rows = out.split('\n').map((line) => line.trim().split(/ {2,}/));
  expect(rows).toEqual([
    [
      ...['account', 'region', 'files', 'events', 'late', 'quarantined', 'missing', 'failed'],
      ...['unlisted', 'verified', 'gaps', 'longest', 'lag up to', 'last file (UTC)'],
    ],
    [
      ...['111122223333', 'eu-west-1', '2', '2,400', '0', '0', '0', '1', '0', '1', '2'],
      ...['3 h 0 min', '7 min 0 s', '2026-11-20 07:00:00'],
    ],
    ['444455556666', 'us-east-1', ...['0', '0', '0', '0', '1', '0', '0', '0', '0'], '0 ms'],
    [''],
  ]);
});

test.each([40, 60, 80])('keeps within %i columns, and says what is wrong', async (columns) => {
  const { out } = await coverage([], captureIo({ columns, env: { NO_COLOR: '1' } }));

  const lines = out.trimEnd().split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  expect(lines.map((line) => line.trim().split(/ {2,}/).slice(0, 2))).toEqual([
    ['account', 'region'],
    ['111122223333', 'eu-west-1'],
    ['444455556666', 'us-east-1'],
  ]);
  expect(lines[0]).toContain('trouble');
  expect(lines[1]).toContain(columns === 80 ? '1 failed, 2 gaps' : '1 failed,');
  expect(lines[2]).toContain('1 missing');
});

test('prints JSON lines with the hours in a pipe', async () => {
  const { out } = await coverage(['--region', 'eu-west-1']);

  expect(JSON.parse(out)).toMatchObject({
    region: 'eu-west-1',
    hours: [{ verified: 1 }, { failed: 1 }],
  });
});

test('says so where nothing arrived', async () => {
  const io = captureIo({ columns: 100 });

  expect(await coverage([], io, [])).toEqual({
    exitCode: 0,
    out: '',
    err: 'No log file arrived.\n',
  });
});

test('says where the answer begins later than asked', async () => {
  const { api } = apiOver({
    ...fakeStore([]),
    listSources: async () => SOURCES,
    listFiles: async function* ({ from: deliveredAt }) {
      const file = { ...SOURCES[0], deliveredAt, verdict: 'missing' } as DeliveredFile;
      for (let count = 0; count < 200_000; count++) yield file;
    },
  });
  await using server = await serveApi(api);
  const io = captureIo();

  await run(['coverage', '--api', server.url, '--since', '3d'], io);

  expect(io.stderr.text()).toBe(
    'Only since 2026-11-20T00:00:00Z: the days before are more than are read at once ' +
      '(--to 2026-11-20T00:00:00Z asks for them).\n',
  );
});

describe('--files', () => {
  const setAside: DeliveredFile = {
    accountId: '444455556666',
    region: 'eu-west-1',
    deliveredAt: '2026-11-20T08:00:00Z',
    receipt: receiptOf('AWSLogs/b.json.gz', {
      records: { seen: 9, kept: 2, skipped: 5, quarantined: 2 },
      quarantined: [{ index: 3, reason: 'no \u001b[31mtime' }],
    }),
    verdict: 'unverified',
  };
  const missing: DeliveredFile = {
    accountId: '444455556666',
    region: 'us-east-1',
    deliveredAt: '2026-11-20T07:00:00Z',
    verdict: 'missing',
  };

  async function files(args: readonly string[], io = captureIo(), listed = [setAside, missing]) {
    const { api } = apiOver({
      ...fakeStore([]),
      listFiles: async function* () {
        yield* listed;
      },
    });
    await using server = await serveApi(api);
    const options = ['--api', server.url, '--from', '2026-11-20', '--files', ...args];
    const exitCode = await run(['coverage', ...options], io);
    return { exitCode, out: io.stdout.text(), err: io.stderr.text() };
  }

  test('says on a terminal which files need a look, and why', async () => {
    const { out } = await files([], captureIo({ columns: 200, env: { NO_COLOR: '1' } }));

    const rows = out.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(rows).toEqual([
      ['delivered (UTC)', 'account', 'region', 'problem', 'why', 'file'],
      [
        ...['2026-11-20 08:00:00', '444455556666', 'eu-west-1', 'quarantined'],
        ...['record 3: no \uFFFD[31mtime (and 1 more)', 'AWSLogs/b.json.gz'],
      ],
      [
        ...['2026-11-20 07:00:00', '444455556666', 'us-east-1', 'missing'],
        '1 file of this hour: querytrail verify names them',
      ],
      [''],
    ]);
  });

  test.each([40, 60, 80])('keeps within %i columns', async (columns) => {
    const { out } = await files([], captureIo({ columns, env: { NO_COLOR: '1' } }));

    const lines = out.trimEnd().split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines[0]).toMatch(/problem +why +file$/);
    expect(lines[1]).toContain('quarantined');
  });

  test('prints JSON lines in a pipe, of certain problems where asked', async () => {
    const { out } = await files(['--problem', 'quarantined']);

    expect(JSON.parse(out)).toMatchObject({
      key: 'AWSLogs/b.json.gz',
      setAside: [{ index: 3, reason: 'no \u001b[31mtime' }],
    });
  });

  test('says so where none does', async () => {
    const io = captureIo({ columns: 100 });

    expect(await files([], io, [])).toEqual({
      exitCode: 0,
      out: '',
      err: 'No file needs a look.\n',
    });
  });

  test('refuses a problem that does not exist', async () => {
    const { exitCode, err } = await files(['--problem', 'lost']);

    expect(exitCode).toBe(2);
    expect(err).toContain('quarantined, failed, missing, unlisted');
  });
});
