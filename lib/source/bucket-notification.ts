import { Stack, Validations } from 'aws-cdk-lib';
import { EventType, type IBucket } from 'aws-cdk-lib/aws-s3';
import { SqsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import type { WorkQueue } from '../work-queue';
import { LOG_FILE_SUFFIX } from './log-file-source';

/** Id that CDK gives, once a stack, to its function that writes notification configurations. */
const CDK_HANDLER_ID = 'BucketNotificationsHandler050a0587b7544547bf325f094a3db834';

/** Has S3 announce every new log file and digest of a bucket of this account to the queue. */
export function notifyOfLogFiles(bucket: IBucket, intake: WorkQueue): void {
  bucket.addEventNotification(EventType.OBJECT_CREATED, new SqsDestination(intake.queue), {
    suffix: LOG_FILE_SUFFIX,
  });
  const handler = Stack.of(bucket).node.tryFindChild(CDK_HANDLER_ID);
  if (handler === undefined) return;
  Validations.of(handler).acknowledge({
    id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    reason: "CDK's own deployment-time function writes its log by the managed policy.",
  });
}
