import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { startEmbeddedStore } from '../../src/local/embedded-store';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import { TABLE } from '../../src/store/names';
import { keyspacesEvent } from '../store/events';

test('what is on disk is there again after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'querytrail-store-'));
  const event = keyspacesEvent();
  const first = await startEmbeddedStore({ path: join(folder, 'data') });
  await createDynamoEventStore(first).putEvents([event]);
  await first.close();

  const second = await startEmbeddedStore({ path: join(folder, 'data') });
  const events = await createDynamoEventStore(second).getEvents(event.eventId);
  await second.close();
  await rm(folder, { recursive: true });

  expect(events).toEqual([event]);
});

test('the table has the keys and indexes that the stack deploys', async () => {
  const store = await startEmbeddedStore();

  const { Table } = await store.client.send(
    new DescribeTableCommand({ TableName: store.tableName }),
  );
  await store.close();

  const keys = Table?.KeySchema?.map((key) => key.AttributeName);
  const indexes = Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName);
  expect(keys).toEqual([TABLE.partitionKey, TABLE.sortKey]);
  expect(indexes?.toSorted()).toEqual(TABLE.indexes.map((index) => index.name).toSorted());
});

test('answers the requests at work before it closes', async () => {
  const store = await startEmbeddedStore();
  const events = createDynamoEventStore(store);
  await events.putEvents(
    Array.from({ length: 500 }, (_, at) => keyspacesEvent({ eventId: `event-${at}` })),
  );
  const requests = Array.from({ length: 20 }, () =>
    store.client.send(
      new QueryCommand({
        TableName: store.tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'A#111122223333#2026-11#0' } },
      }),
    ),
  );

  await store.close();

  const outcomes = await Promise.allSettled(requests);
  expect(outcomes.map(({ status }) => status)).toEqual(requests.map(() => 'fulfilled'));
});

test('says why a store cannot be opened', async () => {
  const path = await mkdtemp(join(tmpdir(), 'querytrail-store-'));
  await mkdir(join(path, 'LOCK'));

  await expect(startEmbeddedStore({ path })).rejects.toThrow(`cannot open the store in ${path}: `);
  await rm(path, { recursive: true });
});

test('listens on this machine only', async () => {
  const store = await startEmbeddedStore();
  await store.close();

  expect(store.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});
