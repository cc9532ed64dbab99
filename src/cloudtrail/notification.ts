import { NotificationError } from '../errors';
import { isObject, type Json, objectOf } from './record';

interface NotifiedObject {
  readonly bucket: string;
  /** Plain key: decoded where the notification carried it encoded. */
  readonly key: string;
  /** Of the compressed object, where the notification says. */
  readonly sizeBytes?: number;
}

export interface Notification {
  readonly objects: readonly NotifiedObject[];
  /** What was rightly left out, by name: test messages, deletions and other S3 events. */
  readonly ignored: readonly string[];
}

/** SQS ← SNS ← SNS at most; deeper nesting is not a delivery. */
const MAX_ENVELOPES = 3;
/** Sent by CloudTrail, as plain text, when a topic is set on a trail. */
const CLOUDTRAIL_TEST = 'CloudTrail validation message.';

/**
 * Reads a queue message that tells of new objects, in every form in which it can arrive: S3's event
 * notification, EventBridge's `Object Created`, CloudTrail's own message with its array of keys,
 * each of them bare (raw delivery) or as the `Message` of an SNS envelope, and test messages.
 *
 * Only S3's native notification form-encodes its keys; the others carry them plain.
 *
 * @param body - the body of the SQS message.
 * @throws NotificationError `notification.json` for a body that is not JSON, `notification.shape`
 *   for one of no known form, `notification.unconfirmed` for an SNS subscription that nobody has
 *   confirmed. The message must be set aside: trying again cannot help.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function parseNotification(body: string): Notification {
  let text = body;
  for (let depth = 0; depth <= MAX_ENVELOPES; depth++) {
    if (text.trim() === CLOUDTRAIL_TEST) return { objects: [], ignored: [CLOUDTRAIL_TEST] };
    const message = parseJson(text);
    const inner = messageOfEnvelope(message);
    if (inner === undefined) return parseMessage(message);
    text = inner;
  }
  throw shapeError(`SNS envelopes nested more than ${MAX_ENVELOPES} deep`);
}

function parseJson(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The cause is left out: its message quotes the body.
    throw new NotificationError('notification.json', 'the notification is not JSON');
  }
  if (isObject(value)) return value;
  throw shapeError('the notification is JSON, but no object');
}

function messageOfEnvelope(message: Json): string | undefined {
  if (message.Type === 'SubscriptionConfirmation') {
    throw new NotificationError(
      'notification.unconfirmed',
      `the SNS subscription to ${nameOf(message.TopicArn)} waits for its confirmation: no notification arrives until its owner confirms it`,
    );
  }
  const isEnvelope = 'TopicArn' in message || message.Type === 'Notification';
  return isEnvelope && typeof message.Message === 'string' ? message.Message : undefined;
}

function parseMessage(message: Json): Notification {
  if (Array.isArray(message.Records)) return parseS3Records(message.Records);
  if (message.Event === 's3:TestEvent') return { objects: [], ignored: ['s3:TestEvent'] };
  if ('s3Bucket' in message) return parseCloudTrailMessage(message);
  if ('detail-type' in message) return parseEventBridgeEvent(message);
  throw shapeError(
    'a notification of no known form: allowed are S3 events, EventBridge "Object Created" events and messages of CloudTrail, each bare or inside SNS',
  );
}

function parseS3Records(records: readonly unknown[]): Notification {
  const objects: NotifiedObject[] = [];
  const ignored: string[] = [];
  for (const record of records) {
    const { eventName, s3 } = objectOf(record);
    if (typeof eventName !== 'string') throw shapeError('an S3 event without eventName');
    if (/^(s3:)?ObjectCreated:/.test(eventName)) {
      const { bucket, object } = objectOf(s3);
      const { key, size } = objectOf(object);
      objects.push(notifiedObject(objectOf(bucket).name, decodeFormKey(key), size));
    } else {
      ignored.push(eventName);
    }
  }
  return { objects, ignored };
}

function parseCloudTrailMessage(message: Json): Notification {
  const keys = Array.isArray(message.s3ObjectKey) ? message.s3ObjectKey : [message.s3ObjectKey];
  return { objects: keys.map((key) => notifiedObject(message.s3Bucket, key)), ignored: [] };
}

function parseEventBridgeEvent(event: Json): Notification {
  const name = event['detail-type'];
  if (typeof name !== 'string')
    throw shapeError('an EventBridge event whose detail-type is no text');
  if (event.source !== 'aws.s3') {
    throw shapeError(`an EventBridge event "${name}" of another source than aws.s3`);
  }
  if (name !== 'Object Created') return { objects: [], ignored: [name] };
  const { bucket, object } = objectOf(event.detail);
  const { key, size } = objectOf(object);
  return { objects: [notifiedObject(objectOf(bucket).name, key, size)], ignored: [] };
}

function notifiedObject(bucket: unknown, key: unknown, size?: unknown): NotifiedObject {
  if (typeof bucket !== 'string' || bucket === '') throw shapeError('an object without bucket');
  if (typeof key !== 'string' || key === '') throw shapeError('an object without key');
  return Number.isSafeInteger(size) ? { bucket, key, sizeBytes: Number(size) } : { bucket, key };
}

/** Form decoding: `+` is a space, and only then are the escapes read. */
function decodeFormKey(key: unknown): unknown {
  if (typeof key !== 'string') return undefined;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    throw shapeError('an S3 event whose key is not form-encoded');
  }
}

/** `String` runs the members of a hostile value. */
function nameOf(value: unknown): string {
  return typeof value === 'string' ? value : 'without a name';
}

function shapeError(message: string): NotificationError {
  return new NotificationError('notification.shape', message);
}
