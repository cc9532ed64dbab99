import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createStoreTransport } from '../../src/cli/store-transport';
import { startEmbeddedStore } from '../../src/local/embedded-store';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import { auditEvent } from '../api/factories';

const RECORD = '{"eventID":"stored","eventName":"StartQueryExecution"}';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'querytrail-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('answers again after a request that failed', async () => {
  const [trail, store] = [join(folder, 'trail'), join(folder, 'store')];
  await fill(store);
  await using transport = await createStoreTransport({ trail, store });
  const ask = async (path: string) => (await transport.send(`/v1/events/stored${path}`)).status;

  const [record, event] = await Promise.allSettled([ask('/record'), ask('')]);
  const again = await ask('');

  expect(record).toMatchObject({ status: 'rejected', reason: { code: 'config.trail' } });
  expect(event).toEqual({ status: 'fulfilled', value: 200 });
  expect(again).toBe(200);
});

test('tries again where what was missing has come', async () => {
  const [trail, store] = [join(folder, 'trail'), join(folder, 'store')];
  await fill(store);
  await using transport = await createStoreTransport({ trail, store });
  const ask = () => transport.send('/v1/events/stored/record');

  await expect(ask()).rejects.toThrow('no such folder');
  await mkdir(trail);
  await writeFile(join(trail, 'a.json.gz'), gzipSync(`{"Records":[${RECORD}]}`));
  const { status, body } = await ask();

  expect([status, String(body)]).toEqual([200, RECORD]);
});

async function fill(path: string): Promise<void> {
  const embedded = await startEmbeddedStore({ path });
  const evidence = { key: 'a.json.gz', index: 0, integrity: 'unverified' } as const;
  await createDynamoEventStore(embedded).putEvents([auditEvent({ eventId: 'stored', evidence })]);
  await embedded.close();
}
