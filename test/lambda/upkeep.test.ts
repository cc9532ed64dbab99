import type { ScheduledEvent } from 'aws-lambda';
import { startEmbeddedStore } from '../../src/local/embedded-store';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import type { Receipt } from '../../src/store/receipt';
import { callWithEvent } from './lambda-call';

const HOUR_MS = 3_600_000;
const TICK = { 'detail-type': 'Scheduled Event' } as ScheduledEvent;
const env = { ...process.env };
let store: Awaited<ReturnType<typeof startEmbeddedStore>>;

beforeAll(async () => {
  store = await startEmbeddedStore();
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
    QUERYTRAIL_TABLE: store.tableName,
  });
});

afterAll(async () => {
  process.env = env;
  await store.close();
});

test('says how many sources fell silent, files and digests apart, zeros included', async () => {
  const { handler } = await import('../../lambda/upkeep/handler');

  const before = await callWithEvent(handler, TICK);
  await putHours('eu-west-1', 1, 10);
  await putHours('us-east-1', 5, 10);
  const after = await callWithEvent(handler, TICK);

  expect(before.metrics).toEqual({ CoverageGaps: 0, DigestGaps: 0 });
  expect(after.metrics).toEqual({ CoverageGaps: 1, DigestGaps: 1 });
});

/** A file in each hour of the last 32 up to `last` hours ago, verified up to `verified` hours ago. */
async function putHours(region: string, last: number, verified: number): Promise<void> {
  const events = createDynamoEventStore(store);
  const files = Array.from({ length: 33 - last }, (_, at) => receiptOf(region, last + at));
  await events.putReceipts(files);
  await events.setVerdicts(
    files.slice(verified - last).map((file) => ({ file, verdict: 'verified' })),
  );
}

function receiptOf(region: string, hoursAgo: number): Receipt {
  const deliveredAt = `${new Date(Date.now() - hoursAgo * HOUR_MS).toISOString().slice(0, 16)}:00Z`;
  const day = deliveredAt.slice(0, 10);
  return {
    accountId: '111122223333',
    region,
    key: `trail/${region}/${deliveredAt}.json.gz`,
    day,
    deliveredAt,
    storedAt: deliveredAt,
    status: 'stored',
    records: { seen: 1, kept: 1, skipped: 0, quarantined: 0 },
    quarantined: [],
    counts: { class: {}, outcome: {} },
  };
}
