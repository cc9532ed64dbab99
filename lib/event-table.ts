import { Aws, type Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type Attribute,
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENV } from '../src/env';
import { type IndexName, TABLE } from '../src/store/names';

const READ_ACTIONS = ['dynamodb:BatchGetItem', 'dynamodb:Query'];
/** A write looks first at what is there, so that a replay undoes nothing. */
const WRITE_ACTIONS = [
  'dynamodb:BatchGetItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
];

const KEY_READ_ACTIONS = ['kms:Decrypt', 'kms:DescribeKey'];
/** What CDK grants with wildcards for writing, spelled out. */
const KEY_WRITE_ACTIONS = [
  ...KEY_READ_ACTIONS,
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

export interface EventTableProps {
  /** @default - a new key */
  readonly encryptionKey?: IKey;
  /**
   * Partitions per key and month. Fixed by the first deployment: events written under another
   * number are not found again.
   * @default 4
   */
  readonly shards?: number;
  /**
   * Time that an event is kept.
   * @default - for ever
   */
  readonly retention?: Duration;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/** The one table: events, their table entries, receipts and the directory. */
export class EventTable extends Construct {
  readonly table: Table;
  readonly encryptionKey: IKey;
  private readonly shards: number;
  private readonly retention?: Duration;

  constructor(scope: Construct, id: string, props: EventTableProps = {}) {
    super(scope, id);
    const { removalPolicy = RemovalPolicy.RETAIN } = props;
    this.shards = props.shards ?? 4;
    this.retention = props.retention;
    this.encryptionKey = props.encryptionKey ?? new Key(this, 'Key', { enableKeyRotation: true });
    this.table = new Table(this, 'Table', {
      partitionKey: text(TABLE.partitionKey),
      sortKey: text(TABLE.sortKey),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.encryptionKey,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: TABLE.ttl,
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy,
    });
    for (const index of TABLE.indexes) this.addIndex(index);
  }

  /** Lets a function read items and indexes. */
  grantRead(reader: LambdaFunction): void {
    this.grant(reader, READ_ACTIONS, this.indexArns(), KEY_READ_ACTIONS);
  }

  /** Lets a function put and update items. */
  grantWrite(writer: LambdaFunction): void {
    this.grant(writer, WRITE_ACTIONS, [], KEY_WRITE_ACTIONS);
    if (this.retention) {
      writer.addEnvironment(ENV.retentionDays, String(this.retention.toDays()));
    }
  }

  /** Lets a function delete items, which only the upkeep of notes has to. */
  grantDelete(keeper: LambdaFunction): void {
    this.grant(keeper, ['dynamodb:DeleteItem'], [], KEY_WRITE_ACTIONS);
  }

  /** Throttled reads and writes of the table and of each index: ten, as many as an alarm takes. */
  metricsThrottled(): readonly IMetric[] {
    const TableName = this.table.tableName;
    const places: Record<string, string>[] = [
      { TableName },
      ...TABLE.indexes.map(({ name }) => ({ TableName, GlobalSecondaryIndexName: name })),
    ];
    return places.flatMap((dimensionsMap) =>
      ['ReadThrottleEvents', 'WriteThrottleEvents'].map((name) =>
        this.table.metric(name, { statistic: 'Sum', dimensionsMap }),
      ),
    );
  }

  private addIndex(index: IndexName): void {
    this.table.addGlobalSecondaryIndex({
      indexName: index.name,
      partitionKey: text(index.partitionKey),
      sortKey: index.sortKey ? text(index.sortKey) : undefined,
      ...(index.includes.length === 0
        ? { projectionType: ProjectionType.KEYS_ONLY }
        : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...index.includes] }),
    });
  }

  private grant(
    grantee: LambdaFunction,
    actions: string[],
    indexArns: string[],
    keyActions: string[],
  ): void {
    grantee.addToRolePolicy(
      new PolicyStatement({ actions, resources: [this.table.tableArn, ...indexArns] }),
    );
    grantee.addToRolePolicy(
      new PolicyStatement({
        actions: keyActions,
        resources: [this.encryptionKey.keyArn],
        conditions: {
          StringEquals: { 'kms:ViaService': `dynamodb.${Aws.REGION}.${Aws.URL_SUFFIX}` },
        },
      }),
    );
    grantee.addEnvironment(ENV.tableName, this.table.tableName);
    grantee.addEnvironment(ENV.shards, String(this.shards));
  }

  private indexArns(): string[] {
    return TABLE.indexes.map(({ name }) => `${this.table.tableArn}/index/${name}`);
  }
}

function text(name: string): Attribute {
  return { name, type: AttributeType.STRING };
}
