import { createMessageHandler } from '../../src/ingest/handle-message';
import type { Random } from '../faults/random';
import { type Attack, hold } from './attack';
import { damage, hostileText, hostileValue, spoil } from './junk';

const KEY =
  'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/111122223333_CloudTrail_eu-west-1_20260302T1005Z_0123456789abcdef.json.gz';

/** A message that may be anything: it is done with, and leads to files or to the dead letters. */
export function notificationAttack(random: Random): Attack {
  const body = makeBody(random);
  const handle = createMessageHandler({
    ingestFile: async ({ bucket, key }) => {
      hold(typeof bucket === 'string' && bucket !== '' && key !== '', 'a file without a place');
      return { kind: 'not-ours', objectKind: 'foreign' };
    },
    sendToIntake: async (requests) => hold(requests.length > 0, 'nothing is sent'),
    sendDigest: async ({ key }) => hold(key !== '', 'a digest without a place'),
    sendToDeadLetters: async (dead) => hold(dead === body, 'another message is dead'),
    addMetric: () => {},
    log: (_, details) => {
      hold(JSON.stringify(details).length < 10_000, 'a log line as long as the message');
    },
  });
  return {
    run: async () => {
      await handle(body, () => false);
    },
  };
}

function makeBody(random: Random): string {
  const key = random.chance(0.5) ? KEY : hostileText(random);
  const whole = random.pick<() => unknown>([
    () => s3Event(key, random),
    () => envelope(s3Event(key, random)),
    () => envelope(envelope(cloudTrailMessage(key))),
    () => cloudTrailMessage(key),
    () => ({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: { bucket: { name: 'b' }, object: { key, size: 1 } },
    }),
    () => ({ querytrail: 'resume', bucket: 'b', key, fromIndex: random.below(9) }),
    () => ({ Type: 'SubscriptionConfirmation', TopicArn: hostileText(random) }),
    () => hostileValue(random),
  ])();
  const text = JSON.stringify(spoil(whole, random, random.pick([0, 0.05, 0.3]))) ?? '';
  return random.chance(0.2) ? Buffer.from(damage(Buffer.from(text), random)).toString() : text;
}

function s3Event(key: string, random: Random): unknown {
  const event = {
    eventName: random.pick(['ObjectCreated:Put', 's3:ObjectCreated:Copy', 'ObjectRemoved:Delete']),
    s3: { bucket: { name: 'audit-logs' }, object: { key, size: 20_480 } },
  };
  return { Records: Array.from({ length: 1 + random.below(3) }, () => event) };
}

function cloudTrailMessage(key: string): unknown {
  return { s3Bucket: 'audit-logs', s3ObjectKey: [key, key] };
}

function envelope(message: unknown): unknown {
  return {
    Type: 'Notification',
    TopicArn: 'arn:aws:sns:eu-west-1:111122223333:trail-files',
    Message: JSON.stringify(message),
  };
}
