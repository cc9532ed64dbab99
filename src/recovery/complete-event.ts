import type { QueryExecution } from '@aws-sdk/client-athena';
import { applyStatement } from '../event/apply-statement';
import type { AuditEvent } from '../event/audit-event';
import { defined } from '../event/defined';
import { describeError } from '../event/denial';
import { costOf, type Pricing } from './cost';

export interface CompletionSettings {
  readonly pricing: Pricing;
  /** Store the text with its literals masked. */
  readonly redactLiterals?: boolean;
}

type Outcome = AuditEvent['outcome'];
type Execution = NonNullable<AuditEvent['execution']>;

const OUTCOMES: ReadonlyMap<string, Outcome> = new Map([
  ['QUEUED', 'running'],
  ['RUNNING', 'running'],
  ['SUCCEEDED', 'succeeded'],
  ['FAILED', 'failed'],
  ['CANCELLED', 'cancelled'],
]);
const CLASSES: ReadonlySet<string> = new Set(['DDL', 'DML', 'UTILITY']);

/**
 * The event with what Athena tells of its execution. The same event and execution give the same
 * result, and so does an event that was completed before.
 */
export function completeEvent(
  event: AuditEvent,
  execution: QueryExecution,
  { pricing, redactLiterals }: CompletionSettings,
): AuditEvent {
  const { QueryExecutionContext: context, Status, Statistics } = execution;
  const database = context?.Database || event.database;
  const catalog = context?.Catalog || event.catalog;
  const told = withText({ ...event, database, catalog }, execution, redactLiterals);
  const outcome = OUTCOMES.get(Status?.State ?? '') ?? event.outcome;
  return defined({
    ...told,
    workgroup: execution.WorkGroup || event.workgroup,
    outcome,
    error: outcome === 'failed' ? errorOf(execution) : event.error,
    scannedBytes: wholeNumber(Statistics?.DataScannedInBytes) ?? event.scannedBytes,
    durationMs: wholeNumber(Statistics?.TotalExecutionTimeInMillis) ?? event.durationMs,
    costUsd: costOf(execution, told, pricing),
    execution: describeExecution(execution),
  });
}

/** A text that CloudTrail itself shows stays; Athena's own is put in, again if need be. */
function withText(
  event: AuditEvent,
  execution: QueryExecution,
  redactLiterals: boolean | undefined,
): AuditEvent {
  const { statement, database, catalog } = event;
  if (statement?.text !== undefined && statement.source !== 'athena') return event;
  const { Query: text, StatementType, SubstatementType } = execution;
  if (!text) return { ...event, statement: { unavailable: 'not-found' } };
  const told = applyStatement(event, text, { database, catalog, redactLiterals });
  if (told.class !== 'UNKNOWN' || !isClass(StatementType)) return told;
  return {
    ...told,
    class: StatementType,
    operation: SubstatementType || told.operation,
    classifier: { ...told.classifier, basis: 'athena-api' },
  };
}

function isClass(type: string | undefined): type is 'DDL' | 'DML' | 'UTILITY' {
  return type !== undefined && CLASSES.has(type);
}

function errorOf({ Status }: QueryExecution): AuditEvent['error'] {
  const { AthenaError, StateChangeReason } = Status ?? {};
  const message = StateChangeReason || AthenaError?.ErrorMessage || undefined;
  // `TABLE_NOT_FOUND: line 1:15: …`: Athena's own name where it has one, else its number.
  const named = /^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+):/.exec(message ?? '')?.[1];
  const code = named ?? `ATHENA_ERROR_${AthenaError?.ErrorType ?? 'UNKNOWN'}`;
  return describeError({ code, message, stage: 'execution' });
}

function describeExecution(execution: QueryExecution): Execution | undefined {
  const { Status, Statistics, StatementType, SubstatementType, EngineVersion } = execution;
  return defined({
    state: Status?.State || undefined,
    stateReason: Status?.StateChangeReason || undefined,
    errorCategory: wholeNumber(Status?.AthenaError?.ErrorCategory),
    errorType: wholeNumber(Status?.AthenaError?.ErrorType),
    statementType: StatementType || undefined,
    substatementType: SubstatementType || undefined,
    submittedAt: Status?.SubmissionDateTime?.toISOString(),
    completedAt: Status?.CompletionDateTime?.toISOString(),
    queueMs: wholeNumber(Statistics?.QueryQueueTimeInMillis),
    planningMs: wholeNumber(Statistics?.QueryPlanningTimeInMillis),
    executionMs: wholeNumber(Statistics?.EngineExecutionTimeInMillis),
    engineVersion: EngineVersion?.EffectiveEngineVersion || undefined,
    outputLocation: execution.ResultConfiguration?.OutputLocation || undefined,
    reusedResult: Statistics?.ResultReuseInformation?.ReusedPreviousResult,
    dpuCount: Statistics?.DpuCount,
  });
}

/** A figure as the model keeps it; anything else that an answer may hold is left out. */
function wholeNumber(value: number | undefined): number | undefined {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
