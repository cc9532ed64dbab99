import { createMessageHandler } from '../../src/ingest/handle-message';
import type { IngestFileOptions, IngestResult } from '../../src/ingest/ingest-file';
import { formatResume, type ResumeRequest } from '../../src/ingest/intake-message';
import { METRICS } from '../../src/names';
import { receiptOf } from '../fixtures/receipts';

const KEY = 'AWSLogs/444455556666/CloudTrail/eu-west-1/2026/03/02/a_20260302T1005Z_b.json.gz';
const DIGEST =
  'AWSLogs/444455556666/CloudTrail-Digest/eu-west-1/2026/03/02/444455556666_CloudTrail-Digest_eu-west-1_main_eu-west-1_20260302T103000Z.json.gz';

const receipt = receiptOf(KEY, { bucket: 'trail' });

function notify(...keys: string[]): string {
  return JSON.stringify({ s3Bucket: 'trail', s3ObjectKey: keys });
}

function setUp(result: IngestResult = { kind: 'stored', receipt }) {
  const ingested: [string, IngestFileOptions | undefined][] = [];
  const intake: ResumeRequest[] = [];
  const digests: string[] = [];
  const dead: [string, string][] = [];
  const logged: string[] = [];
  const metrics: Record<string, number> = {};
  const handle = createMessageHandler({
    ingestFile: async ({ key }, options) => {
      ingested.push([key, options]);
      return result;
    },
    sendToIntake: async (requests) => {
      intake.push(...requests);
    },
    sendDigest: async ({ key }) => {
      digests.push(key);
    },
    sendToDeadLetters: async (body, reason) => {
      dead.push([body, reason]);
    },
    addMetric: (name, value) => {
      metrics[name] = (metrics[name] ?? 0) + value;
    },
    log: (message) => logged.push(message),
  });
  return {
    handle: (body: string, isOutOfTime = () => false) => handle(body, isOutOfTime),
    ingested,
    intake,
    digests,
    dead,
    metrics,
    logged,
  };
}

test('takes in the file that a notification names, and answers with its receipt', async () => {
  const { handle, ingested, metrics } = setUp();

  expect(await handle(notify(KEY))).toBe(receipt);

  expect(ingested.map(([key, options]) => [key, options?.fromIndex])).toEqual([[KEY, 0]]);
  expect(metrics).toEqual({});
});

test('makes one message a file of a message that names several', async () => {
  const { handle, ingested, intake } = setUp();

  await handle(notify(KEY, `${KEY}2`));

  expect(ingested).toEqual([]);
  expect(intake).toEqual([
    { location: { bucket: 'trail', key: KEY }, fromIndex: 0 },
    { location: { bucket: 'trail', key: `${KEY}2` }, fromIndex: 0 },
  ]);
});

test('goes on where a message to resume says', async () => {
  const { handle, ingested } = setUp();
  const location = { bucket: 'trail', key: KEY };

  await handle(formatResume({ location, fromIndex: 500 }));

  expect(ingested.map(([key, options]) => [key, options?.fromIndex])).toEqual([[KEY, 500]]);
});

test('asks for another run when a file is unfinished', async () => {
  const { handle, intake, metrics } = setUp({ kind: 'unfinished', nextIndex: 500 });

  await handle(notify(KEY));

  expect(intake).toEqual([{ location: { bucket: 'trail', key: KEY }, fromIndex: 500 }]);
  expect(metrics).toEqual({ [METRICS.filesResumed]: 1 });
});

test('begins no file without time, and leaves it to another run', async () => {
  const { handle, ingested, intake } = setUp();
  const location = { bucket: 'trail', key: KEY };

  expect(await handle(formatResume({ location, fromIndex: 500 }), () => true)).toBeUndefined();

  expect(ingested).toEqual([]);
  expect(intake).toEqual([{ location, fromIndex: 500 }]);
});

test('hands digests to the integrity queue', async () => {
  const { handle, ingested, digests } = setUp();

  await handle(notify(DIGEST));

  expect(digests).toEqual([DIGEST]);
  expect(ingested).toEqual([]);
});

test('acknowledges a test message', async () => {
  const { handle, ingested, dead } = setUp();

  await handle(JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'trail' }));

  expect([ingested, dead]).toEqual([[], []]);
});

test.each(['no JSON', '{"some":"thing"}', '[]', '{"querytrail":"resume"}'])(
  'sets %p aside for a person at once',
  async (body) => {
    const { handle, dead, metrics, logged } = setUp();

    await handle(body);

    expect(dead).toEqual([[body, expect.stringMatching(/^notification\./)]]);
    expect(metrics).toEqual({ [METRICS.messagesRejected]: 1 });
    expect(logged).toEqual(['message rejected']);
  },
);

test.each([
  ['log-file.access-denied', 1],
  ['log-file.truncated', 0],
])('a file quarantined for %s reaches a person %i times', async (code, times) => {
  const reason = { code, message: 'm' };
  const quarantined = { ...receipt, status: 'quarantined' as const, reason };
  const { handle, dead, logged } = setUp({ kind: 'quarantined', receipt: quarantined });

  expect(await handle(notify(KEY))).toBe(quarantined);

  expect(dead).toEqual(Array.from({ length: times }, () => [notify(KEY), code]));
  expect(logged).toEqual(['log file quarantined']);
});

test('counts objects that are no log files', async () => {
  const { handle, metrics } = setUp({ kind: 'not-ours', objectKind: 'foreign' });

  await handle(notify('reports/a.csv'));

  expect(metrics).toEqual({ [METRICS.filesNotOurs]: 1 });
});
