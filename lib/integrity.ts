import { Duration } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from './acknowledge';
import { BundledFunction } from './bundled-function';
import type { EventTable } from './event-table';
import type { LogFileSource } from './source/log-file-source';
import { WorkQueue } from './work-queue';

const TIMEOUT = Duration.minutes(5);
/** A digest is an hour behind its files; those that arrive together share what is read for them. */
const BATCHING_WINDOW = Duration.minutes(5);

export interface IntegrityProps {
  readonly source: LogFileSource;
  readonly table: EventTable;
  /** @default RetentionDays.THREE_MONTHS */
  readonly logRetention?: RetentionDays;
}

/** Verifies each digest and the log files that it names. Ingest passes the digests on. */
export class Integrity extends Construct {
  readonly work: WorkQueue;
  readonly function: BundledFunction;

  constructor(scope: Construct, id: string, props: IntegrityProps) {
    super(scope, id);
    const { source, table } = props;
    this.work = new WorkQueue(this, 'Work', {
      consumerTimeout: TIMEOUT,
      batchingWindow: BATCHING_WINDOW,
    });
    this.function = new BundledFunction(this, 'Function', {
      handlerName: 'integrity',
      description: 'Querytrail: verifies CloudTrail digests and log files',
      timeout: TIMEOUT,
      memorySizeMb: 1024,
      logRetention: props.logRetention,
    });
    this.work.feed(this.function, { maxConcurrency: 2 });
    source.grantRead(this.function);
    table.grantRead(this.function);
    table.grantWrite(this.function);
    this.allowPublicKeys();
  }

  private allowPublicKeys(): void {
    const policy = new Policy(this, 'ListPublicKeys', {
      statements: [
        new PolicyStatement({ actions: ['cloudtrail:ListPublicKeys'], resources: ['*'] }),
      ],
    });
    this.function.role?.attachInlinePolicy(policy);
    acknowledgeWildcards(policy, ['*'], 'The action takes no resource; the keys are public.');
  }
}
