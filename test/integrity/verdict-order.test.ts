import fc from 'fast-check';
import { startEmbeddedStore } from '../../src/local/embedded-store';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import type { EventStore } from '../../src/store/event-store';
import type { Receipt } from '../../src/store/receipt';
import { logFileKey } from './digest-factory';

const DELIVERED_AT = '2026-03-02T10:05:00Z';
const RECEIPT: Receipt = {
  key: logFileKey({}, Date.parse(DELIVERED_AT)),
  accountId: '111122223333',
  region: 'eu-west-1',
  day: '2026-03-02',
  deliveredAt: DELIVERED_AT,
  storedAt: DELIVERED_AT,
  status: 'stored',
  records: { seen: 1, kept: 1, skipped: 0, quarantined: 0 },
  quarantined: [],
  counts: { class: {}, outcome: {} },
  integrity: 'unverified',
};

const WRITES = {
  receipt: (store: EventStore, file: Receipt) => store.putReceipt(file),
  verified: (store: EventStore, file: Receipt) => store.setVerdict(file, 'verified'),
  unlisted: (store: EventStore, file: Receipt) => store.setVerdict(file, 'unlisted'),
};

let server: Awaited<ReturnType<typeof startEmbeddedStore>>;
beforeAll(async () => {
  server = await startEmbeddedStore();
});
afterAll(() => server.close());

test('keeps the verdict of a digest, whatever comes before or after it', async () => {
  const store = createDynamoEventStore(server);
  const names = Object.keys(WRITES) as (keyof typeof WRITES)[];
  let run = 0;
  const others = fc.array(fc.constantFrom(...names), { maxLength: 5 });
  const orders = others.chain((more) => {
    const writes = [...more, ...names];
    return fc.shuffledSubarray(writes, { minLength: writes.length });
  });
  await fc.assert(
    fc.asyncProperty(orders, async (order) => {
      const file = { ...RECEIPT, key: `${RECEIPT.key}${run++}` };

      for (const write of order) await WRITES[write](store, file);

      expect(await store.getReceipt(file)).toEqual({ ...file, integrity: 'verified' });
    }),
    { numRuns: 60 },
  );
});

test('marks a file as unlisted until a digest names it', async () => {
  const store = createDynamoEventStore(server);
  const file = { ...RECEIPT, key: `${RECEIPT.key}-late` };
  await store.putReceipt(file);

  await store.setVerdict(file, 'unlisted');
  const before = await store.getReceipt(file);
  await store.setVerdict(file, 'failed');

  expect(before?.integrity).toBe('unlisted');
  expect((await store.getReceipt(file))?.integrity).toBe('failed');
});
