import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { run } from '../../src/cli/run';
import { openDataDirectory } from '../../src/local/data-directory';
import { startEmbeddedStore } from '../../src/local/embedded-store';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import { apiOver, auditEvent, fakeStore } from '../api/factories';
import { captureIo } from './capture-io';
import { serveApi } from './serve-api';

const RECORD = '{"eventID":"stored",  "eventName":"StartQueryExecution"}';

let data: string;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'querytrail-data-'));
});

afterEach(() => rm(data, { recursive: true }));

/** What a `serve` leaves: a trail, a store with one event, and word of both. */
async function leaveStore(url?: string): Promise<void> {
  const [trail, store] = [data, join(data, 'store')];
  await writeFile(join(trail, 'a.json.gz'), gzipSync(`{"Records":[${RECORD}]}`));
  const embedded = await startEmbeddedStore({ path: store });
  const evidence = { key: 'a.json.gz', index: 0, integrity: 'unverified' } as const;
  await createDynamoEventStore(embedded).putEvents([auditEvent({ eventId: 'stored', evidence })]);
  await embedded.close();
  await (await openDataDirectory(data)).rememberRun({ trail, store, url });
}

async function ask(...args: readonly string[]) {
  const io = captureIo();
  const exitCode = await run([...args, '--data', data], io);
  return { exitCode, out: io.stdout.text(), err: io.stderr.text() };
}

test('asks the store of a serve that has ended', async () => {
  await leaveStore();

  const list = await ask('query', '--from', '2026-11-20', '--to', '2026-11-21');
  const record = await ask('show', 'stored', '--record');
  const unknown = await ask('show', 'nobody');

  expect(JSON.parse(list.out)).toMatchObject({ eventId: 'stored' });
  expect(record.out).toBe(RECORD);
  expect(unknown).toEqual({ exitCode: 1, out: '', err: 'querytrail: No event has this id\n' });
});

test('asks a store whose log files are gone, for all but the original record', async () => {
  await leaveStore();
  const { store, ...run } = JSON.parse(await readFile(join(data, 'serve.json'), 'utf8'));
  const trail = join(data, 'gone');
  await writeFile(join(data, 'serve.json'), JSON.stringify({ ...run, store, trail }));

  const list = await ask('query', '--from', '2026-11-20', '--to', '2026-11-21');
  const record = await ask('show', 'stored', '--record');

  expect(JSON.parse(list.out)).toMatchObject({ eventId: 'stored' });
  expect(record).toMatchObject({ exitCode: 2, err: expect.stringContaining('no such folder') });
});

test('asks a serve that is at work', async () => {
  await using server = await serveApi(apiOver(fakeStore([auditEvent()])).api);
  await leaveStore(server.url);

  const { out } = await ask('query');

  expect(JSON.parse(out)).toEqual(auditEvent());
});

test('asks the store where a serve was killed', async () => {
  await leaveStore('http://127.0.0.1:9');

  const { out } = await ask('show', 'stored');

  expect(JSON.parse(out).eventId).toBe('stored');
});

test.each(['', '{"tra', '{}'])(
  'names the file where word of the last serve is %j',
  async (word) => {
    await writeFile(join(data, 'serve.json'), word);

    const { exitCode, err } = await ask('query');

    expect(exitCode).toBe(2);
    expect(err).toContain(`cannot read ${join(data, 'serve.json')} (damaged; the next`);
  },
);

test('says what to do where nothing was ever stored, and makes no folder', async () => {
  const missing = join(data, 'missing');
  const io = captureIo();

  expect(await run(['query', '--data', missing], io)).toBe(2);
  expect(io.stderr.text()).toBe(
    `querytrail: there is no store in ${missing}: run querytrail serve, name its folder with ` +
      '--data, or a deployed API with --api\n',
  );
  await expect(readFile(missing)).rejects.toThrow('ENOENT');
});
