import { Match, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { WorkQueue } from '../work-queue';
import { LOG_FILE_SUFFIX, LogFileSource } from './log-file-source';

export interface EventBridgeSourceProps {
  /** Bucket with its EventBridge switch on. */
  readonly bucket: IBucket;
  /** Gets a message for every new file. */
  readonly intake: WorkQueue;
}

/** Log files announced by S3 on the account's default event bus. */
export class EventBridgeSource extends LogFileSource {
  readonly bucket: IBucket;
  readonly rule: Rule;

  constructor(scope: Construct, id: string, props: EventBridgeSourceProps) {
    super(scope, id);
    const { bucket, intake } = props;
    this.bucket = bucket;
    this.rule = new Rule(this, 'Rule', {
      description: 'New CloudTrail files',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [bucket.bucketName] },
          object: { key: Match.suffix(LOG_FILE_SUFFIX) },
        },
      },
      targets: [new SqsQueue(intake.queue, { deadLetterQueue: intake.deadLetterQueue })],
    });
  }
}
