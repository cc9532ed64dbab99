import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';

const messageSchema = z.object({
  Id: z.string().optional(),
  MessageBody: z.string(),
  MessageAttributes: z.record(z.string(), z.unknown()).optional(),
});
const requestSchema = z.object({
  QueueUrl: z.string(),
  MessageBody: z.string().optional(),
  Entries: z.array(messageSchema).optional(),
});

export interface QueueEndpoint {
  /** URL of a queue of this name. */
  queueUrl(name: string): string;
  /** Bodies that were sent to the queue, oldest first. */
  sent(name: string): readonly string[];
  close(): Promise<void>;
}

/** Just enough of SQS for sending messages with the real client: an HTTP server on 127.0.0.1. */
export async function startQueueEndpoint(): Promise<QueueEndpoint> {
  const bodies = new Map<string, string[]>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const input = requestSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
    const queue = bodies.get(input.QueueUrl) ?? [];
    bodies.set(input.QueueUrl, queue);
    const answers = (input.Entries ?? [messageSchema.parse(input)]).map(({ Id, MessageBody }) => {
      queue.push(MessageBody);
      return { Id, MessageId: randomUUID(), MD5OfMessageBody: md5(MessageBody) };
    });
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(input.Entries ? { Successful: answers } : answers[0]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const queueUrl = (name: string) => `${origin}/111122223333/${name}`;
  return {
    queueUrl,
    sent: (name) => bodies.get(queueUrl(name)) ?? [],
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
