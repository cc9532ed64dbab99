import fc from 'fast-check';
import { startEmbeddedStore } from '../../src/local/embedded-store';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import type { DeliveredFile, EventStore } from '../../src/store/event-store';
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
};

const WRITES = {
  receipt: (store: EventStore, file: Receipt) => store.putReceipts([file]),
  verified: (store: EventStore, file: Receipt) =>
    store.setVerdicts([{ file, verdict: 'verified' }]),
  unlisted: (store: EventStore, file: Receipt) =>
    store.setVerdicts([{ file, verdict: 'unlisted' }]),
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

      expect(await stateOf(store, file)).toMatchObject({ receipt: file, verdict: 'verified' });
    }),
    { numRuns: 60 },
  );
});

test('marks a file as unlisted until a digest names it', async () => {
  const store = createDynamoEventStore(server);
  const file = { ...RECEIPT, key: `${RECEIPT.key}-late` };
  await store.putReceipts([file]);

  await store.setVerdicts([{ file, verdict: 'unlisted' }]);
  const before = await stateOf(store, file);
  await store.setVerdicts([{ file, verdict: 'failed' }]);

  expect(before?.verdict).toBe('unlisted');
  expect((await stateOf(store, file))?.verdict).toBe('failed');
});

async function stateOf(store: EventStore, { key }: Receipt): Promise<DeliveredFile | undefined> {
  const range = { from: '2026-03-02T10:00:00Z', to: '2026-03-02T11:00:00Z' };
  const files = await Array.fromAsync(store.listFiles(range));
  return files.find(({ receipt }) => receipt?.key === key);
}
