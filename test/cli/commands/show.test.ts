import { gzipSync } from 'node:zlib';
import { run } from '../../../src/cli/run';
import { apiOver, auditEvent, fakeStore } from '../../api/factories';
import { captureIo } from '../capture-io';
import { serveApi } from '../serve-api';

const RECORD = '{"eventID":"shared", "eventName":"Insert", "n":1.0}';
const insert = auditEvent({ eventId: 'shared', eventName: 'Insert' });
const update = auditEvent({ eventId: 'shared', eventName: 'Update' });
const logFiles = {
  open: async function* () {
    yield gzipSync(`{"Records":[${RECORD}]}`);
  },
};

async function show(args: readonly string[], io = captureIo()) {
  const { api } = apiOver(fakeStore([auditEvent(), insert, update]), { logFiles });
  await using server = await serveApi(api);
  const exitCode = await run(['show', ...args, '--api', server.url], io);
  return { exitCode, out: io.stdout.text(), err: io.stderr.text() };
}

test('lays one event out for reading on a terminal', async () => {
  const io = captureIo({ columns: 100, env: { NO_COLOR: '1' } });

  const { exitCode, out } = await show([auditEvent().eventId], io);

  expect(exitCode).toBe(0);
  expect(out).toBe(`SELECT by alice: succeeded

When
  time          2026-11-20T11:00:00Z
  event         StartQueryExecution (athena)
  event id      11111111-2222-4333-8444-555555555555

Who
  name          alice
  type          IAMUser (human)
  arn           arn:aws:iam::111122223333:user/alice

Where from
  account       111122223333
  region        eu-central-1
  source        192.0.2.10

What
  class         DML
  operation     SELECT
  access        read

On what
  read          shop.orders
  database      shop
  workgroup     primary

How it went
  outcome       succeeded
  scanned       1.05 MB
  cost          $0.000050

Evidence
  log file      trail/file.json.gz
  record        Records[0]
  integrity     verified

Statement (from cloudtrail)
  SELECT id FROM shop.orders

`);
});

test('puts what is too long for a narrow terminal below its label, unbroken', async () => {
  const io = captureIo({ columns: 40, env: { NO_COLOR: '1' } });

  const { out } = await show([auditEvent().eventId], io);

  expect(out).toContain('\n  time          2026-11-20T11:00:00Z\n');
  expect(out).toContain('\n  event id\n    11111111-2222-4333-8444-555555555555\n');
  expect(out).toContain('\n  arn\n    arn:aws:iam::111122223333:user/alice\n');
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
});

test('prints every event that shares the id, as JSON lines in a pipe', async () => {
  const { out } = await show(['shared']);

  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([insert, update]);
});

test('prints the one that is named', async () => {
  const { out } = await show(['shared', '--event-name', 'Update']);

  expect(JSON.parse(out)).toEqual(update);
});

test('prints the original record byte for byte', async () => {
  expect(await show(['shared', '--event-name', 'Insert', '--record'])).toMatchObject({
    exitCode: 0,
    out: RECORD,
  });
});

test.each([
  ['an unknown id', ['nobody'], 1, 'querytrail: No event has this id\n'],
  ['a record of a shared id', ['shared', '--record'], 2, 'Insert, Update'],
  ['a name that none has', ['shared', '--event-name', 'Delete'], 2, 'Insert, Update'],
  ['no id', [], 2, "missing required argument 'event-id'"],
])('refuses %s', async (_, args, exitCode, message) => {
  const answer = await show(args);

  expect(answer).toMatchObject({ exitCode, out: '' });
  expect(answer.err).toContain(message);
});
