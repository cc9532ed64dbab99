import { isDeepStrictEqual } from 'node:util';
import { inParallel } from '../concurrency';
import { applyPreparedBody, applyStatement } from '../event/apply-statement';
import type { AuditEvent } from '../event/audit-event';
import type { AwaitedExecutions } from '../store/awaited-executions';
import type { EventStore } from '../store/event-store';
import type { Replies } from '../store/refusals';
import type { Answer, AthenaHistory } from './athena-history';
import { type CompletionSettings, completeEvent } from './complete-event';
import { delayBeforeNext } from './patience';
import { isRecoverable, type RecoveryRequest } from './request';

export interface RecoveryDependencies extends CompletionSettings {
  /** Nothing when this account cannot be asked at all. */
  readonly athenaFor: (accountId: string, region: string) => AthenaHistory | undefined;
  readonly store: Pick<EventStore, 'findEvents' | 'putRecovered'>;
  /** Asks again later. */
  readonly postpone: (request: RecoveryRequest, delaySeconds: number) => Promise<void>;
  readonly clock: () => Date;
  /** Told of executions that have not ended, for the fast path. */
  readonly awaited?: Pick<AwaitedExecutions, 'add'>;
  /** Told at last of what an account said, if it said anything. */
  readonly noteReplies?: (accountId: string, replies: Replies) => Promise<void>;
}

/** Events of one request, by what became of them. */
export interface RecoveryResult {
  /** Completed with what Athena tells; those still running count when they have ended. */
  readonly recovered: number;
  /** Their text cannot come back; the reason is stored. */
  readonly unavailable: number;
  /** To be asked for again. */
  readonly postponed: number;
  /** Athena had no answer for these, not even that they still run: throttled, or in trouble. */
  readonly unanswered: number;
}

export type Recover = (request: RecoveryRequest) => Promise<RecoveryResult>;

type UnavailableReason = NonNullable<NonNullable<AuditEvent['statement']>['unavailable']>;

/** What is known of an event now, and whether there is more to come. */
interface Progress {
  readonly event: AuditEvent;
  readonly isFinal: boolean;
  /** What Athena said; absent where that tells nothing, or it was not asked. */
  readonly reply?: 'answer' | 'refusal' | 'none';
  /** What to be content with when nothing more comes. */
  readonly atWorst?: AuditEvent;
}

const DEFAULT_WORKGROUP = 'primary';
const DAY_MS = 86_400_000;
/** Athena forgets an execution then; what is not found afterwards has expired. */
const HISTORY_MS = 45 * DAY_MS;

/**
 * Makes the function that completes the events of one request: asks Athena, matches by id, stores.
 *
 * It can be repeated and run twice at once: what is stored follows from the event and from Athena's
 * answer alone. Nothing is dropped: an event that has no final answer yet is asked for again, growing
 * slowly rarer for a day, and then says why there is none.
 *
 * @throws UpstreamError when the store, the queue or the credentials fail for now.
 */
export function createRecovery(dependencies: RecoveryDependencies): Recover {
  const { athenaFor, store, postpone, clock, awaited, noteReplies } = dependencies;

  return async (request) => {
    const { accountId, region, attempt } = request;
    const found = await store.findEvents(request.events);
    const open = found.filter(isRecoverable);
    const athena = athenaFor(accountId, region);
    const asked = athena
      ? await askAll(athena, open, dependencies)
      : open.map((event) => toUnavailable(event, 'access-denied'));

    const delaySeconds = delayBeforeNext(attempt);
    const progress = asked.map((each) => (delaySeconds === undefined ? giveUp(each) : each));
    await inParallel([...progress.entries()], async ([index, { event: after }]) => {
      const before = open[index];
      if (before && !isDeepStrictEqual(before, after)) await store.putRecovered(before, after);
    });

    for (const { event } of progress) {
      if (event.outcome === 'running') await awaited?.add(event.queryExecutionId ?? '', event);
    }

    const final = progress.filter(({ isFinal }) => isFinal).map(({ event }) => event);
    const settled = new Set(
      [...found.filter((event) => !isRecoverable(event)), ...final].map(idOf),
    );
    // Also those that ingest has written but that cannot be seen yet.
    const events = request.events.filter((identity) => !settled.has(idOf(identity)));
    const isPostponed = events.length > 0 && delaySeconds !== undefined;
    if (isPostponed) await postpone({ ...request, attempt: attempt + 1, events }, delaySeconds);
    const replies = asked.map(({ reply }) => reply);
    const hasRefused = replies.includes('refusal');
    const hasAnswered = replies.includes('answer');
    if (hasRefused || hasAnswered) await noteReplies?.(accountId, { hasRefused, hasAnswered });
    const told = final.filter(({ statement }) => statement?.unavailable === undefined);
    return {
      // Without those whose end nobody can tell any more: their text was never masked.
      recovered: told.filter((event) => !isRecoverable(event)).length,
      unavailable: final.length - told.length,
      postponed: isPostponed ? events.length : 0,
      unanswered: replies.filter((reply) => reply === 'none').length,
    };
  };

  async function askAll(
    athena: AthenaHistory,
    events: readonly AuditEvent[],
    settings: CompletionSettings,
  ): Promise<readonly Progress[]> {
    const forgotten = athena.forgetsAfterMs ?? Number.POSITIVE_INFINITY;
    const known = events.filter((event) => ageOf(event) <= forgotten);
    const executions = await athena.queryExecutions(askedExecutions(known));
    const askBody = rememberingBodies(athena);
    return Promise.all(
      events.map(async (event): Promise<Progress> => {
        if (ageOf(event) > forgotten) return toUnavailable(event, 'expired');
        if (event.queryExecutionId === undefined)
          return takeText(event, await askText(athena, event));
        const answer = executions.get(event.queryExecutionId) ?? { retry: true };
        if (!('found' in answer)) return withoutAnswer(event, answer);
        const completed = completeEvent(event, answer.found, settings);
        return withPreparedBody(askBody, event, completed);
      }),
    );
  }

  /** A saved query or a prepared statement: only its text is masked. */
  function askText(athena: AthenaHistory, event: AuditEvent): Promise<Answer<string>> {
    const { namedQueryId, preparedStatement } = event.references ?? {};
    if (namedQueryId !== undefined) return athena.namedQuery(namedQueryId);
    if (preparedStatement === undefined) return Promise.resolve({ unavailable: 'not-found' });
    return athena.preparedStatement(event.workgroup ?? DEFAULT_WORKGROUP, preparedStatement);
  }

  function takeText(event: AuditEvent, answer: Answer<string>): Progress {
    if (!('found' in answer)) return withoutAnswer(event, answer);
    const told = applyStatement(event, answer.found, dependencies);
    return { event: told, isFinal: true, reply: 'answer' };
  }

  /** `EXECUTE name` touches the tables of the statement behind the name. */
  async function withPreparedBody(
    askBody: AthenaHistory['preparedStatement'],
    before: AuditEvent,
    completed: AuditEvent,
  ): Promise<Progress> {
    const isFinal = completed.outcome !== 'running' && completed.outcome !== 'accepted';
    const name = completed.references?.preparedStatement;
    if (completed.operation !== 'EXECUTE' || name === undefined)
      return { event: completed, isFinal, reply: 'answer' };
    const body = await askBody(completed.workgroup ?? DEFAULT_WORKGROUP, name);
    if ('retry' in body) {
      return { event: before, isFinal: false, reply: 'none', atWorst: completed };
    }
    const event = 'found' in body ? applyPreparedBody(completed, body.found) : completed;
    return { event, isFinal, reply: isRefusal(body) ? 'refusal' : 'answer' };
  }

  function withoutAnswer(
    event: AuditEvent,
    answer: Exclude<Answer<never>, { found: never }>,
  ): Progress {
    if ('retry' in answer) return { event, isFinal: false, reply: 'none' };
    if (isRefusal(answer)) return { ...toUnavailable(event, 'access-denied'), reply: 'refusal' };
    const isOld = answer.unavailable === 'not-found' && ageOf(event) > HISTORY_MS;
    return toUnavailable(event, isOld ? 'expired' : answer.unavailable);
  }

  function ageOf({ eventTime }: AuditEvent): number {
    return clock().getTime() - Date.parse(eventTime);
  }
}

function isRefusal(answer: Answer<unknown>): boolean {
  return 'unavailable' in answer && answer.unavailable === 'access-denied';
}

function askedExecutions(events: readonly AuditEvent[]) {
  const asked = new Map<string, { id: string; workgroup?: string }>();
  for (const { queryExecutionId: id, workgroup } of events) {
    if (id !== undefined) asked.set(id, { id, workgroup });
  }
  return [...asked.values()];
}

/** Asks once for what many executions name; each call counts against the limit of all users. */
function rememberingBodies(athena: AthenaHistory): AthenaHistory['preparedStatement'] {
  const asked = new Map<string, Promise<Answer<string>>>();
  return (workgroup, name) => {
    const key = `${workgroup} ${name}`;
    const body = asked.get(key) ?? askBody(athena, workgroup, name);
    asked.set(key, body);
    return body;
  };
}

/** AWS does not say whether a statement's own `EXECUTE DailySales` keeps the case of the name. */
async function askBody(
  athena: AthenaHistory,
  workgroup: string,
  name: string,
): Promise<Answer<string>> {
  const body = await athena.preparedStatement(workgroup, name);
  const lower = name.toLowerCase();
  const isMissing = 'unavailable' in body && body.unavailable === 'not-found';
  return isMissing && lower !== name ? athena.preparedStatement(workgroup, lower) : body;
}

/** An event whose text CloudTrail itself shows keeps it; only how it ended stays unknown. */
function toUnavailable(event: AuditEvent, unavailable: UnavailableReason): Progress {
  const hasText = event.statement?.text !== undefined;
  return { event: hasText ? event : { ...event, statement: { unavailable } }, isFinal: true };
}

/** The last answer was no answer: a text that is still missing says so. */
function giveUp(progress: Progress): Progress {
  const { event, isFinal, atWorst = event } = progress;
  return isFinal ? progress : toUnavailable(atWorst, 'throttled-out');
}

function idOf({ accountId, eventTime, eventId, eventName }: RecoveryRequest['events'][number]) {
  return [accountId, eventTime, eventId, eventName].join('\n');
}
