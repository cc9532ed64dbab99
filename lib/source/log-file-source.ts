import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from '../acknowledge';

/** What every log file and digest is called, in every layout. */
export const LOG_FILE_SUFFIX = '.json.gz';

/** A bucket of CloudTrail files, however new files in it are announced. */
export abstract class LogFileSource extends Construct {
  abstract readonly bucket: IBucket;

  /** Lets a function read log files and digests, whatever prefix the trail has. */
  grantRead(reader: IFunction): void {
    const objects = [
      this.bucket.arnForObjects('AWSLogs/*'),
      this.bucket.arnForObjects('*/AWSLogs/*'),
    ];
    const { role } = reader;
    if (role === undefined) throw new Error(`function ${reader.node.path} has no role to grant`);
    const policy = new Policy(role, 'ReadLogFiles', {
      statements: [
        new PolicyStatement({ actions: ['s3:GetObject'], resources: objects }),
        // Without it S3 answers AccessDenied for an object that is gone, instead of NoSuchKey.
        new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }),
      ],
    });
    role.attachInlinePolicy(policy);
    // A file read too early would be denied, which counts as final.
    reader.node.addDependency(policy);
    this.bucket.encryptionKey?.grantDecrypt(reader);
    acknowledgeWildcards(
      policy,
      objects,
      'CloudTrail chooses the names of its files; the wildcard ends at the AWSLogs folders of one bucket.',
    );
  }
}
