import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';

const entrySchema = z.object({
  Id: z.string().optional(),
  MessageBody: z.string().optional(),
  MessageAttributes: z.record(z.string(), z.unknown()).optional(),
  ReceiptHandle: z.string().optional(),
  VisibilityTimeout: z.number().optional(),
});
const requestSchema = entrySchema.extend({
  QueueUrl: z.string(),
  Entries: z.array(entrySchema).optional(),
  MaxNumberOfMessages: z.number().optional(),
});

type Entry = z.output<typeof entrySchema>;

interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly sentAt: number;
  visibleAt: number;
}

export interface QueueEndpoint {
  /** URL of a queue of this name. */
  queueUrl(name: string): string;
  /** Bodies that were ever sent to the queue, oldest first. */
  sent(name: string): readonly string[];
  /** Bodies of the messages that are in the queue, seen by others or not, oldest first. */
  inside(name: string): readonly string[];
  /** Lets the queues' time pass. */
  advance(seconds: number): void;
  client(): SQSClient;
  close(): Promise<void>;
}

/** Just enough of SQS for the real client: standard queues on 127.0.0.1, without long polling. */
export async function startQueueEndpoint(): Promise<QueueEndpoint> {
  const bodies = new Map<string, string[]>();
  const queues = new Map<string, Message[]>();
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;

  const operations: Record<string, (queue: Message[], url: string, entry: Entry) => object> = {
    SendMessage(queue, url, { MessageBody: body = '', MessageAttributes: attributes }) {
      const id = randomUUID();
      queue.push({ id, body, attributes, sentAt: now(), visibleAt: now() });
      bodies.set(url, [...(bodies.get(url) ?? []), body]);
      return { MessageId: id, MD5OfMessageBody: md5(body) };
    },
    DeleteMessage(queue, _url, { ReceiptHandle }) {
      const at = queue.findIndex(({ id }) => id === ReceiptHandle);
      if (at >= 0) queue.splice(at, 1);
      return {};
    },
    ChangeMessageVisibility(queue, _url, { ReceiptHandle, VisibilityTimeout = 0 }) {
      const message = queue.find(({ id }) => id === ReceiptHandle);
      if (message) message.visibleAt = now() + VisibilityTimeout * 1000;
      return {};
    },
  };

  function receive(queue: Message[], limit: number, timeoutSeconds: number): object {
    const visible = queue.filter(({ visibleAt }) => visibleAt <= now()).slice(0, limit);
    for (const message of visible) message.visibleAt = now() + timeoutSeconds * 1000;
    return {
      Messages: visible.map(({ id, body, attributes, sentAt }) => ({
        ...{ MessageId: id, ReceiptHandle: id, Body: body, MD5OfBody: md5(body) },
        ...{ MessageAttributes: attributes, Attributes: { SentTimestamp: String(sentAt) } },
      })),
    };
  }

  function answer(operation: string, input: z.output<typeof requestSchema>): object {
    const { QueueUrl: url, Entries: entries, VisibilityTimeout = 30 } = input;
    const queue = queues.get(url) ?? [];
    queues.set(url, queue);
    if (operation === 'ListDeadLetterSourceQueues') return { queueUrls: [`${url}-source`] };
    if (operation === 'ReceiveMessage') {
      return receive(queue, input.MaxNumberOfMessages ?? 1, VisibilityTimeout);
    }
    const run = operations[operation.replace(/Batch$/, '')];
    if (!run) throw new Error(`SQS does not know ${operation}`);
    if (!entries) return run(queue, url, input);
    return { Successful: entries.map((entry) => ({ Id: entry.Id, ...run(queue, url, entry) })) };
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const input = requestSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
    const operation = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer(operation, input)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const queueUrl = (name: string) => `${origin}/111122223333/${name}`;
  return {
    queueUrl,
    sent: (name) => bodies.get(queueUrl(name)) ?? [],
    inside: (name) => (queues.get(queueUrl(name)) ?? []).map(({ body }) => body),
    advance: (seconds) => {
      aheadMs += seconds * 1000;
    },
    client: () =>
      new SQSClient({
        endpoint: origin,
        region: 'eu-west-1',
        maxAttempts: 1,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
