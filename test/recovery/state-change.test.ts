import { startEmbeddedStore } from '../../src/local/embedded-store';
import { createAthenaApi } from '../../src/recovery/athena-api';
import { createRecovery } from '../../src/recovery/recover';
import {
  type RecoveryRequest,
  recoveryRequestSchema,
  toRecoveryRequests,
} from '../../src/recovery/request';
import { followStateChange, stateChangeSchema } from '../../src/recovery/state-change';
import { createAwaitedExecutions } from '../../src/store/awaited-executions';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import { maskedAthenaEvent } from '../store/events';
import { startAthenaServer, wireExecution } from './athena-server';

const ID = maskedAthenaEvent().queryExecutionId ?? '';

let server: Awaited<ReturnType<typeof startEmbeddedStore>>;
beforeAll(async () => {
  server = await startEmbeddedStore();
});
afterAll(() => server.close());

test('completes a running event as soon as EventBridge tells its end', async () => {
  let State = 'RUNNING';
  await using athena = await startAthenaServer(() => ({
    body: { QueryExecutions: [wireExecution(ID, { Status: { State } })] },
  }));
  const store = createDynamoEventStore(server);
  const awaited = createAwaitedExecutions(server);
  const recover = createRecovery({
    athenaFor: () =>
      createAthenaApi({
        client: athena.client,
        takeTurn: async () => {},
        sleep: async () => {},
        random: () => 0,
      }),
    store,
    awaited,
    postpone: async () => {},
    clock: () => new Date('2026-11-20T12:00:00Z'),
    pricing: { usdPerTb: 5, tbBase: 'binary' },
  });
  await store.putEvents([maskedAthenaEvent()]);
  for (const request of toRecoveryRequests([maskedAthenaEvent()])) await recover(request);
  const [running] = await store.getEvents(maskedAthenaEvent().eventId);

  State = 'SUCCEEDED';
  const early = await followStateChange(change('RUNNING'), awaited, recover);
  const other = await followStateChange(change('SUCCEEDED', 'other'), awaited, recover);
  const end = await followStateChange(change('SUCCEEDED'), awaited, recover);

  expect(running?.outcome).toBe('running');
  expect([early.recovered, other.recovered, end.recovered]).toEqual([0, 0, 1]);
  const [ended] = await store.getEvents(maskedAthenaEvent().eventId);
  expect(ended).toMatchObject({ outcome: 'succeeded', statement: { source: 'athena' } });
});

test('asks for more events than one request may name in several', async () => {
  const waiting = Array.from({ length: 120 }, (_, id) => ({
    accountId: '111122223333',
    eventTime: '2026-11-20T11:00:00Z',
    eventId: `event-${id}`,
    eventName: 'StartQueryExecution',
  }));
  const requests: RecoveryRequest[] = [];
  const recover = async (request: RecoveryRequest) => {
    requests.push(recoveryRequestSchema.parse(request));
    return { recovered: request.events.length, unavailable: 1, postponed: 2, unanswered: 3 };
  };

  const told = await followStateChange(change('SUCCEEDED'), { find: async () => waiting }, recover);

  expect(requests.flatMap(({ events }) => events)).toEqual(waiting);
  expect(told).toEqual({ recovered: 120, unavailable: 3, postponed: 6, unanswered: 9 });
});

test('two recoveries at once, and a replay of the log file, leave the same event', async () => {
  await using athena = await startAthenaServer(() => ({
    body: { QueryExecutions: [wireExecution(ID)] },
  }));
  const store = createDynamoEventStore(server);
  const event = maskedAthenaEvent({ eventId: 'twice' });
  const recover = createRecovery({
    athenaFor: () =>
      createAthenaApi({
        client: athena.client,
        takeTurn: async () => {},
        sleep: async () => {},
        random: () => 0,
      }),
    store,
    postpone: async () => {},
    clock: () => new Date('2026-11-20T12:00:00Z'),
    pricing: { usdPerTb: 5, tbBase: 'binary' },
  });
  await store.putEvents([event]);
  const [request] = toRecoveryRequests([event]);
  if (request === undefined) throw new Error('nothing to ask for');

  await recover(request);
  const once = await store.getEvents('twice');
  await Promise.all([recover(request), store.putEvents([event]), recover(request)]);
  await store.putEvents([event]);
  await recover(request);

  expect(await store.getEvents('twice')).toEqual(once);
  expect(once).toMatchObject([{ outcome: 'succeeded', tables: [{ name: 'shop.orders' }] }]);
});

function change(currentState: string, queryExecutionId = ID) {
  return stateChangeSchema.parse({
    version: '0',
    'detail-type': 'Athena Query State Change',
    source: 'aws.athena',
    account: '111122223333',
    region: 'us-east-1',
    detail: {
      versionId: '0',
      currentState,
      previousState: 'RUNNING',
      statementType: 'DML',
      queryExecutionId,
      sequenceNumber: '3',
    },
  });
}
