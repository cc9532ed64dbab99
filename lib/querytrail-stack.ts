import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { Alarms } from './alarms';
import type { QuerytrailConfig } from './config';
import { OperationsDashboard } from './dashboard';
import { EventTable } from './event-table';
import { Ingest } from './ingest';
import { Integrity } from './integrity';
import { type JwtAuth, QueryApi } from './query-api';
import { Recovery } from './recovery';
import { BucketSource } from './source/bucket-source';
import { EventBridgeSource } from './source/event-bridge-source';
import type { LogFileSource } from './source/log-file-source';
import { TopicSource } from './source/topic-source';
import { TrailSource } from './source/trail-source';
import { Upkeep } from './upkeep';
import { WorkQueue } from './work-queue';

export interface QuerytrailStackProps extends StackProps {
  /** As `parseConfig` or `loadConfig` makes it. */
  readonly config: QuerytrailConfig;
}

const REMOVAL_POLICIES = {
  retain: RemovalPolicy.RETAIN,
  destroy: RemovalPolicy.DESTROY,
} as const satisfies Record<QuerytrailConfig['removalPolicy'], RemovalPolicy>;

/** The whole of Querytrail, as its configuration wants it. */
export class QuerytrailStack extends Stack {
  readonly table: EventTable;
  readonly intake: WorkQueue;
  readonly source: LogFileSource;
  readonly ingest: Ingest;
  readonly integrity: Integrity;
  readonly recovery?: Recovery;
  readonly queryApi: QueryApi;
  readonly upkeep: Upkeep;
  readonly alarms: Alarms;

  constructor(scope: Construct, id: string, props: QuerytrailStackProps) {
    super(scope, id, { description: 'Querytrail: who ran which statement', ...props });
    const { config } = props;
    const removalPolicy = REMOVAL_POLICIES[config.removalPolicy];
    const logRetention = config.logRetentionDays;
    const encryptionKey = this.createKey(config, removalPolicy);

    this.intake = new WorkQueue(this, 'Intake', {
      consumerTimeout: Ingest.TIMEOUT,
      batchingWindow: Duration.seconds(config.batchingWindowSeconds),
    });
    this.source = this.createSource(config, encryptionKey, removalPolicy);
    this.table = new EventTable(this, 'Events', {
      encryptionKey,
      removalPolicy,
      shards: config.shards,
      retention: days(config.eventRetentionDays),
    });
    this.integrity = new Integrity(this, 'Integrity', {
      source: this.source,
      table: this.table,
      logRetention,
    });
    if (config.recovery) {
      this.recovery = new Recovery(this, 'Recovery', {
        table: this.table,
        roleName: config.recoveryRoleName,
        callsPerSecond: config.recoveryCallsPerSecond,
        pricePerTb: config.pricePerTb,
        tbBase: config.tbBase,
        stateChanges: config.stateChanges,
        redactLiterals: config.redactLiterals,
        logRetention,
      });
    }
    this.ingest = new Ingest(this, 'Ingest', {
      intake: this.intake,
      source: this.source,
      table: this.table,
      integrity: this.integrity.work,
      recovery: this.recovery,
      keepOwnCalls: config.keepOwnCalls,
      redactLiterals: config.redactLiterals,
      maxInflatedMb: config.maxInflatedMb,
      maxConcurrency: config.maxConcurrency,
      logRetention,
    });
    this.queryApi = new QueryApi(this, 'QueryApi', {
      table: this.table,
      source: this.source,
      jwt: jwtAuth(config),
      ratePerSecond: config.apiRatePerSecond,
      burst: config.apiBurst,
      logRetention,
    });
    this.upkeep = new Upkeep(this, 'Upkeep', { table: this.table, logRetention });
    this.alarms = new Alarms(this, 'Alarms', {
      intake: this.intake,
      ingest: this.ingest,
      integrity: this.integrity,
      recovery: this.recovery,
      table: this.table,
      queryApi: this.queryApi,
      upkeep: this.upkeep,
      encryptionKey,
      email: config.alarmEmail,
    });
    new OperationsDashboard(this, 'Operations', {
      alarms: this.alarms,
      table: this.table,
      queryApi: this.queryApi,
      queues: [this.intake, this.integrity.work, ...(this.recovery ? [this.recovery.work] : [])],
    });
    this.addOutputs();
  }

  private createKey(config: QuerytrailConfig, removalPolicy: RemovalPolicy): IKey {
    if (config.encryptionKeyArn !== undefined) {
      return Key.fromKeyArn(this, 'Key', config.encryptionKeyArn);
    }
    return new Key(this, 'Key', {
      description: `Everything that ${this.stackName} keeps`,
      enableKeyRotation: true,
      removalPolicy,
    });
  }

  private createSource(
    config: QuerytrailConfig,
    encryptionKey: IKey,
    removalPolicy: RemovalPolicy,
  ): LogFileSource {
    const { intake } = this;
    switch (config.source) {
      case 'new':
        return new TrailSource(this, 'Source', {
          intake,
          encryptionKey,
          removalPolicy,
          dataEvents: config.dataEvents,
          retention: days(config.trailRetentionDays),
        });
      case 'bucket':
        return new BucketSource(this, 'Source', { intake, bucket: this.existingBucket(config) });
      case 'sns':
        return new TopicSource(this, 'Source', {
          intake,
          bucket: this.existingBucket(config),
          topic: Topic.fromTopicArn(this, 'Topic', required(config, 'topicArn')),
        });
      case 'eventbridge':
        return new EventBridgeSource(this, 'Source', {
          intake,
          bucket: this.existingBucket(config),
        });
    }
  }

  private existingBucket(config: QuerytrailConfig): IBucket {
    const { bucketKeyArn } = config;
    return Bucket.fromBucketAttributes(this, 'Bucket', {
      bucketName: required(config, 'bucketName'),
      encryptionKey: bucketKeyArn ? Key.fromKeyArn(this, 'BucketKey', bucketKeyArn) : undefined,
    });
  }

  private addOutputs(): void {
    const readers = [this.ingest, this.queryApi, this.integrity];
    const outputs = {
      ApiUrl: this.queryApi.url,
      TableName: this.table.table.tableName,
      IntakeQueueUrl: this.intake.queue.queueUrl,
      DeadLetterQueueUrl: this.intake.deadLetterQueue.queueUrl,
      IntegrityQueueUrl: this.integrity.work.queue.queueUrl,
      IntegrityDeadLetterQueueUrl: this.integrity.work.deadLetterQueue.queueUrl,
      BucketName: this.source.bucket.bucketName,
      ReaderRoleArns: readers.map((reader) => reader.function.role?.roleArn).join(','),
      AlarmTopicArn: this.alarms.topic.topicArn,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
    if (this.recovery) this.addRecoveryOutputs(this.recovery);
  }

  private addRecoveryOutputs({ work, function: { role } }: Recovery): void {
    new CfnOutput(this, 'RecoveryQueueUrl', { value: work.queue.queueUrl });
    new CfnOutput(this, 'RecoveryDeadLetterQueueUrl', { value: work.deadLetterQueue.queueUrl });
    new CfnOutput(this, 'RecoveryRoleArn', { value: role?.roleArn ?? '' });
  }
}

function days(count: number | undefined): Duration | undefined {
  return count === undefined ? undefined : Duration.days(count);
}

function jwtAuth(config: QuerytrailConfig): JwtAuth | undefined {
  if (config.auth !== 'jwt') return undefined;
  return { issuer: required(config, 'jwtIssuer'), audience: required(config, 'jwtAudience') };
}

/** A setting that `parseConfig` has made sure of. */
function required<Setting extends keyof QuerytrailConfig>(
  config: QuerytrailConfig,
  setting: Setting,
): NonNullable<QuerytrailConfig[Setting]> {
  const value = config[setting];
  if (value === undefined || value === null) throw new Error(`${setting} is not set`);
  return value;
}
