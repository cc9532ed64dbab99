import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../src/cli/run';
import { openDataDirectory } from '../../../src/local/data-directory';
import { startEmbeddedStore } from '../../../src/local/embedded-store';
import { createDynamoEventStore } from '../../../src/store/dynamo-event-store';
import { wireExecution } from '../../recovery/athena-server';
import { maskedAthenaEvent } from '../../store/events';
import { captureIo } from '../capture-io';

const CALLER = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Account>111122223333</Account><UserId>U</UserId>
<Arn>arn:aws:iam::111122223333:user/jo</Arn></GetCallerIdentityResult>
<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;

const eventTime = new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z');
const old = new Date(Date.now() - 50 * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
const env = { ...process.env };
const failingCalls = new Set<number>();
let calls: number;
let aws: Server;
let data: string;

beforeEach(async () => {
  calls = 0;
  failingCalls.clear();
  aws = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString();
    if (request.headers['x-amz-target'] === undefined) {
      response.setHeader('content-type', 'text/xml').end(CALLER);
      return;
    }
    if (failingCalls.has(++calls)) {
      response.statusCode = 400;
      response.end(JSON.stringify({ __type: 'UnknownFault', message: 'no' }));
      return;
    }
    const ids: string[] = JSON.parse(body).QueryExecutionIds;
    response.end(JSON.stringify({ QueryExecutions: ids.map((id) => wireExecution(id)) }));
  });
  await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
  const { port } = aws.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  data = await mkdtemp(join(tmpdir(), 'querytrail-'));
});

afterEach(async () => {
  process.env = { ...env };
  aws.closeAllConnections();
  await new Promise((resolve) => aws.close(resolve));
  await rm(data, { recursive: true });
});

test('completes the events of the local store with the caller’s credentials', async () => {
  const path = await fill([
    maskedAthenaEvent({ eventId: 'mine', eventTime }),
    maskedAthenaEvent({ eventId: 'old', eventTime: old }),
    maskedAthenaEvent({ eventId: 'theirs', eventTime, accountId: '444455556666' }),
  ]);
  const io = captureIo();

  const exitCode = await run(['recover', '--data', data, '--rate', '100'], io);

  expect(io.stderr.text()).toBe('');
  expect(exitCode).toBe(0);
  expect(io.stdout.text()).toBe(`1 event completed
1 whose text cannot come back; each says why
0 still running or not answered: run this again later
1 of account 444455556666 left out: give a --role to assume there
`);
  const embedded = await startEmbeddedStore({ path });
  const store = createDynamoEventStore(embedded);
  const [mine] = await store.getEvents('mine');
  const [expired] = await store.getEvents('old');
  const [theirs] = await store.getEvents('theirs');
  await embedded.close();
  expect(mine).toMatchObject({ outcome: 'succeeded', costUsd: 5, statement: { source: 'athena' } });
  expect(expired?.statement).toEqual({ unavailable: 'expired' });
  expect(theirs?.statement).toEqual({ unavailable: 'pending' });
});

test('shows no control characters of an account that a record names', async () => {
  await fill([maskedAthenaEvent({ eventTime, accountId: '4444\u001b[2J' })]);
  const io = captureIo();

  await run(['recover', '--data', data], io);

  expect(io.stdout.text()).toContain('1 of account 4444\uFFFD[2J left out');
  expect(io.stdout.text()).not.toContain('\u001b');
});

test('leaves nothing of its progress on the terminal', async () => {
  await fill([maskedAthenaEvent({ eventTime })]);
  const io = captureIo({ columns: 80 });

  await run(['recover', '--data', data, '--rate', '100'], io);

  expect(io.stderr.text()).toBe('\r1 recovered\r\u001b[K');
  expect(io.stdout.text()).toMatch(/^1 event completed\n/);
});

test('complains on a line of its own where it fails in the middle', async () => {
  await fill([
    maskedAthenaEvent({ eventTime }),
    maskedAthenaEvent({ eventId: 'other', eventTime, region: 'eu-west-1' }),
  ]);
  failingCalls.add(2);
  const io = captureIo({ columns: 80 });

  const exitCode = await run(['recover', '--data', data, '--rate', '100'], io);

  expect(exitCode).toBe(1);
  expect(io.stderr.text()).toContain('\r1 recovered\r\u001b[Kquerytrail: cannot ask Athena');
});

test('counts for machines, and asks nothing twice', async () => {
  await fill([maskedAthenaEvent({ eventTime })]);
  const first = captureIo();
  const second = captureIo();

  await run(['recover', '--data', data, '--json', '--rate', '100'], first);
  await run(['recover', '--data', data, '--json', '--rate', '100'], second);

  const none = { unavailable: 0, open: 0, leftOut: {} };
  expect(JSON.parse(first.stdout.text())).toEqual({ recovered: 1, ...none });
  expect(JSON.parse(second.stdout.text())).toEqual({ recovered: 0, ...none });
});

test('looks for the store before it asks for credentials', async () => {
  for (const name of Object.keys(process.env))
    if (name.startsWith('AWS_')) delete process.env[name];
  const io = captureIo();

  expect(await run(['recover', '--data', join(data, 'none')], io)).toBe(2);
  expect(io.stderr.text()).toContain('there is no store in');
});

test.each([
  ['no store', []],
  ['a rate of nothing', ['--rate', '0']],
  ['a time of no known form', ['--since', 'yesterday']],
  ['another base', ['--tb-base', 'ternary']],
])('calls %s a misuse', async (_name, args) => {
  expect(await run(['recover', '--data', data, ...args], captureIo())).toBe(2);
});

async function fill(events: Parameters<ReturnType<typeof createDynamoEventStore>['putEvents']>[0]) {
  const directory = await openDataDirectory(data);
  const path = directory.storePath('/trail');
  const embedded = await startEmbeddedStore({ path });
  await createDynamoEventStore(embedded).putEvents(events);
  await embedded.close();
  await directory.rememberRun({ trail: '/trail', store: path });
  return path;
}
