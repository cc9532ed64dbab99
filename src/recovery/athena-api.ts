import {
  type AthenaClient,
  BatchGetQueryExecutionCommand,
  GetNamedQueryCommand,
  GetPreparedStatementCommand,
  type QueryExecution,
} from '@aws-sdk/client-athena';
import { UpstreamError } from '../errors';
import { type Fault, faultOf, faultOfCode } from './athena-faults';
import {
  ACCESS_DENIED,
  type Answer,
  type AskedExecution,
  type AthenaHistory,
  NOT_FOUND,
  RETRY,
} from './athena-history';
import type { TakeTurn } from './rate-limiter';

export interface AthenaApiOptions {
  /** Of the account and Region; without retries of its own, so that each call waits its turn. */
  readonly client: Pick<AthenaClient, 'send'>;
  readonly takeTurn: TakeTurn;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** 0 ≤ random() < 1, for the jitter. */
  readonly random: () => number;
}

type Executions = Map<string, Answer<QueryExecution>>;

/** https://docs.aws.amazon.com/athena/latest/ug/queries-viewing-history.html */
const FORGETS_AFTER_MS = 45 * 86_400_000;
const IDS_PER_CALL = 50;
const MAX_TRIES = 4;
const FIRST_DELAY_MS = 400;

/** The history that the real Athena keeps. */
export function createAthenaApi(options: AthenaApiOptions): AthenaHistory {
  const { client, takeTurn, sleep, random } = options;

  async function queryExecutions(asked: readonly AskedExecution[]): Promise<Executions> {
    const answers: Executions = new Map();
    for (let start = 0; start < asked.length; start += IDS_PER_CALL) {
      await askBatch(asked.slice(start, start + IDS_PER_CALL), answers);
    }
    return answers;
  }

  async function askBatch(asked: readonly AskedExecution[], answers: Executions): Promise<void> {
    const ids = asked.map(({ id }) => id);
    const command = new BatchGetQueryExecutionCommand({ QueryExecutionIds: ids });
    const answer = await attempt(() => client.send(command));
    if ('fault' in answer) return afterFault(answer.fault, asked, answers);
    // Whatever is in neither list has no answer, so it is asked for again.
    for (const id of ids) answers.set(id, RETRY);
    for (const { QueryExecutionId: id, ErrorCode = '' } of answer.found
      .UnprocessedQueryExecutionIds ?? []) {
      if (id !== undefined) answers.set(id, answerOf(faultOfCode(ErrorCode)));
    }
    for (const execution of answer.found.QueryExecutions ?? []) {
      const { QueryExecutionId: id } = execution;
      if (id !== undefined) answers.set(id, { found: execution });
    }
  }

  /**
   * One id that is malformed, or one workgroup that is closed to us, fails the whole call: the batch
   * is divided until the others have their answers.
   */
  async function afterFault(
    fault: Fault,
    asked: readonly AskedExecution[],
    answers: Executions,
  ): Promise<void> {
    const parts =
      fault === 'invalid' ? halves(asked) : fault === 'denied' ? byWorkgroup(asked) : [];
    if (parts.length > 1) {
      for (const part of parts) await askBatch(part, answers);
    } else {
      for (const { id } of asked) answers.set(id, answerOf(fault));
    }
  }

  /** Calls until it works, it is hopeless, or it has been tried often enough for now. */
  async function attempt<Output>(
    send: () => Promise<Output>,
  ): Promise<{ found: Output } | { fault: Fault }> {
    for (let tries = 1; ; tries++) {
      await takeTurn();
      try {
        return { found: await send() };
      } catch (cause) {
        const fault = faultOf(cause);
        if (fault === undefined) {
          const name = cause instanceof Error ? cause.name : 'Unknown';
          throw new UpstreamError(`athena.${name}`, `cannot ask Athena (${name})`, { cause });
        }
        const isHopeless = fault === 'invalid' || fault === 'denied';
        if (isHopeless || tries >= MAX_TRIES) return { fault };
      }
      await sleep(FIRST_DELAY_MS * 2 ** (tries - 1) * (0.5 + random()));
    }
  }

  async function askText<Output>(
    send: () => Promise<Output>,
    textOf: (output: Output) => string | undefined,
  ): Promise<Answer<string>> {
    const answer = await attempt(send);
    if ('fault' in answer) return answerOf(answer.fault);
    const text = textOf(answer.found);
    return text ? { found: text } : NOT_FOUND;
  }

  return {
    forgetsAfterMs: FORGETS_AFTER_MS,
    queryExecutions,
    namedQuery: (id) =>
      askText(
        () => client.send(new GetNamedQueryCommand({ NamedQueryId: id })),
        ({ NamedQuery }) => NamedQuery?.QueryString,
      ),
    preparedStatement: (workgroup, name) =>
      askText(
        () =>
          client.send(
            new GetPreparedStatementCommand({ WorkGroup: workgroup, StatementName: name }),
          ),
        ({ PreparedStatement }) => PreparedStatement?.QueryStatement,
      ),
  };
}

function answerOf(fault: Fault | undefined): Answer<never> {
  if (fault === 'denied') return ACCESS_DENIED;
  return fault === 'invalid' ? NOT_FOUND : RETRY;
}

function halves(asked: readonly AskedExecution[]): (readonly AskedExecution[])[] {
  if (asked.length < 2) return [asked];
  const middle = Math.ceil(asked.length / 2);
  return [asked.slice(0, middle), asked.slice(middle)];
}

function byWorkgroup(asked: readonly AskedExecution[]): (readonly AskedExecution[])[] {
  return [...Map.groupBy(asked, ({ workgroup }) => workgroup).values()];
}
