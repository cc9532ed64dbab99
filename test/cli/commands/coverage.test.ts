import { run } from '../../../src/cli/run';
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
    listReceipts: async function* ({ accountId, region }) {
      if (region !== 'eu-west-1') return;
      for (const [index, integrity] of (['verified', 'failed'] as const).entries()) {
        yield {
          accountId,
          region,
          key: `${index}.json.gz`,
          day: '2026-11-20',
          deliveredAt: `2026-11-20T0${4 + index * 3}:00:00Z`,
          storedAt: '2026-11-20T09:00:00Z',
          status: 'stored',
          records: { seen: 1500, kept: 1200, skipped: 300, quarantined: 0 },
          quarantined: [],
          counts: { class: {}, outcome: {} },
          lagMs: 420_000,
          integrity,
        };
      }
    },
    listVerdicts: async function* ({ region }) {
      if (region === 'us-east-1') yield { key: 'x', day: '2026-11-20', verdict: 'missing' };
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
