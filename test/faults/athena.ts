import {
  type AthenaClient,
  BatchGetQueryExecutionCommand,
  GetNamedQueryCommand,
  GetPreparedStatementCommand,
  type QueryExecution,
} from '@aws-sdk/client-athena';
import { callService, partialAnswer } from './function-faults';

/** One execution as Athena knows it. */
interface Execution {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly text: string;
  /** Epoch milliseconds; until then it is running. */
  readonly endsAt: number;
  readonly endState: 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  readonly isClosed: boolean;
}

/** What Athena knows of one day. */
export interface AthenaDay {
  readonly executions: Map<string, Execution>;
  readonly texts: Map<string, string>;
}

/** An id in the form that Athena refuses, together with all others of its call. */
export const MALFORMED_ID = 'malformed id';

/**
 * As much of Athena as recovery asks. Within `runFunction` it throttles, fails, and leaves ids
 * unanswered.
 */
export function createFaultyAthena(
  day: () => AthenaDay,
  clock: () => number,
): Pick<AthenaClient, 'send'> {
  const text = (id: string) => {
    const found = day().texts.get(id);
    if (found === undefined) throw named('InvalidRequestException');
    return found;
  };
  const send = (command: unknown) =>
    callService(
      async () => {
        if (command instanceof BatchGetQueryExecutionCommand) {
          return batch(day(), command.input.QueryExecutionIds ?? [], clock());
        }
        if (command instanceof GetNamedQueryCommand) {
          return { NamedQuery: { QueryString: text(command.input.NamedQueryId ?? '') } };
        }
        if (command instanceof GetPreparedStatementCommand) {
          const QueryStatement = text(command.input.StatementName ?? '');
          return { PreparedStatement: { QueryStatement } };
        }
        throw new Error('nothing else is asked of Athena');
      },
      (random) =>
        named(random.pick(['ThrottlingException', 'InternalServerException', 'TimeoutError'])),
    );
  return { send } as unknown as Pick<AthenaClient, 'send'>;
}

function batch({ executions }: AthenaDay, ids: readonly string[], now: number) {
  if (ids.some((id) => id.includes(MALFORMED_ID))) throw named('InvalidRequestException');
  if (ids.some((id) => executions.get(id)?.isClosed)) throw named('AccessDeniedException');
  const QueryExecutions: QueryExecution[] = [];
  const UnprocessedQueryExecutionIds: object[] = [];
  const random = partialAnswer();
  for (const id of ids) {
    const execution = executions.get(id);
    if (random?.chance(0.3)) continue;
    if (random?.chance(0.3)) {
      UnprocessedQueryExecutionIds.push({ QueryExecutionId: id, ErrorCode: 'ThrottlingException' });
    } else if (execution) {
      QueryExecutions.push(toQueryExecution(execution, now));
    } else {
      UnprocessedQueryExecutionIds.push({
        QueryExecutionId: id,
        ErrorCode: 'INVALID_QUERY_EXECUTION_ID_NotFound',
      });
    }
  }
  return { QueryExecutions, UnprocessedQueryExecutionIds };
}

function toQueryExecution({ id, text, endsAt, endState }: Execution, now: number): QueryExecution {
  const isRunning = now < endsAt;
  return {
    QueryExecutionId: id,
    Query: text,
    StatementType: 'DML',
    QueryExecutionContext: { Database: 'sales' },
    WorkGroup: 'primary',
    Status: isRunning
      ? { State: 'RUNNING' }
      : {
          State: endState,
          CompletionDateTime: new Date(endsAt),
          ...(endState === 'FAILED' && { StateChangeReason: 'TABLE_NOT_FOUND: line 1:1: gone' }),
        },
    Statistics: isRunning ? {} : { DataScannedInBytes: 10_000_000, TotalExecutionTimeInMillis: 7 },
  };
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
