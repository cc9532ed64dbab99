import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { LogFileError, UpstreamError } from '../../src/errors';
import type { AuditEvent } from '../../src/event/audit-event';
import {
  createIngest,
  type IngestDependencies,
  type IngestFile,
} from '../../src/ingest/ingest-file';
import type { RecoveryRequest } from '../../src/recovery/request';
import type { Receipt } from '../../src/store/receipt';

const KEY =
  'AWSLogs/444455556666/CloudTrail/eu-west-1/2026/03/02/444455556666_CloudTrail_eu-west-1_20260302T1005Z_Ab3dEf6hIj9kLm2n.json.gz';
const DIGEST_KEY =
  'AWSLogs/444455556666/CloudTrail-Digest/eu-west-1/2026/03/02/444455556666_CloudTrail-Digest_eu-west-1_main_eu-west-1_20260302T103000Z.json.gz';
const NOW = new Date('2026-03-02T10:06:07Z');
const location = { bucket: 'trail', key: KEY };

function query(id: number, overrides: object = {}) {
  return {
    eventVersion: '1.11',
    userIdentity: { type: 'IAMUser', userName: 'jo', accountId: '444455556666' },
    eventTime: '2026-03-02T10:01:07Z',
    eventSource: 'athena.amazonaws.com',
    eventName: 'StartQueryExecution',
    awsRegion: 'eu-west-1',
    requestParameters: { queryString: '***OMITTED***' },
    responseElements: { queryExecutionId: `execution-${id}` },
    eventID: `event-${id}`,
    recipientAccountId: '444455556666',
    ...overrides,
  };
}

const foreign = { eventSource: 's3.amazonaws.com', eventName: 'GetObject' };

function setUp(records: readonly unknown[], overrides: Partial<IngestDependencies> = {}) {
  const order: string[] = [];
  const events: AuditEvent[] = [];
  const receipts: Receipt[] = [];
  const requests: RecoveryRequest[] = [];
  const body = gzipSync(JSON.stringify({ Records: records }));
  const ingest = createIngest({
    logFiles: {
      async *open() {
        yield body;
      },
    },
    store: {
      async putEvents(some) {
        order.push('events');
        events.push(...some);
      },
    },
    requestRecovery: async (some) => {
      order.push('recovery');
      requests.push(...some);
    },
    clock: () => NOW,
    ...overrides,
  });
  const ingestFile: IngestFile = async (...of) => {
    const result = await ingest(...of);
    if ('receipt' in result) receipts.push(result.receipt);
    return result;
  };
  return { ingestFile, order, events, receipts, requests };
}

test('stores the events, asks for their texts, and answers with the receipt', async () => {
  const { ingestFile, order, events, receipts, requests } = setUp([foreign, query(1), query(2)]);

  const result = await ingestFile(location);

  expect(result.kind).toBe('stored');
  expect(order).toEqual(['events', 'recovery']);
  expect(events.map(({ eventId, evidence }) => [eventId, evidence])).toEqual([
    ['event-1', { ...location, index: 1, integrity: 'unverified' }],
    ['event-2', { ...location, index: 2, integrity: 'unverified' }],
  ]);
  expect(requests.flatMap((request) => request.events.map(({ eventId }) => eventId))).toEqual([
    'event-1',
    'event-2',
  ]);
  expect(receipts).toMatchObject([
    {
      ...location,
      accountId: '444455556666',
      region: 'eu-west-1',
      day: '2026-03-02',
      deliveredAt: '2026-03-02T10:05:00Z',
      storedAt: '2026-03-02T10:06:07.000Z',
      status: 'stored',
      records: { seen: 3, kept: 2, skipped: 1, quarantined: 0 },
      counts: { class: { UNKNOWN: 2 }, outcome: { accepted: 2 } },
      lagMs: 300_000,
      content: createHash('sha256')
        .update(JSON.stringify({ Records: [foreign, query(1), query(2)] }))
        .digest()
        .toString('base64url', 0, 16),
    },
  ]);
});

test('accounts for every record: stored, skipped or quarantined with its place and reason', async () => {
  const bad = query(2, { eventTime: 'yesterday' });
  const { ingestFile, events, receipts } = setUp([foreign, query(1), bad, query(3), foreign]);

  await ingestFile(location);

  expect(events).toHaveLength(2);
  expect(receipts[0]?.records).toEqual({ seen: 5, kept: 2, skipped: 2, quarantined: 1 });
  expect(receipts[0]?.quarantined).toEqual([{ index: 2, reason: expect.any(String) }]);
});

test.each([
  'arn:aws:iam::444455556666:role/querytrail-recovery',
  'arn:aws:iam::*:role/querytrail-recovery',
])('leaves the recovery calls of %s out of the trail, and nothing else of it', async (ownRole) => {
  const role = 'arn:aws:iam::444455556666:role/querytrail-recovery';
  const own = {
    userIdentity: {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::444455556666:assumed-role/querytrail-recovery/run',
      sessionContext: { sessionIssuer: { type: 'Role', arn: role } },
    },
  };
  const records = [query(1, { ...own, eventName: 'BatchGetQueryExecution' }), query(2, own)];
  const { ingestFile, events, receipts } = setUp(records, { ownRoleArns: new Set([ownRole]) });

  await ingestFile(location);

  expect(events.map(({ eventId }) => eventId)).toEqual(['event-2']);
  expect(receipts[0]?.records).toMatchObject({ seen: 2, kept: 1, skipped: 1 });
});

test('counts what is no ordinary log file as not ours, without reading it', async () => {
  const { ingestFile, order } = setUp([query(1)], {
    logFiles: {
      open() {
        throw new Error('read');
      },
    },
  });

  await expect(ingestFile({ bucket: 'trail', key: DIGEST_KEY })).resolves.toEqual({
    kind: 'not-ours',
    objectKind: 'digest',
  });
  expect(order).toEqual([]);
});

test('gives a file that can never be read a receipt with its reason', async () => {
  const { ingestFile, events, receipts } = setUp([], {
    logFiles: {
      // biome-ignore lint/correctness/useYield: the body ends before its first byte.
      async *open() {
        throw new LogFileError('log-file.not-found', 'no object');
      },
    },
  });

  const result = await ingestFile(location);

  expect(result.kind).toBe('quarantined');
  expect(events).toEqual([]);
  expect(receipts).toMatchObject([
    { status: 'quarantined', reason: { code: 'log-file.not-found', message: 'no object' } },
  ]);
});

test('lets what may pass be tried again, without a receipt', async () => {
  const { ingestFile, receipts } = setUp([query(1)], {
    logFiles: {
      async *open() {
        yield gzipSync('{"Records":[').subarray(0, 12);
        throw new UpstreamError('s3.interrupted', 'connection lost');
      },
    },
  });

  await expect(ingestFile(location)).rejects.toMatchObject({ code: 's3.interrupted' });
  expect(receipts).toEqual([]);
});

test('hands the rest of a long file to another run, and gets further with each', async () => {
  const records = Array.from({ length: 1_600 }, (_, id) => query(id));
  const { ingestFile, events, receipts } = setUp(records);
  const indexes: number[] = [];
  let fromIndex = 0;

  for (;;) {
    const result = await ingestFile(location, { fromIndex, isOutOfTime: () => true });
    if (result.kind !== 'unfinished') break;
    fromIndex = result.nextIndex;
    indexes.push(fromIndex);
  }

  expect(indexes).toEqual([500, 1_000, 1_500]);
  expect(events.map(({ evidence }) => evidence.index)).toEqual(records.map((_, index) => index));
  expect(receipts).toHaveLength(1);
  expect(receipts[0]?.records.kept).toBe(1_600);
});

test('reads a file of a plain folder when told where it belongs', async () => {
  const place = { accountId: 'unknown', region: 'unknown', day: '2026-03-02' };
  const { ingestFile, events } = setUp([query(1)]);

  await ingestFile({ key: '/logs/some.json.gz' }, { place });

  expect(events[0]?.evidence).toEqual({
    key: '/logs/some.json.gz',
    index: 0,
    integrity: 'unverified',
  });
});

test('says of masked texts that nobody will ask for them, where recovery is off', async () => {
  const { ingestFile, events } = setUp([query(1)], { isRecoveryDisabled: true });

  await ingestFile(location);

  expect(events.map(({ statement }) => statement)).toEqual([{ unavailable: 'disabled' }]);
});
