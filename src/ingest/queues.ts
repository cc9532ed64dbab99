import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { UpstreamError } from '../errors';

const MAX_ENTRIES = 10;

/** Message attribute that says why a message is among the dead letters. */
export const REASON_ATTRIBUTE = 'querytrail-reason';

/**
 * Sends messages to a queue, ten to a request.
 * @throws UpstreamError when SQS did not take one of them.
 */
export async function sendMessages(
  client: Pick<SQSClient, 'send'>,
  queueUrl: string,
  bodies: readonly string[],
): Promise<void> {
  for (let start = 0; start < bodies.length; start += MAX_ENTRIES) {
    const entries = bodies
      .slice(start, start + MAX_ENTRIES)
      .map((body, index): SendMessageBatchRequestEntry => ({ Id: `${index}`, MessageBody: body }));
    const answer = await client.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
    );
    const failed = answer.Failed?.[0];
    if (failed) throw new UpstreamError('sqs.send', `SQS refused a message: ${failed.Code}`);
  }
}

/** Puts a message aside for a person, with the reason that it is there. */
export async function sendDeadLetter(
  client: Pick<SQSClient, 'send'>,
  queueUrl: string,
  body: string,
  reason: string,
): Promise<void> {
  await client.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageAttributes: { [REASON_ATTRIBUTE]: { DataType: 'String', StringValue: reason } },
    }),
  );
}
