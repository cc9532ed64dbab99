import { UpstreamError } from '../../src/errors';
import { createBatchHandler, MESSAGES_AT_ONCE } from '../../src/ingest/handle-batch';
import type { HandleMessage } from '../../src/ingest/handle-message';
import { createJointWrites } from '../../src/ingest/joint-writes';
import { METRICS } from '../../src/names';
import { receiptOf } from '../fixtures/receipts';

const jointWrites = createJointWrites(async () => {});
const toFile: HandleMessage = async (body) => receiptOf(body);

function setUp(handleMessage: HandleMessage = toFile, putReceipts = async () => {}) {
  const writes: string[][] = [];
  const failures: string[] = [];
  const metrics: Record<string, number> = {};
  const handle = createBatchHandler({
    handleMessage,
    store: {
      putReceipts: async (receipts) => {
        writes.push(receipts.map(({ key }) => key).sort());
        await putReceipts();
      },
    },
    jointWrites,
    addMetric: (name, value) => {
      metrics[name] = (metrics[name] ?? 0) + value;
    },
    onFailure: (messageId) => failures.push(messageId),
  });
  const handleAll = (bodies: readonly string[], isOutOfTime = () => false) =>
    handle(
      bodies.map((body) => ({ messageId: `m-${body}`, body })),
      isOutOfTime,
    );
  return { handle: handleAll, writes, failures, metrics };
}

test('writes the receipts of a batch together, and then counts what became of the records', async () => {
  const { handle, writes, metrics } = setUp();

  expect(await handle(['a', 'b', 'c'])).toEqual([]);

  expect(writes).toEqual([['a', 'b', 'c']]);
  expect(metrics).toEqual({
    [METRICS.filesStored]: 3,
    [METRICS.eventsStored]: 6,
    [METRICS.recordsSkipped]: 6,
    [METRICS.recordsQuarantined]: 3,
    [METRICS.lagSeconds]: 12,
  });
});

test('counts a quarantined file as such', async () => {
  const { handle, metrics } = setUp(async (body) =>
    receiptOf(body, {
      status: 'quarantined',
      records: { seen: 0, kept: 0, skipped: 0, quarantined: 0 },
      lagMs: undefined,
    }),
  );

  await handle(['a']);

  expect(metrics).toMatchObject({ [METRICS.filesQuarantined]: 1, [METRICS.eventsStored]: 0 });
  expect(metrics).not.toHaveProperty([METRICS.filesStored]);
});

test('delivers again only what failed, and writes no receipt for it', async () => {
  const { handle, writes, failures } = setUp(async (body) => {
    if (body === 'b') throw new UpstreamError('s3.SlowDown', 'slow');
    return body === 'c' ? undefined : receiptOf(body);
  });

  expect(await handle(['a', 'b', 'c', 'd'])).toEqual(['m-b']);

  expect(writes).toEqual([['a', 'd']]);
  expect(failures).toEqual(['m-b']);
});

test('judges files that came late once their receipts are written, and tells', async () => {
  const told: unknown[] = [];
  const order: string[] = [];
  const file = receiptOf('a');
  const handle = createBatchHandler({
    handleMessage: toFile,
    store: { putReceipts: async () => void order.push('written') },
    jointWrites,
    judgeLate: async (receipts) => {
      order.push(`judged ${receipts.length}`);
      return [{ file, verdict: 'failed' }];
    },
    addMetric: () => {},
    onVerdict: ({ file: { key }, verdict }) => told.push([key, verdict]),
    onFailure: () => {},
  });

  const messages = ['a', 'b'].map((body) => ({ messageId: body, body }));
  expect(await handle(messages, () => false)).toEqual([]);

  expect(order).toEqual(['written', 'judged 2']);
  expect(told).toEqual([['a', 'failed']]);
});

test('delivers every file again that could not be judged', async () => {
  const handle = createBatchHandler({
    handleMessage: toFile,
    store: { putReceipts: async () => {} },
    jointWrites,
    judgeLate: () => Promise.reject(new UpstreamError('dynamodb.throttled', 'later')),
    addMetric: () => {},
    onFailure: () => {},
  });

  expect(await handle([{ messageId: 'm', body: 'a' }], () => false)).toEqual(['m']);
});

test('delivers every file again whose receipt could not be written, and counts none', async () => {
  const handleMessage: HandleMessage = async (body) =>
    body === 'a digest' ? undefined : receiptOf(body);
  const { handle, failures, metrics } = setUp(handleMessage, async () => {
    throw new UpstreamError('dynamodb.throttled', 'later');
  });

  expect((await handle(['a', 'a digest', 'b'])).toSorted()).toEqual(['m-a', 'm-b']);

  expect(failures).toHaveLength(2);
  expect(metrics).toEqual({});
});

test('writes nothing where no file is done', async () => {
  const { handle, writes } = setUp(async () => undefined);

  expect(await handle(['a'])).toEqual([]);

  expect(writes).toEqual([]);
});

test('reads a bounded number of files at once', async () => {
  let [running, most] = [0, 0];
  const { handle } = setUp(async (body) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
    return receiptOf(body);
  });

  await handle(Array.from({ length: 100 }, (_, index) => `${index}`));

  expect(most).toBe(MESSAGES_AT_ONCE);
});
