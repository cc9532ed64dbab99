import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { WorkQueue } from '../work-queue';
import { LogFileSource } from './log-file-source';

export interface TopicSourceProps {
  /** Bucket that holds the files; in another account its policy has to name the reading roles. */
  readonly bucket: IBucket;
  /** Topic of CloudTrail's or of S3's notifications; in another account it has to allow the subscription. */
  readonly topic: ITopic;
  /** Gets a message for every new file. */
  readonly intake: WorkQueue;
}

/** Log files announced on an SNS topic, by CloudTrail itself or by S3. */
export class TopicSource extends LogFileSource {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, props: TopicSourceProps) {
    super(scope, id);
    const { bucket, topic, intake } = props;
    this.bucket = bucket;
    topic.addSubscription(
      new SqsSubscription(intake.queue, { deadLetterQueue: intake.deadLetterQueue }),
    );
  }
}
