import type { ScheduledEvent } from 'aws-lambda';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import type { Receipt } from '../../src/store/receipt';
import { receiptOf } from '../fixtures/receipts';
import { callWithEvent } from './lambda-call';
import { useStore } from './lambda-store';

const HOUR_MS = 3_600_000;
const TICK = { 'detail-type': 'Scheduled Event' } as ScheduledEvent;
const storeOf = useStore();

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
  const events = createDynamoEventStore(storeOf());
  const files = Array.from({ length: 33 - last }, (_, at) => receiptHoursAgo(region, last + at));
  await events.putReceipts(files);
  await events.setVerdicts(
    files.slice(verified - last).map((file) => ({ file, verdict: 'verified' })),
  );
}

function receiptHoursAgo(region: string, hoursAgo: number): Receipt {
  const deliveredAt = `${new Date(Date.now() - hoursAgo * HOUR_MS).toISOString().slice(0, 16)}:00Z`;
  const day = deliveredAt.slice(0, 10);
  const key = `trail/${region}/${deliveredAt}.json.gz`;
  return receiptOf(key, { region, day, deliveredAt, storedAt: deliveredAt });
}
