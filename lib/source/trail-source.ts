import { Aws, Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { WorkQueue } from '../work-queue';
import { notifyOfLogFiles } from './bucket-notification';
import { LogFileSource } from './log-file-source';

const CLOUDTRAIL = new ServicePrincipal('cloudtrail.amazonaws.com');

/** Resource types of Keyspaces' data events: DML on tables, reads of change streams. */
const KEYSPACES_DATA_EVENTS = ['AWS::Cassandra::Table', 'AWS::Cassandra::Stream'];

const TO_CHEAPER_STORAGE = {
  storageClass: StorageClass.INFREQUENT_ACCESS,
  transitionAfter: Duration.days(90),
};
/** Infrequent access is charged for 30 days at least, and S3 refuses to delete before it moves. */
const MIN_DAYS_TO_MOVE = 120;

export interface TrailSourceProps {
  /** Gets a message for every new file. */
  readonly intake: WorkQueue;
  /**
   * Encrypts the log files. A key that the app does not own needs CloudTrail's statements in its
   * policy beforehand.
   * @default - a new key
   */
  readonly encryptionKey?: IKey;
  /**
   * Whether to record Keyspaces DML and stream reads, which CloudTrail charges by the event.
   * @default true
   */
  readonly dataEvents?: boolean;
  /**
   * Time until a log file is deleted.
   * @default - log files are kept
   */
  readonly retention?: Duration;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/** A new multi-Region trail with log-file validation, and the bucket that it writes to. */
export class TrailSource extends LogFileSource {
  readonly bucket: Bucket;
  readonly trail: CfnTrail;

  constructor(scope: Construct, id: string, props: TrailSourceProps) {
    super(scope, id);
    const { intake, dataEvents = true, removalPolicy = RemovalPolicy.RETAIN } = props;
    const key = props.encryptionKey ?? new Key(this, 'Key', { enableKeyRotation: true });
    const trailName = Names.uniqueResourceName(this, { maxLength: 128, separator: '-' });
    const trailArn = Stack.of(this).formatArn({
      service: 'cloudtrail',
      resource: 'trail',
      resourceName: trailName,
    });

    this.bucket = this.createBucket(key, removalPolicy, props.retention);
    this.allowDelivery(trailArn);
    allowEncryption(key, trailArn);

    this.trail = new CfnTrail(this, 'Trail', {
      trailName,
      s3BucketName: this.bucket.bucketName,
      kmsKeyId: key.keyArn,
      isLogging: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      advancedEventSelectors: eventSelectors(dataEvents),
    });
    if (this.bucket.policy) this.trail.node.addDependency(this.bucket.policy);
    this.trail.node.addDependency(key);

    notifyOfLogFiles(this.bucket, intake);
  }

  private createBucket(key: IKey, removalPolicy: RemovalPolicy, retention?: Duration): Bucket {
    const secure = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy,
    };
    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...secure,
      // S3 cannot write access logs to a bucket encrypted with KMS.
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(365) }],
    });
    return new Bucket(this, 'Bucket', {
      ...secure,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(7),
          noncurrentVersionExpiration: Duration.days(90),
          transitions: isWorthMoving(retention) ? [TO_CHEAPER_STORAGE] : undefined,
          expiration: retention,
        },
      ],
    });
  }

  /** @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html */
  private allowDelivery(trailArn: string): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [CLOUDTRAIL],
        actions: ['s3:GetBucketAcl'],
        resources: [this.bucket.bucketArn],
        conditions: { StringEquals: { 'aws:SourceArn': trailArn } },
      }),
    );
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [CLOUDTRAIL],
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(`AWSLogs/${Aws.ACCOUNT_ID}/*`)],
        conditions: {
          StringEquals: {
            'aws:SourceArn': trailArn,
            's3:x-amz-acl': 'bucket-owner-full-control',
          },
        },
      }),
    );
  }
}

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html */
function allowEncryption(key: IKey, trailArn: string): void {
  const ofThisTrail = { 'aws:SourceArn': trailArn };
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [CLOUDTRAIL],
      actions: ['kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: {
        StringEquals: ofThisTrail,
        StringLike: {
          'kms:EncryptionContext:aws:cloudtrail:arn': `arn:${Aws.PARTITION}:cloudtrail:*:${Aws.ACCOUNT_ID}:trail/*`,
        },
      },
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [CLOUDTRAIL],
      // Decrypt: asked for where the bucket has an S3 Bucket Key.
      actions: ['kms:Decrypt', 'kms:DescribeKey'],
      resources: ['*'],
      conditions: { StringEquals: ofThisTrail },
    }),
  );
}

function eventSelectors(dataEvents: boolean): CfnTrail.AdvancedEventSelectorProperty[] {
  const management = {
    name: 'Management events',
    fieldSelectors: [{ field: 'eventCategory', equalTo: ['Management'] }],
  };
  const data = KEYSPACES_DATA_EVENTS.map((resourceType) => ({
    name: `Data events of ${resourceType}`,
    fieldSelectors: [
      { field: 'eventCategory', equalTo: ['Data'] },
      { field: 'resources.type', equalTo: [resourceType] },
    ],
  }));
  return dataEvents ? [management, ...data] : [management];
}

function isWorthMoving(retention: Duration | undefined): boolean {
  return retention === undefined || retention.toDays() >= MIN_DAYS_TO_MOVE;
}
