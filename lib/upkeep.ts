import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { BundledFunction } from './bundled-function';
import type { EventTable } from './event-table';

export interface UpkeepProps {
  readonly table: EventTable;
  /**
   * Time between two runs.
   * @default Duration.hours(1)
   */
  readonly interval?: Duration;
  /** @default RetentionDays.THREE_MONTHS */
  readonly logRetention?: RetentionDays;
}

/**
 * Looks every hour for accounts and Regions that fell silent, or their digests, and keeps the totals by
 * hour.
 */
export class Upkeep extends Construct {
  readonly function: BundledFunction;
  /** Time between two runs. */
  readonly interval: Duration;

  constructor(scope: Construct, id: string, props: UpkeepProps) {
    super(scope, id);
    this.interval = props.interval ?? Duration.hours(1);
    this.function = new BundledFunction(this, 'Function', {
      handlerName: 'upkeep',
      description: 'Querytrail: looks for silent sources, keeps totals by hour',
      timeout: Duration.minutes(5),
      memorySizeMb: 512,
      logRetention: props.logRetention,
    });
    props.table.grantRead(this.function);
    props.table.grantWrite(this.function);
    props.table.grantDelete(this.function);
    new Rule(this, 'Schedule', {
      description: 'Runs the upkeep of Querytrail',
      schedule: Schedule.rate(this.interval),
      // A run that cannot be started is made up for by the next one.
      targets: [new LambdaFunction(this.function, { retryAttempts: 0 })],
    });
  }
}
