import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { UpstreamError } from '../errors';
import { REASON_ATTRIBUTE, sendMessages } from './queues';

export interface RedriveOptions {
  readonly client: Pick<SQSClient, 'send'>;
  /** Dead-letter queue. */
  readonly from: string;
  /** Where messages go back to; absent: they are only looked at. */
  readonly to?: string;
  /** Only messages that are dead for this. */
  readonly reason?: string;
  /** Messages that died later are left alone: they would go round for ever. */
  readonly startedAt: Date;
  readonly onProgress?: (seen: number, sent: number) => void;
}

export interface DeadLetters {
  readonly reason: string;
  messages: number;
  sent: number;
  /** Body of one of them. */
  readonly example: string;
}

/** Why a message is dead that no function has put aside: every delivery failed. */
const RECEIVED_TOO_OFTEN = 'received too often';
/** EventBridge and SNS say in an attribute why they could not deliver. */
const DELIVERY_ERRORS = ['ERROR_CODE', 'ErrorCode'];

const BATCH = 10;
/** Long enough to look at all; messages of a run that was killed are seen again after it. */
const HOLD_SECONDS = 600;
/** Short polling asks a few of the queue's servers only, and may miss messages. */
const WAIT_SECONDS = 2;

/**
 * Sends dead messages back to work and tells why they were dead, by reason.
 *
 * A message is deleted only after its copy was sent: killed in between, it is sent twice, never
 * lost. What is not sent back is visible again at the end.
 *
 * @throws UpstreamError when SQS does not take a message; all others stay as they are.
 */
export async function redrive(options: RedriveOptions): Promise<readonly DeadLetters[]> {
  const groups = new Map<string, DeadLetters>();
  const held = new Map<string, Message>();
  let [seen, sent] = [0, 0];
  try {
    for (;;) {
      const messages = await receive(options);
      const fresh = messages.filter(({ MessageId = '' }) => !held.has(MessageId));
      if (fresh.length === 0) break;

      const going: Message[] = [];
      for (const message of fresh) {
        const group = groupOf(message, groups);
        group.messages += 1;
        if (isWanted(message, group.reason, options)) going.push(message);
        else held.set(message.MessageId ?? '', message);
      }
      await sendBack(going, options);
      for (const message of going) groupOf(message, groups).sent += 1;
      seen += fresh.length;
      sent += going.length;
      options.onProgress?.(seen, sent);
    }
  } finally {
    await release([...held.values()], options);
  }
  return [...groups.values()].sort((a, b) => b.messages - a.messages);
}

async function receive({ client, from }: RedriveOptions): Promise<readonly Message[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: from,
      MaxNumberOfMessages: BATCH,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['SentTimestamp'],
      VisibilityTimeout: HOLD_SECONDS,
      WaitTimeSeconds: WAIT_SECONDS,
    }),
  );
  return Messages;
}

function groupOf(message: Message, groups: Map<string, DeadLetters>): DeadLetters {
  const reason = reasonOf(message);
  const group = groups.get(reason) ?? { reason, messages: 0, sent: 0, example: message.Body ?? '' };
  groups.set(reason, group);
  return group;
}

function reasonOf({ MessageAttributes: attributes = {} }: Message): string {
  const ours = attributes[REASON_ATTRIBUTE]?.StringValue;
  if (ours !== undefined) return ours;
  const code = DELIVERY_ERRORS.map((name) => attributes[name]?.StringValue).find(Boolean);
  return code === undefined ? RECEIVED_TOO_OFTEN : `not delivered: ${code}`;
}

function isWanted(
  { Attributes }: Message,
  reason: string,
  { to, reason: asked, startedAt }: RedriveOptions,
): boolean {
  const isOld = Number(Attributes?.SentTimestamp ?? 0) < startedAt.getTime();
  return to !== undefined && isOld && (asked === undefined || asked === reason);
}

async function sendBack(
  messages: readonly Message[],
  { client, from, to }: RedriveOptions,
): Promise<void> {
  if (to === undefined || messages.length === 0) return;
  await sendMessages(
    client,
    to,
    messages.map(({ Body = '' }) => Body),
  );
  const { Failed = [] } = await client.send(
    new DeleteMessageBatchCommand({ QueueUrl: from, Entries: toEntries(messages) }),
  );
  if (Failed.length > 0) {
    throw new UpstreamError(
      'sqs.delete',
      `${Failed.length} messages were sent back but could not be deleted (${Failed[0]?.Code})`,
    );
  }
}

async function release(
  messages: readonly Message[],
  { client, from }: RedriveOptions,
): Promise<void> {
  for (let start = 0; start < messages.length; start += BATCH) {
    const Entries = toEntries(messages.slice(start, start + BATCH)).map((entry) => ({
      ...entry,
      VisibilityTimeout: 0,
    }));
    await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: from, Entries }));
  }
}

function toEntries(messages: readonly Message[]) {
  return messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
}
