import type { AuditEvent } from '../../event/audit-event';
import { toOneLine } from '../../safe-text';
import { formatCost, formatTime } from './quantities';
import type { Format } from './style';
import type { Column } from './table';

const OUTCOME_FORMATS: Readonly<Record<AuditEvent['outcome'], Format>> = {
  succeeded: 'green',
  failed: 'red',
  cancelled: 'yellow',
  running: 'cyan',
  accepted: 'cyan',
};

const ACCESS_FORMATS: Readonly<Partial<Record<AuditEvent['access'], Format>>> = {
  schema: 'yellow',
  write: 'cyan',
};

/** Time, who, what, on what, outcome, cost. */
export const EVENT_COLUMNS: readonly Column<AuditEvent>[] = [
  { title: 'time (UTC)', text: ({ eventTime }) => formatTime(eventTime), format: () => 'dim' },
  { title: 'who', text: ({ principal }) => toOneLine(principal.name), minWidth: 8 },
  {
    title: 'operation',
    text: ({ operation }) => toOneLine(operation),
    format: ({ access }) => ACCESS_FORMATS[access],
    minWidth: 8,
  },
  { title: 'statement', text: describeStatement, minWidth: 12, dispensable: 2 },
  { title: 'on what', text: describeTarget, minWidth: 8 },
  {
    title: 'outcome',
    text: describeOutcome,
    format: ({ outcome }) => OUTCOME_FORMATS[outcome],
    minWidth: 9,
  },
  { title: 'cost', text: ({ costUsd }) => formatCost(costUsd), align: 'right', dispensable: 1 },
];

function describeStatement({ statement }: AuditEvent): string {
  if (statement?.text !== undefined) return toOneLine(statement.text);
  return statement?.unavailable ? `(text ${statement.unavailable})` : '';
}

function describeTarget({ tables, database, workgroup }: AuditEvent): string {
  const names = [...new Set(tables.map(({ name }) => name))];
  if (names.length > 0) return toOneLine(names.join(', '));
  return toOneLine(database ?? workgroup ?? '');
}

function describeOutcome({ outcome, error }: AuditEvent): string {
  return error === undefined ? outcome : `${outcome}: ${toOneLine(error.code)}`;
}
