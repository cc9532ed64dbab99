import * as fc from 'fast-check';
import { parseNotification } from '../../src/cloudtrail/notification';
import { NotificationError } from '../../src/errors';

const BUCKET = 'audit-logs';
const KEY =
  'AWSLogs/444455556666/CloudTrail/eu-west-1/2026/03/02/444455556666_CloudTrail_eu-west-1_20260302T1005Z_Ab3dEf6hIj9kLm2n.json.gz';

function s3Record(key: string, eventName = 'ObjectCreated:Put') {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'eu-west-1',
    eventTime: '2026-03-02T10:06:11.201Z',
    eventName,
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'trail-files',
      bucket: { name: BUCKET, arn: `arn:aws:s3:::${BUCKET}` },
      object: { key, size: 20480, eTag: '0123', sequencer: '0065E2F0A1B2C3D4E5' },
    },
  };
}

function eventBridge(detailType: string, key = KEY) {
  return {
    version: '0',
    'detail-type': detailType,
    source: 'aws.s3',
    detail: { bucket: { name: BUCKET }, object: { key, size: 20480, etag: '0123' } },
  };
}

function sns(message: unknown) {
  return {
    Type: 'Notification',
    MessageId: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
    TopicArn: 'arn:aws:sns:eu-west-1:111122223333:trail-files',
    Message: typeof message === 'string' ? message : JSON.stringify(message),
    Timestamp: '2026-03-02T10:06:12.000Z',
  };
}

const parse = (message: unknown) => parseNotification(JSON.stringify(message));
const cloudTrail = (...keys: string[]) => ({ s3Bucket: BUCKET, s3ObjectKey: keys });
const found = (key = KEY) => ({ bucket: BUCKET, key, sizeBytes: 20480 });

test.each([
  ['S3', { Records: [s3Record(KEY)] }, [found()]],
  ['S3 inside SNS', sns({ Records: [s3Record(KEY)] }), [found()]],
  ['EventBridge', eventBridge('Object Created'), [found()]],
  ['EventBridge inside SNS', sns(eventBridge('Object Created')), [found()]],
  ['CloudTrail inside SNS', sns(cloudTrail(KEY)), [{ bucket: BUCKET, key: KEY }]],
  ['CloudTrail, delivered raw', cloudTrail(KEY), [{ bucket: BUCKET, key: KEY }]],
  ['a topic behind a topic', sns(sns({ Records: [s3Record(KEY)] })), [found()]],
])('reads a notification of %s', (_, message, objects) => {
  expect(parse(message)).toStrictEqual({ objects, ignored: [] });
});

test('takes every record of an S3 notification and leaves out what creates nothing', () => {
  const { objects, ignored } = parse({
    Records: [
      s3Record('a'),
      s3Record('b', 'ObjectRemoved:Delete'),
      s3Record('c', 'ObjectCreated:CompleteMultipartUpload'),
      s3Record('d', 's3:ObjectCreated:Copy'),
      s3Record('e', 'LifecycleExpiration:Delete'),
    ],
  });

  expect(objects.map(({ key }) => key)).toStrictEqual(['a', 'c', 'd']);
  expect(ignored).toStrictEqual(['ObjectRemoved:Delete', 'LifecycleExpiration:Delete']);
});

test('takes every key of a message of CloudTrail', () => {
  const { objects } = parse(sns(cloudTrail('a', 'b', 'c')));

  expect(objects.map(({ key }) => key)).toStrictEqual(['a', 'b', 'c']);
});

test.each([
  ['team+a/AWSLogs/x', 'team a/AWSLogs/x'],
  ['team%2Ba%2FAWSLogs/x', 'team+a/AWSLogs/x'],
  ['%C3%A9t%C3%A9%25/x', 'été%/x'],
])('decodes the key %s where S3 encoded it', (encoded, key) => {
  expect(parse({ Records: [s3Record(encoded)] }).objects).toStrictEqual([found(key)]);
});

test.each([
  ['EventBridge', eventBridge('Object Created', 'team+a%20/x')],
  ['CloudTrail', sns(cloudTrail('team+a%20/x'))],
])('takes the key of %s as it is', (_, message) => {
  expect(parse(message).objects[0]?.key).toBe('team+a%20/x');
});

test.each([
  ['S3', { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: BUCKET }, 's3:TestEvent'],
  ['S3 inside SNS', sns({ Service: 'Amazon S3', Event: 's3:TestEvent' }), 's3:TestEvent'],
  ['CloudTrail', sns('CloudTrail validation message.'), 'CloudTrail validation message.'],
  ['a deletion by EventBridge', eventBridge('Object Deleted'), 'Object Deleted'],
])('acknowledges a test or other message of %s', (_, message, name) => {
  expect(parse(message)).toStrictEqual({ objects: [], ignored: [name] });
});

test('acknowledges the test text of CloudTrail, delivered raw', () => {
  expect(parseNotification('CloudTrail validation message.').objects).toStrictEqual([]);
});

test.each([
  ['notification.json', 'not JSON'],
  ['notification.json', ''],
  ['notification.shape', 'null'],
  ['notification.shape', '[]'],
  ['notification.shape', '{}'],
  ['notification.shape', '{"Records":[{}]}'],
  ['notification.shape', JSON.stringify({ Records: [s3Record('')] })],
  ['notification.shape', JSON.stringify({ Records: [s3Record('%zz')] })],
  ['notification.shape', JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put' }] })],
  ['notification.shape', '{"s3Bucket":"b"}'],
  ['notification.shape', '{"s3Bucket":"","s3ObjectKey":["k"]}'],
  ['notification.shape', JSON.stringify({ ...eventBridge('Object Created'), source: 'aws.ec2' })],
  ['notification.shape', JSON.stringify(sns(sns(sns(sns({ Records: [] })))))],
  ['notification.json', JSON.stringify(sns('plain words'))],
  [
    'notification.unconfirmed',
    JSON.stringify({ ...sns('You have chosen to subscribe'), Type: 'SubscriptionConfirmation' }),
  ],
])('sets aside with %s: %s', (code, body) => {
  let error: unknown;
  try {
    parseNotification(body);
  } catch (thrown) {
    error = thrown;
  }

  expect(error).toBeInstanceOf(NotificationError);
  expect(error).toMatchObject({ code, retryable: false });
});

test('throws nothing but NotificationError, whatever the body', () => {
  const json = fc.oneof(
    fc.json(),
    fc.record({ Records: fc.array(fc.jsonValue()) }).map((value) => JSON.stringify(value)),
    fc.string(),
  );
  return fc.assert(
    fc.property(json, (body) => {
      try {
        parseNotification(body);
      } catch (error) {
        expect(error).toBeInstanceOf(NotificationError);
      }
    }),
  );
});

test.each([
  { Type: 'SubscriptionConfirmation', TopicArn: { toString: 1 } },
  { 'detail-type': [{ toString: 1 }], source: 'aws.s3' },
])('refuses %j, which is not even text where text belongs', (message) => {
  expect(() => parseNotification(JSON.stringify(message))).toThrow(NotificationError);
});
