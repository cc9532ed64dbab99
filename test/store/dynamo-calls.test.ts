import {
  DynamoDBClient,
  ProvisionedThroughputExceededException,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { UpstreamError } from '../../src/errors';
import { createDynamoCalls } from '../../src/store/dynamo-calls';

const item = (sk: string) => ({ pk: 'p', sk });

function setUp() {
  const client = new DynamoDBClient({ region: 'local' });
  const dynamo = mockClient(DynamoDBDocumentClient);
  const waits: number[] = [];
  const calls = createDynamoCalls({
    client,
    tableName: 'events',
    sleep: async (ms) => waits.push(ms),
    random: () => 1,
  });
  return { dynamo, waits, calls };
}

test('writes in batches of 25', async () => {
  const { dynamo, calls } = setUp();
  dynamo.on(BatchWriteCommand).resolves({});

  await calls.putAll(Array.from({ length: 60 }, (_, at) => item(`${at}`)));

  const sizes = dynamo
    .commandCalls(BatchWriteCommand)
    .map((call) => call.args[0].input.RequestItems?.events?.length);
  expect(sizes).toEqual([25, 25, 10]);
});

test('sends again what was left unprocessed, and only that, ever slower', async () => {
  const { dynamo, waits, calls } = setUp();
  const left = [{ PutRequest: { Item: item('2') } }];
  dynamo
    .on(BatchWriteCommand)
    .resolvesOnce({ UnprocessedItems: { events: left } })
    .resolvesOnce({ UnprocessedItems: { events: left } })
    .resolves({});

  await calls.putAll([item('1'), item('2')]);

  const sizes = dynamo
    .commandCalls(BatchWriteCommand)
    .map((call) => call.args[0].input.RequestItems?.events?.length);
  expect(sizes).toEqual([2, 1, 1]);
  expect(waits).toEqual([50, 100]);
});

test('gives up after bounded tries with an error that the queue retries', async () => {
  const { dynamo, waits, calls } = setUp();
  dynamo.on(BatchWriteCommand).resolves({
    UnprocessedItems: { events: [{ PutRequest: { Item: item('1') } }] },
  });

  const error = await calls.putAll([item('1')]).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(UpstreamError);
  expect(error).toMatchObject({ code: 'dynamodb.throttled', retryable: true });
  expect(waits).toHaveLength(9);
  expect(Math.max(...waits)).toBe(3_000);
});

test.each([
  ['throttling', new ProvisionedThroughputExceededException({ message: 'slow', $metadata: {} })],
  ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
  ['an answer of 503', Object.assign(new Error('busy'), { $metadata: { httpStatusCode: 503 } })],
])('%s is an upstream error', async (_, cause) => {
  const { dynamo, calls } = setUp();
  dynamo.on(QueryCommand).rejects(cause);

  const error = await calls.query({}).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(UpstreamError);
  expect(error).toMatchObject({ cause });
});

test('a missing table is no upstream error: no retry would help', async () => {
  const { dynamo, calls } = setUp();
  dynamo
    .on(QueryCommand)
    .rejects(new ResourceNotFoundException({ message: 'no table', $metadata: {} }));

  await expect(calls.query({})).rejects.toThrow(ResourceNotFoundException);
});
