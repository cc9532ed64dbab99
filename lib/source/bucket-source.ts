import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { WorkQueue } from '../work-queue';
import { notifyOfLogFiles } from './bucket-notification';
import { LogFileSource } from './log-file-source';

export interface BucketSourceProps {
  /** Existing bucket of this account and Region. */
  readonly bucket: IBucket;
  /** Gets a message for every new file. */
  readonly intake: WorkQueue;
}

/**
 * A bucket that is there already, announced by S3's own notifications.
 *
 * S3 keeps one notification configuration for each bucket and replaces it whole. CDK's handler reads
 * it, adds its rule and writes it back, without a lock: whoever changes the same configuration at
 * the same moment may lose a rule, and a tool that owns the whole configuration will remove this one.
 */
export class BucketSource extends LogFileSource {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, props: BucketSourceProps) {
    super(scope, id);
    this.bucket = props.bucket;
    notifyOfLogFiles(props.bucket, props.intake);
  }
}
