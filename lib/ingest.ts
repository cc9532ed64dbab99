import { Duration } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV } from '../src/env';
import { BundledFunction } from './bundled-function';
import type { EventTable } from './event-table';
import type { Recovery } from './recovery';
import type { LogFileSource } from './source/log-file-source';
import type { WorkQueue } from './work-queue';

export interface IngestProps {
  /**
   * Queue of the notifications; make it with `consumerTimeout: Ingest.TIMEOUT` and a `batchingWindow`:
   * the files of a batch share a receipt item, a request and their waiting.
   */
  readonly intake: WorkQueue;
  readonly source: LogFileSource;
  readonly table: EventTable;
  /**
   * Gets the digests among the announced files.
   * @default - digests are counted and passed over
   */
  readonly integrity?: WorkQueue;
  /**
   * Gets the events that the Athena API can complete.
   * @default - recovery is off
   */
  readonly recovery?: Recovery;
  /**
   * Whether recovery's own calls to Athena are kept.
   * @default false
   */
  readonly keepOwnCalls?: boolean;
  /**
   * Whether literals of statements are masked before they are stored.
   * @default false
   */
  readonly redactLiterals?: boolean;
  /**
   * Most MB that a log file may inflate to before it is set aside.
   * @default 512
   */
  readonly maxInflatedMb?: number;
  /**
   * Most batches of files read at the same time.
   * @default 10
   */
  readonly maxConcurrency?: number;
  /** @default RetentionDays.THREE_MONTHS */
  readonly logRetention?: RetentionDays;
}

/** Files of a batch; twenty of them are read at a time. */
const MAX_BATCH = 100;

/** Reads each new log file and stores its Athena and Keyspaces events. */
export class Ingest extends Construct {
  /** A file of 50 MB in which every record is of interest takes minutes to write. */
  static readonly TIMEOUT = Duration.minutes(5);

  readonly function: BundledFunction;

  constructor(scope: Construct, id: string, props: IngestProps) {
    super(scope, id);
    const { intake, source, table, integrity, recovery } = props;
    this.function = new BundledFunction(this, 'Function', {
      handlerName: 'ingest',
      description: 'Querytrail: reads CloudTrail log files and stores their events',
      timeout: Ingest.TIMEOUT,
      memorySizeMb: 1024,
      logRetention: props.logRetention,
    });
    this.function.addEnvironment(ENV.redactLiterals, String(props.redactLiterals ?? false));
    this.function.addEnvironment(ENV.maxInflatedMb, String(props.maxInflatedMb ?? 512));

    intake.feed(this.function, {
      batchSize: MAX_BATCH,
      maxConcurrency: props.maxConcurrency ?? 10,
    });
    // The rest of a file that takes longer than one run comes back as a message of its own.
    intake.grantSend(this.function, ENV.intakeQueueUrl);
    intake.grantSendDeadLetter(this.function, ENV.deadLetterQueueUrl);
    source.grantRead(this.function);
    table.grantWrite(this.function);
    integrity?.grantSend(this.function, ENV.integrityQueueUrl);
    if (recovery) this.feedRecovery(recovery, props.keepOwnCalls ?? false);
  }

  private feedRecovery(recovery: Recovery, keepOwnCalls: boolean): void {
    recovery.work.grantSend(this.function, ENV.recoveryQueueUrl);
    if (!keepOwnCalls) {
      this.function.addEnvironment(ENV.ownRoleArns, recovery.roleArns.join(' '));
    }
  }
}
