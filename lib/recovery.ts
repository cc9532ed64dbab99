import { Aws, Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV } from '../src/env';
import { acknowledgeWildcards } from './acknowledge';
import { BundledFunction } from './bundled-function';
import type { EventTable } from './event-table';
import { WorkQueue } from './work-queue';

const TIMEOUT = Duration.minutes(5);

/** The least that an event source mapping takes. */
const MAX_CONCURRENCY = 2;

const ATHENA_ACTIONS = [
  'athena:BatchGetQueryExecution',
  'athena:GetNamedQuery',
  'athena:GetPreparedStatement',
];

export interface RecoveryProps {
  /**
   * Whether Athena's own events bring the end of a query at once, in this account and Region.
   * @default false
   */
  readonly stateChanges?: boolean;
  readonly table: EventTable;
  /**
   * Name of the role to assume in other accounts.
   * @default - only this account's Athena is asked
   */
  readonly roleName?: string;
  /**
   * Calls a second to the Athena API of one account and Region, which the account's users share.
   * @default 2
   */
  readonly callsPerSecond?: number;
  /**
   * Price of a terabyte scanned, in US dollars.
   * @default 5
   */
  readonly pricePerTb?: number;
  /**
   * Whether a terabyte is 10^12 (`decimal`) or 2^40 bytes (`binary`).
   * @default 'binary'
   */
  readonly tbBase?: 'decimal' | 'binary';
  /** @default false */
  readonly redactLiterals?: boolean;
  /** @default RetentionDays.THREE_MONTHS */
  readonly logRetention?: RetentionDays;
}

/** Asks Athena for masked statement texts, how their executions ended and what they scanned. */
export class Recovery extends Construct {
  readonly work: WorkQueue;
  readonly function: BundledFunction;
  /** Roles that ask Athena: the function's own, and the one assumed elsewhere, `*` for its account. */
  readonly roleArns: string[] = [];

  constructor(scope: Construct, id: string, props: RecoveryProps) {
    super(scope, id);
    this.work = new WorkQueue(this, 'Work', {
      consumerTimeout: TIMEOUT,
      // Most queries have ended by then, and the event's write is visible.
      deliveryDelay: Duration.seconds(30),
    });
    this.function = new BundledFunction(this, 'Function', {
      handlerName: 'recovery',
      description: 'Querytrail: recovers masked Athena statements',
      timeout: TIMEOUT,
      memorySizeMb: 512,
      logRetention: props.logRetention,
    });
    this.work.feed(this.function, { maxConcurrency: MAX_CONCURRENCY });
    // Executions that still run are asked for again later.
    this.work.grantSend(this.function, ENV.recoveryQueueUrl);
    props.table.grantRead(this.function);
    props.table.grantWrite(this.function);
    this.allowAthena();
    if (props.stateChanges) this.listenToAthena();
    if (props.roleName !== undefined) this.allowAssume(props.roleName);
    this.setEnvironment(props);
  }

  private allowAthena(): void {
    const workgroups = `arn:${Aws.PARTITION}:athena:*:${Aws.ACCOUNT_ID}:workgroup/*`;
    const policy = new Policy(this, 'AskAthena', {
      statements: [new PolicyStatement({ actions: ATHENA_ACTIONS, resources: [workgroups] })],
    });
    this.function.role?.attachInlinePolicy(policy);
    if (this.function.role) this.roleArns.push(this.function.role.roleArn);
    acknowledgeWildcards(
      policy,
      [workgroups],
      'A trail names queries of every workgroup in every Region of the account.',
    );
  }

  private allowAssume(roleName: string): void {
    const role = `arn:${Aws.PARTITION}:iam::*:role/${roleName}`;
    const policy = new Policy(this, 'AssumeRecoveryRole', {
      statements: [new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [role] })],
    });
    this.function.role?.attachInlinePolicy(policy);
    this.function.addEnvironment(ENV.recoveryRoleName, roleName);
    this.roleArns.push(role);
    acknowledgeWildcards(
      policy,
      [role],
      'The role has the same name in every account that shows its queries; each account decides.',
    );
  }

  /** @see https://docs.aws.amazon.com/athena/latest/ug/athena-events.html */
  private listenToAthena(): void {
    new Rule(this, 'StateChanges', {
      description: 'Athena queries that came to an end',
      eventPattern: {
        source: ['aws.athena'],
        detailType: ['Athena Query State Change'],
        detail: { currentState: ['SUCCEEDED', 'FAILED', 'CANCELLED'] },
      },
      targets: [new SqsQueue(this.work.queue, { deadLetterQueue: this.work.deadLetterQueue })],
    });
  }

  private setEnvironment(props: RecoveryProps): void {
    const variables = {
      // Each running copy of the function keeps its own time.
      [ENV.recoveryCallsPerSecond]: (props.callsPerSecond ?? 2) / MAX_CONCURRENCY,
      [ENV.pricePerTb]: props.pricePerTb,
      [ENV.tbBase]: props.tbBase,
      [ENV.redactLiterals]: props.redactLiterals,
    };
    for (const [name, value] of Object.entries(variables)) {
      if (value !== undefined) this.function.addEnvironment(name, String(value));
    }
  }
}
