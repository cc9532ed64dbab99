import type { SQSClient } from '@aws-sdk/client-sqs';
import * as fc from 'fast-check';
import { sendDeadLetter, sendMessages } from '../../src/ingest/queues';
import { type RedriveOptions, redrive } from '../../src/ingest/redrive';
import { type QueueEndpoint, startQueueEndpoint } from '../integration/queue-endpoint';

let queues: QueueEndpoint;
let client: SQSClient;
let from: string;
let to: string;

beforeEach(async () => {
  queues = await startQueueEndpoint();
  client = queues.client();
  [from, to] = [queues.queueUrl('dead'), queues.queueUrl('intake')];
});

afterEach(() => queues.close());

test('groups dead letters by their reason, the most frequent first', async () => {
  await fill();

  const groups = await run({ to: undefined });

  expect(groups).toEqual([
    { reason: 'received too often', messages: 12, sent: 0, example: 'tired 0' },
    { reason: 'log-file.access-denied', messages: 2, sent: 0, example: 'denied 0' },
    { reason: 'notification.json', messages: 1, sent: 0, example: 'no JSON' },
  ]);
  expect(queues.sent('intake')).toEqual([]);
});

test('sends all of them back, each once, and leaves none', async () => {
  const bodies = await fill();

  await run({});

  expect(queues.sent('intake').toSorted()).toEqual(bodies.toSorted());
  expect(queues.inside('dead')).toEqual([]);
});

test('sends back those with the reason that is asked for; the others stay, and are visible', async () => {
  await fill();

  const groups = await run({ reason: 'log-file.access-denied' });
  const others = await run({ to: undefined });

  expect(queues.sent('intake')).toEqual(['denied 0', 'denied 1']);
  expect(groups.map(({ sent }) => sent)).toEqual([0, 2, 0]);
  expect(others.map(({ messages }) => messages)).toEqual([12, 1]);
});

test('does not send a message round that dies again at once', async () => {
  await fill();
  queues.advance(10);
  const dieAgain = {
    send: async (command: never) => {
      const answer = await client.send(command);
      for (const body of queues.sent('intake').slice(died)) {
        died += 1;
        await sendDeadLetter(client, from, body, 'log-file.access-denied');
      }
      return answer;
    },
  };
  let died = 0;

  await run({ client: dieAgain as never, startedAt: new Date(Date.now() + 5000) });

  expect(queues.sent('intake').length).toBe(15);
  expect(queues.inside('dead').length).toBe(15);
});

test('says which service could not deliver', async () => {
  const attributes = { ERROR_CODE: { DataType: 'String', StringValue: 'NO_PERMISSIONS' } };
  const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
  await client.send(
    new SendMessageCommand({ QueueUrl: from, MessageBody: '{}', MessageAttributes: attributes }),
  );

  expect(await run({ to: undefined })).toMatchObject([{ reason: 'not delivered: NO_PERMISSIONS' }]);
});

test('killed anywhere, it loses no message', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(9), fc.boolean(), async (calls, isDone) => {
      await queues.close();
      queues = await startQueueEndpoint();
      client = queues.client();
      [from, to] = [queues.queueUrl('dead'), queues.queueUrl('intake')];
      const bodies = await fill();
      await run({ client: killedAfter(calls, isDone) }).catch(() => {});

      const known = new Set([...queues.inside('dead'), ...queues.sent('intake')]);
      expect([...known].toSorted()).toEqual(bodies.toSorted());
      queues.advance(601);
      await run({ startedAt: new Date(Date.now() + 700_000) });

      expect(queues.inside('dead')).toEqual([]);
      expect([...new Set(queues.sent('intake'))].toSorted()).toEqual(bodies.toSorted());
    }),
    { numRuns: 25 },
  );
});

function run(options: Partial<RedriveOptions>) {
  return redrive({ client, from, to, startedAt: new Date(Date.now() + 1000), ...options });
}

/** @returns the bodies. */
async function fill(): Promise<string[]> {
  const tired = Array.from({ length: 12 }, (_, index) => `tired ${index}`);
  const denied = ['denied 0', 'denied 1'];
  await sendMessages(client, from, tired);
  for (const body of denied) await sendDeadLetter(client, from, body, 'log-file.access-denied');
  await sendDeadLetter(client, from, 'no JSON', 'notification.json');
  return [...tired, ...denied, 'no JSON'];
}

/** A process that ends at one of its calls, before or after SQS has done it. */
function killedAfter(calls: number, isDone: boolean): RedriveOptions['client'] {
  let left = calls;
  return {
    send: async (command: never) => {
      left -= 1;
      if (left < 0 && !isDone) throw new Error('killed');
      const answer = left < -1 ? undefined : await client.send(command);
      if (left < 0) throw new Error('killed');
      return answer;
    },
  } as never;
}
