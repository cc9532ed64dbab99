import { run } from '../../../src/cli/run';
import type { DeliveredFile } from '../../../src/store/event-store';
import type { Receipt } from '../../../src/store/receipt';
import { apiOver, fakeStore } from '../../api/factories';
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
