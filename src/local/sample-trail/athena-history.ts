import type { AthenaStatement } from './athena-statements';
import type { Random } from './random';

/** What Athena would answer about the sample, in the shapes of its own API with ISO times. */
export interface AthenaHistory {
  readonly QueryExecutions: object[];
  readonly NamedQueries: object[];
  readonly PreparedStatements: object[];
}

export interface Execution {
  readonly id: string;
  readonly statement: AthenaStatement;
  readonly sql: string;
  readonly submittedMs: number;
  readonly account: string;
}

const FAILURES = [
  { reason: 'COLUMN_NOT_FOUND: line 1:8: Column cannot be resolved', category: 2, type: 1006 },
  { reason: 'Query exhausted resources at this scale factor', category: 2, type: 233 },
  {
    reason: 'PERMISSION_DENIED: Insufficient permissions to execute the query',
    category: 2,
    type: 1301,
  },
] as const;

/** The execution as `GetQueryExecution` tells it; most succeed, some fail or are cancelled. */
export function toQueryExecution(execution: Execution, nowMs: number, random: Random): object {
  const { statement, submittedMs } = execution;
  const queueMs = random.integer(40, 900);
  const planningMs = random.integer(60, 700);
  const executionMs = statement.scannedMb
    ? random.integer(400, 40_000)
    : random.integer(150, 2_000);
  const totalMs = queueMs + planningMs + executionMs;
  const isRunning = nowMs - submittedMs < 45 * 60_000 && random.chance(0.4);
  const isCancelled = !isRunning && random.chance(0.015);
  const failure =
    !isRunning && !isCancelled && random.chance(0.035) ? random.pick(FAILURES) : undefined;
  const state = isRunning
    ? 'RUNNING'
    : isCancelled
      ? 'CANCELLED'
      : failure
        ? 'FAILED'
        : 'SUCCEEDED';
  const scannedBytes = failure ? 0 : scan(statement, random);
  return {
    QueryExecutionId: execution.id,
    Query: execution.sql,
    StatementType: statement.type,
    ...(statement.subtype !== 'OPTIMIZE' && { SubstatementType: statement.subtype }),
    ResultConfiguration: {
      OutputLocation: `s3://aws-athena-query-results-${execution.account}/${execution.id}.csv`,
    },
    QueryExecutionContext: { Database: statement.database, Catalog: 'awsdatacatalog' },
    Status: {
      State: state,
      ...(isCancelled && { StateChangeReason: 'Query cancelled by user' }),
      ...(failure && {
        StateChangeReason: failure.reason,
        AthenaError: {
          ErrorCategory: failure.category,
          ErrorType: failure.type,
          Retryable: false,
          ErrorMessage: failure.reason,
        },
      }),
      SubmissionDateTime: new Date(submittedMs).toISOString(),
      ...(!isRunning && { CompletionDateTime: new Date(submittedMs + totalMs).toISOString() }),
    },
    Statistics: {
      DataScannedInBytes: scannedBytes,
      EngineExecutionTimeInMillis: executionMs,
      TotalExecutionTimeInMillis: totalMs,
      QueryQueueTimeInMillis: queueMs,
      QueryPlanningTimeInMillis: planningMs,
      ServiceProcessingTimeInMillis: random.integer(5, 90),
      ResultReuseInformation: {
        ReusedPreviousResult: statement.workgroup === 'dashboards' && random.chance(0.1),
      },
    },
    WorkGroup: statement.workgroup,
    EngineVersion: {
      SelectedEngineVersion: 'AUTO',
      EffectiveEngineVersion: 'Athena engine version 3',
    },
  };
}

function scan(statement: AthenaStatement, random: Random): number {
  if (!statement.scannedMb) return 0;
  const [from, to] = statement.scannedMb;
  return random.integer(from * 1_000_000, to * 1_000_000);
}
