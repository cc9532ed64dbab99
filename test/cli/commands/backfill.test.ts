import { existsSync } from 'node:fs';
import promises, { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { run } from '../../../src/cli/run';
import { createDynamoEventStore } from '../../../src/store/dynamo-event-store';
import { BUCKET, fillBucket } from '../../backfill/trail-bucket';
import { type ObjectEndpoint, startObjectEndpoint } from '../../fixtures/object-endpoint';
import { startQuery } from '../../fixtures/records';
import { DYNAMO_SERVERS, type DynamoServer } from '../../integration/dynamo-servers';
import { type QueueEndpoint, startQueueEndpoint } from '../../integration/queue-endpoint';
import { writeTrail } from '../../integrity/digest-factory';
import { captureIo } from '../capture-io';

const ENVIRONMENT = { ...process.env };

let objects: ObjectEndpoint;
let queues: QueueEndpoint;
let database: DynamoServer | undefined;
let folder: string;

beforeEach(async () => {
  objects = await startObjectEndpoint();
  queues = await startQueueEndpoint();
  folder = await mkdtemp(join(tmpdir(), 'querytrail-'));
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_S3: objects.url,
  });
});

afterEach(async () => {
  process.env = { ...ENVIRONMENT };
  await Promise.all([objects.close(), queues.close(), database?.close()]);
  database = undefined;
  await rm(folder, { recursive: true });
});

test('sends the log files of a bucket to the queue, those without receipt', async () => {
  const [stored = '', ...others] = fillBucket(objects.objects);
  database = await DYNAMO_SERVERS.dynalite?.();
  if (!database) throw new Error('dynalite is always there');
  process.env.AWS_ENDPOINT_URL_DYNAMODB = database.endpoint;
  await createDynamoEventStore(database).putReceipts([
    {
      ...{ bucket: BUCKET, key: stored, accountId: '111122223333', region: 'eu-west-1' },
      ...{ day: '2026-03-01', storedAt: '2026-03-01T10:10:00Z', status: 'stored' },
      ...{ records: { seen: 0, kept: 0, skipped: 0, quarantined: 0 }, quarantined: [] },
      counts: { class: {}, outcome: {} },
    },
  ]);

  const args = ['--queue-url', queues.queueUrl('intake'), '--table', database.tableName];
  const first = await backfill(`s3://${BUCKET}`, ...args);
  const again = await backfill(`s3://${BUCKET}`, ...args, '--overwrite');

  expect(JSON.parse(first.output)).toMatchObject({ sent: others.length, known: 1 });
  expect(JSON.parse(again.output)).toMatchObject({ sent: others.length + 1, known: 0 });
  expect(sentKeys().slice(0, others.length).toSorted()).toEqual(others.toSorted());
  expect(await readdir(folder)).toEqual([]);
});

test('estimates from the files themselves, and sends nothing, on a dry run', async () => {
  const records = Array.from({ length: 20 }, () => startQuery());
  const keys = fillBucket(objects.objects, { records });

  const { output, exitCode } = await backfill(`s3://${BUCKET}`, '--dry-run', '--rate', '10');

  const estimate = JSON.parse(output);
  expect(estimate).toMatchObject({ files: keys.length, events: 20 * keys.length });
  expect(estimate.writeUnits).toBeGreaterThan(4 * estimate.events);
  expect(estimate.usd).toBeGreaterThan(0);
  expect(estimate.gb).toBeCloseTo(estimate.bytes / 1e9);
  expect(estimate.hours).toBeCloseTo(keys.length / 10 / 3600);
  expect(exitCode).toBe(0);
});

test('tells the estimate in words on a terminal', async () => {
  fillBucket(objects.objects, { filesPerDay: 100 });

  const { output, errors } = await backfillOnTerminal(`s3://${BUCKET}`, '--dry-run');

  expect(output).toContain('files         1,200');
  expect(output).toContain('time          12.0 s at 100 files a second');
  expect(output).toContain('30 files read at random');
  expect(errors).toContain('counting');
});

test('shows a bar with the cost so far and the time left on a terminal', async () => {
  fillBucket(objects.objects, { filesPerDay: 2 });

  const args = [`s3://${BUCKET}`, '--queue-url', queues.queueUrl('intake')];
  const { output, errors } = await backfillOnTerminal(...args);

  expect(errors).toContain('without --table');
  expect(errors).toMatch(/sending \[.*\] 100% 24 files, \$0\.0\d+ so far/);
  expect(output).toMatch(/^24 files \(.*\) sent, about \$0\.0\d+; 0 stored already/);
});

test('sends at the rate that is asked for', async () => {
  fillBucket(objects.objects, { filesPerDay: 10 });
  let sleptMs = 0;
  const args = [`s3://${BUCKET}`, '--queue-url', queues.queueUrl('intake'), '--rate', '20'];

  await backfillWith(
    captureIo({
      sleep: async (ms) => {
        sleptMs += ms;
      },
    }),
    ...args,
  );

  // 120 files, of which the first second's 20 may go at once.
  expect(sleptMs).toBeGreaterThan(3000);
});

test('leaves word of the local store before it reads, as it may be interrupted', async () => {
  const [copy, data] = [join(folder, 'copy'), join(folder, 'data')];
  const log = gzipSync(JSON.stringify({ Records: [startQuery()] }));
  await writeTrail(copy, new Map([['a.json.gz', log]]));
  const atWork: boolean[] = [];
  const clock = () => {
    atWork.push(existsSync(join(data, 'serve.json')));
    return Date.now();
  };

  await run(['backfill', copy, '--data', data], { ...captureIo(), clock });

  expect(atWork.at(-1)).toBe(true);
});

test('reads the log files of a folder into the local store, each once', async () => {
  const keys = fillBucket(objects.objects, { records: [startQuery()] });
  const copy = join(folder, 'copy');
  const bodyOf = (key: string) => objects.objects.get(`${BUCKET}/${key}`)?.body ?? [];
  await writeTrail(copy, new Map(keys.map((key) => [key, Buffer.from(bodyOf(key))])));
  const data = ['--data', join(folder, 'data')];
  const selection = ['--account', '111122223333', '--from', '2026-03-02', '--to', '2026-03-03'];

  const dry = await backfill(copy, ...data, ...selection, '--dry-run');
  const first = await backfill(copy, ...data, ...selection);
  const again = await backfill(copy, ...data);
  const third = await backfill(copy, ...data, '--overwrite');

  expect(JSON.parse(dry.output)).toMatchObject({ files: 6, events: 6 });
  expect(JSON.parse(first.output)).toMatchObject({ files: 6, events: 6, known: 0 });
  expect(JSON.parse(again.output)).toMatchObject({ files: 36, events: 30, known: 6 });
  expect(JSON.parse(third.output)).toMatchObject({ files: 36, events: 36, known: 0 });
});

test.each([[], ['--dry-run']])(
  'names a folder that cannot be looked into, and exits with 1: %j',
  async (...dryRun) => {
    const copy = join(folder, 'copy');
    const log = gzipSync(JSON.stringify({ Records: [startQuery()] }));
    await writeTrail(copy, new Map([['a.json.gz', log]]));
    await mkdir(join(copy, 'shut\u001b[2J'));
    const { readdir } = promises;
    jest
      .spyOn(promises, 'readdir')
      .mockImplementation(((path: string, options: object) =>
        path.endsWith('shut\u001b[2J')
          ? Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' }))
          : readdir(path, options)) as never);

    const { output, errors, exitCode } = await backfill(copy, ...dryRun);
    jest.restoreAllMocks();

    expect(JSON.parse(output)).toMatchObject({ files: 1, events: 1 });
    expect(errors).toBe('cannot read shut\uFFFD[2J: EACCES\n');
    expect(exitCode).toBe(1);
  },
);

test.each([
  ['--queue-url', 'https://sqs.eu-west-1.amazonaws.com/111122223333/Intake'],
  ['--table', 'Events'],
  ['--checkpoint', 'there.json'],
])('does not take %s for a folder, which goes into the local store', async (option, value) => {
  const { exitCode, output, errors } = await backfill(folder, option, value);

  expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
  expect(errors).toContain(`${option} is for s3://bucket`);
});

test.each([
  ['no place', []],
  ['a bucket without name', ['s3://']],
  ['a folder that is not there', ['/nowhere']],
  ['no queue', [`s3://${BUCKET}`]],
  ['a queue that is no URL', [`s3://${BUCKET}`, '--queue-url', 'intake']],
  ['a rate of nothing', [`s3://${BUCKET}`, '--rate', '0']],
  ['an end before the start', [`s3://${BUCKET}`, '--from', '-1d', '--to', '-2d', '--dry-run']],
  ['a start that is to come', ['.', '--from', '2999-01-01']],
  ['a time of no known form', [`s3://${BUCKET}`, '--from', 'yesterday']],
  ['an account of eleven digits', [`s3://${BUCKET}`, '--account', '11112222333']],
])('calls %s a misuse', async (_name, args) => {
  const { exitCode, output, errors } = await backfill(...args);

  expect(exitCode).toBe(2);
  expect(output).toBe('');
  expect(errors).not.toBe('');
});

function backfill(...args: string[]) {
  return backfillWith(captureIo(), ...args);
}

function backfillOnTerminal(...args: string[]) {
  return backfillWith(captureIo({ columns: 120 }), ...args);
}

async function backfillWith(io: ReturnType<typeof captureIo>, ...args: string[]) {
  const data = args.includes('--data') ? [] : ['--data', folder];
  const exitCode = await run(['backfill', ...args, ...data], io);
  return { exitCode, output: io.stdout.text(), errors: io.stderr.text() };
}

function sentKeys(): string[] {
  return queues.sent('intake').flatMap((body) => JSON.parse(body).s3ObjectKey);
}
