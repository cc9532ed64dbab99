import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { toRecoveryRequests } from '../../src/recovery/request';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import { type AthenaServer, startAthenaServer, wireExecution } from '../recovery/athena-server';
import { maskedAthenaEvent } from '../store/events';
import { callWithMessages } from './lambda-call';
import { useStore } from './lambda-store';

const QUEUE = 'https://sqs.us-east-1.amazonaws.com/111122223333/recovery';
const eventTime = new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z');
const done = maskedAthenaEvent({ eventId: 'done', queryExecutionId: 'done', eventTime });
const busy = maskedAthenaEvent({ eventId: 'busy', queryExecutionId: 'busy', eventTime });

const closed = maskedAthenaEvent({ eventId: 'closed', queryExecutionId: 'closed', eventTime });

const sqs = mockClient(SQSClient);
const storeOf = useStore();
let athena: AthenaServer;

beforeAll(async () => {
  athena = await startAthenaServer((_operation, input) => {
    const ids = input.QueryExecutionIds as string[];
    if (ids.includes('closed')) return { error: 'AccessDeniedException' };
    const found = ids.map((id) =>
      wireExecution(id, id === 'busy' ? { Status: { State: 'RUNNING' } } : {}),
    );
    return { body: { QueryExecutions: found } };
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_ATHENA: athena.endpoint,
    QUERYTRAIL_RECOVERY_QUEUE_URL: QUEUE,
  });
});

afterAll(async () => {
  await athena[Symbol.asyncDispose]();
});

test('completes what has ended, asks again for the rest, and hands back only what failed', async () => {
  const { handler } = await import('../../lambda/recovery/handler');
  const events = createDynamoEventStore(storeOf());
  await events.putEvents([done, busy]);
  const [request] = toRecoveryRequests([done, busy]);
  const change = {
    'detail-type': 'Athena Query State Change',
    account: '111122223333',
    region: 'us-east-1',
    detail: { queryExecutionId: 'somebody else', currentState: 'SUCCEEDED' },
  };

  const { failed, metrics } = await callWithMessages(handler, [
    JSON.stringify(request),
    'not a message',
    JSON.stringify(change),
  ]);

  expect(failed).toEqual(['m-1']);
  expect(await events.getEvents('done')).toMatchObject([{ outcome: 'succeeded', costUsd: 5 }]);
  expect(await events.getEvents('busy')).toMatchObject([{ outcome: 'running' }]);
  const [{ args: [command] = [] } = {}] = sqs.commandCalls(SendMessageCommand);
  expect(command?.input).toMatchObject({ QueueUrl: QUEUE, DelaySeconds: 30 });
  expect(JSON.parse(String(command?.input.MessageBody))).toMatchObject({
    attempt: 1,
    events: [{ eventId: 'busy' }],
  });
  expect(metrics).toMatchObject({
    RecoveryRecovered: 1,
    RecoveryUnavailable: 0,
    RecoveryPostponed: 1,
    RecoveryUnanswered: 0,
    RecoveryRefused: 0,
  });
});

test('says that an account has begun to refuse, and says it once', async () => {
  const { handler } = await import('../../lambda/recovery/handler');
  await createDynamoEventStore(storeOf()).putEvents([closed]);
  const messages = toRecoveryRequests([closed]).map((request) => JSON.stringify(request));

  const first = await callWithMessages(handler, messages);
  const second = await callWithMessages(handler, messages);

  expect([first, second]).toMatchObject([
    { failed: [], metrics: { RecoveryUnavailable: 1, RecoveryRefused: 1 } },
    { failed: [], metrics: { RecoveryUnavailable: 1, RecoveryRefused: 0 } },
  ]);
});
