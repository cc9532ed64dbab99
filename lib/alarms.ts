import { Aws, Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { METRICS } from '../src/names';
import type { BundledFunction } from './bundled-function';
import type { EventTable } from './event-table';
import type { Ingest } from './ingest';
import type { Integrity } from './integrity';
import { querytrailMetric } from './metrics';
import type { QueryApi } from './query-api';
import type { Recovery } from './recovery';
import type { Upkeep } from './upkeep';
import type { WorkQueue } from './work-queue';

const HOUR = Duration.hours(1);
const CLOUDWATCH = new ServicePrincipal('cloudwatch.amazonaws.com');
const OF_THIS_ACCOUNT = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };

export interface AlarmsProps {
  readonly intake: WorkQueue;
  readonly ingest: Ingest;
  readonly table: EventTable;
  readonly queryApi: QueryApi;
  /** @default - no alarms of recovery */
  readonly recovery?: Recovery;
  /** @default - no alarms of upkeep and coverage */
  readonly upkeep?: Upkeep;
  /** @default - no alarms of integrity */
  readonly integrity?: Integrity;
  /**
   * Encrypts what waits on the topic.
   * @default - not encrypted: the AWS-managed key does not admit CloudWatch
   */
  readonly encryptionKey?: IKey;
  /**
   * Address that gets a mail for each alarm.
   * @default - nobody; subscribe to `topic`
   */
  readonly email?: string;
}

interface AlarmSpec {
  readonly metric: IMetric;
  /** One sentence: what is wrong. */
  readonly says: string;
  /** Heading of docs/operations.md that says what to do. */
  readonly runbook: string;
  /** @default 0 */
  readonly threshold?: number;
  /** @default ComparisonOperator.GREATER_THAN_THRESHOLD */
  readonly comparisonOperator?: ComparisonOperator;
  /** @default 1 */
  readonly evaluationPeriods?: number;
  /** @default TreatMissingData.NOT_BREACHING */
  readonly treatMissingData?: TreatMissingData;
}

/** Alarms for everything that would leave a hole in the trail, and the topic that tells of them. */
export class Alarms extends Construct {
  readonly topic: Topic;
  readonly alarms: Alarm[] = [];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { intake, ingest, integrity, recovery, table, queryApi, upkeep } = props;
    this.topic = this.createTopic(props);
    this.watchQueue('Intake', intake);
    this.watchFunction('Ingest', ingest.function);
    this.watchFunction('Query', queryApi.function);
    this.watchTrail();
    this.watchTable(table);
    this.add('ApiErrors', {
      metric: queryApi.metricServerErrors({ statistic: 'Sum' }),
      says: 'The API answers with server errors.',
      runbook: 'api-errors',
    });
    if (upkeep !== undefined) {
      this.watchFunction('Upkeep', upkeep.function, upkeep.interval);
      this.watchCoverage();
    }
    if (recovery !== undefined) {
      this.watchQueue('Recovery', recovery.work);
      this.watchFunction('Recovery', recovery.function);
      this.watchRecovery();
      this.watchRefusals();
    }
    if (integrity !== undefined) {
      this.watchQueue('Integrity', integrity.work);
      // Digests come once an hour.
      this.watchFunction('Integrity', integrity.function, HOUR);
      this.watchIntegrity();
      if (upkeep !== undefined) this.watchDigests();
    }
  }

  private createTopic({ encryptionKey, email }: AlarmsProps): Topic {
    const topic = new Topic(this, 'Topic', {
      displayName: 'Querytrail alarms',
      enforceSSL: true,
      masterKey: encryptionKey,
    });
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [CLOUDWATCH],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: OF_THIS_ACCOUNT,
      }),
    );
    encryptionKey?.addToResourcePolicy(
      new PolicyStatement({
        principals: [CLOUDWATCH],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: OF_THIS_ACCOUNT,
      }),
    );
    if (email !== undefined) topic.addSubscription(new EmailSubscription(email));
    return topic;
  }

  private watchQueue(name: string, { queue, deadLetterQueue }: WorkQueue): void {
    this.add(`${name}DeadLetters`, {
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
      says: `Messages of the queue ${name} were given up and wait for a person.`,
      runbook: 'dead-letters',
    });
    this.add(`${name}Age`, {
      metric: queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }),
      says: `The oldest message of the queue ${name} waits for more than two hours.`,
      runbook: 'queue-age',
      threshold: 2 * HOUR.toSeconds(),
    });
  }

  /** @param period - in which the function runs at least once while there is work. */
  private watchFunction(name: string, fn: BundledFunction, period = Duration.minutes(5)): void {
    this.add(`${name}Errors`, {
      metric: fn.metricErrors({ statistic: 'Sum', period }),
      says: `The function ${name} keeps ending with errors.`,
      runbook: 'function-errors',
      evaluationPeriods: 3,
    });
  }

  private watchTrail(): void {
    this.add('Quarantine', {
      metric: sumOf([
        querytrailMetric('ingest', METRICS.filesQuarantined),
        querytrailMetric('ingest', METRICS.recordsQuarantined),
      ]),
      says: 'A log file or a record could not be read and was set aside.',
      runbook: 'quarantine',
    });
    // A trail records at least the calls of Querytrail's own roles: it is never silent for hours.
    this.add('Silence', {
      metric: querytrailMetric('ingest', METRICS.filesStored, { period: HOUR }),
      says: 'No log file was stored for three hours.',
      runbook: 'silence',
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  /** Athena has had no answer for hours on end; that a query still runs, which it may, is one. */
  private watchRecovery(): void {
    this.add('RecoveryStuck', {
      metric: new MathExpression({
        expression: 'IF(FILL(recovered, 0) == 0, FILL(unanswered, 0), 0)',
        label: 'Unanswered while nothing is recovered',
        usingMetrics: {
          recovered: querytrailMetric('recovery', METRICS.recoveryRecovered),
          unanswered: querytrailMetric('recovery', METRICS.recoveryUnanswered),
        },
        period: HOUR,
      }),
      says: 'Athena does not answer: masked statements wait to be completed, and none is.',
      runbook: 'recovery-stuck',
      evaluationPeriods: 3,
    });
  }

  /** An account is counted as it begins to refuse: one that nobody set up is told of once. */
  private watchRefusals(): void {
    this.add('RecoveryRefused', {
      metric: querytrailMetric('recovery', METRICS.recoveryRefused),
      says: 'Athena has begun to refuse to show the masked statements of an account.',
      runbook: 'recovery-refused',
    });
  }

  private watchIntegrity(): void {
    this.add('FailedIntegrity', {
      metric: sumOf([
        querytrailMetric('integrity', METRICS.digestsFailed),
        querytrailMetric('integrity', METRICS.logFilesFailed),
        querytrailMetric('integrity', METRICS.logFilesMissing),
        querytrailMetric('integrity', METRICS.logFilesUnlisted),
        querytrailMetric('ingest', METRICS.logFilesFailed),
        querytrailMetric('ingest', METRICS.logFilesUnlisted),
      ]),
      says: 'A digest or a log file was altered, is missing, or was put there by somebody else.',
      runbook: 'failed-integrity',
    });
  }

  private watchCoverage(): void {
    this.add('Gaps', {
      metric: querytrailMetric('upkeep', METRICS.coverageGaps, {
        statistic: 'Maximum',
        period: HOUR,
      }),
      says: 'An account and Region that sent files hour by hour fell silent.',
      runbook: 'gaps',
    });
  }

  private watchDigests(): void {
    this.add('DigestGaps', {
      metric: querytrailMetric('upkeep', METRICS.digestGaps, {
        statistic: 'Maximum',
        period: HOUR,
      }),
      says: 'Digests named the log files of an account and Region hour by hour, and do so no more.',
      runbook: 'missing-digests',
    });
  }

  private watchTable(table: EventTable): void {
    this.add('TableThrottled', {
      metric: sumOf(table.metricsThrottled()),
      says: 'DynamoDB keeps refusing reads or writes of the table or of an index.',
      runbook: 'throttled-table',
      evaluationPeriods: 3,
    });
  }

  private add(id: string, { says, runbook, ...spec }: AlarmSpec): void {
    const alarm = new Alarm(this, id, {
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...spec,
      alarmDescription: `${says} Runbook: docs/operations.md#${runbook}`,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    this.alarms.push(alarm);
  }
}

function sumOf(metrics: readonly IMetric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  return new MathExpression({
    expression: `SUM([${Object.keys(usingMetrics).join(', ')}])`,
    label: 'Sum',
    usingMetrics,
    period: Duration.minutes(5),
  });
}
