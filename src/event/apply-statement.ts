import {
  CLASSIFIER_VERSION,
  classifyStatement,
  type Dialect,
  type StatementFacts,
} from '../statement/classify';
import { fingerprintStatement, redactLiterals } from '../statement/fingerprint';
import type { AuditEvent } from './audit-event';
import { defined } from './defined';

export type EventTable = AuditEvent['tables'][number];
type Resource = AuditEvent['resources'][number];
type Statement = NonNullable<AuditEvent['statement']>;

/**
 * Read, and as many written. Each table is an entry of its own in the store, and a text of tens of
 * thousands costs its author nothing, since Athena refuses it for free.
 */
const MAX_TABLES = 500;

/** In lower case, as the statement engine gives names. */
const DEFAULT_CATALOG = 'awsdatacatalog';
const IN_DEFAULT_CATALOG = /^awsdatacatalog\.[^.]+\./;

/** Where a statement looks for what it does not qualify. */
type QueryContext = Pick<AuditEvent, 'database' | 'catalog'>;

export interface StatementOptions {
  /** Store the text with its literals masked. */
  readonly redactLiterals?: boolean;
}

export interface RecoveredStatement extends StatementOptions {
  /** As the Athena API tells it; without it, what the event already says. */
  readonly database?: string;
  readonly catalog?: string;
}

/**
 * The event with a recovered Athena text: class, operation, access, tables, columns, flags and S3
 * locations follow from it, by the same rules as for a text that CloudTrail shows. An event of class
 * API (a saved query, a prepared statement) runs nothing: it only gets the text.
 */
export function applyStatement(
  event: AuditEvent,
  text: string,
  recovered: RecoveredStatement = {},
): AuditEvent {
  const statement = describeText(text, 'athena', 'athena', recovered);
  if (event.class === 'API') return { ...event, statement };
  const { database = event.database, catalog = event.catalog } = recovered;
  const facts = classifyStatement(text, 'athena');
  const contents = contentsOf(facts, { database, catalog });
  const { flags: _flags, columns: _columns, ...rest } = event;
  return defined({
    ...rest,
    ...contents,
    statement,
    catalog,
    database,
    references: withPreparedStatement(event.references, facts),
    resources: mergeResources(event.resources, contents.resources),
    shortened: mergeShortened(event.shortened, contents.shortened),
  });
}

/**
 * The event of an `EXECUTE name` with what the prepared statement behind the name does: its access,
 * tables, columns, flags and S3 locations. Class, operation and text stay those of the EXECUTE.
 */
export function applyPreparedBody(event: AuditEvent, body: string): AuditEvent {
  const facts = classifyStatement(body, 'athena');
  const contents = contentsOf(facts, event);
  const { access, tables, columns, flags } = contents;
  return defined({
    ...event,
    ...{ access, tables, columns, flags },
    resources: mergeResources(event.resources, contents.resources),
    shortened: mergeShortened(event.shortened, contents.shortened),
  });
}

/** What the text of an Athena statement says about its event. */
export function contentsOf(
  facts: StatementFacts,
  context: QueryContext,
): Pick<
  AuditEvent,
  | 'class'
  | 'operation'
  | 'access'
  | 'flags'
  | 'classifier'
  | 'tables'
  | 'columns'
  | 'resources'
  | 'shortened'
> {
  const isCut = facts.reads.length > MAX_TABLES || facts.writes.length > MAX_TABLES;
  return {
    class: facts.class,
    operation: facts.operation,
    access: facts.access,
    flags: facts.flags.length > 0 ? [...facts.flags] : undefined,
    classifier: { version: CLASSIFIER_VERSION, basis: 'text' },
    tables: tablesOf(facts, 'athena', context),
    columns: facts.columns.length > 0 ? [...facts.columns] : undefined,
    resources: facts.locations.map(({ uri, access }) => ({ type: 'S3', uri, access })),
    shortened: isCut ? ['tables'] : undefined,
  };
}

/**
 * Tables read and written, each once: with the known database where the statement names none, and
 * without Athena's default catalog where no other one is the query's.
 */
export function tablesOf(
  facts: Pick<StatementFacts, 'reads' | 'writes'>,
  dialect: Dialect,
  { database, catalog = DEFAULT_CATALOG }: QueryContext,
): EventTable[] {
  // Athena's names do not tell upper from lower case; CQL's quoted ones do.
  const known = dialect === 'athena' ? database?.toLowerCase() : database;
  const isDefault = dialect === 'athena' && catalog.toLowerCase() === DEFAULT_CATALOG;
  const qualify = (name: string) => {
    if (!name.includes('.')) return known === undefined ? name : `${known}.${name}`;
    return isDefault && IN_DEFAULT_CATALOG.test(name)
      ? name.slice(DEFAULT_CATALOG.length + 1)
      : name;
  };
  const each = (names: readonly string[]) => [...new Set(names.slice(0, MAX_TABLES).map(qualify))];
  return [
    ...each(facts.reads).map((name): EventTable => ({ name, access: 'read' })),
    ...each(facts.writes).map((name): EventTable => ({ name, access: 'write' })),
  ];
}

/** The text as it is kept, with its fingerprint (always that of the full text). */
export function describeText(
  text: string,
  dialect: Dialect,
  source: Statement['source'],
  options: StatementOptions,
): Statement {
  const fingerprint = fingerprintStatement(text, dialect);
  return options.redactLiterals
    ? { text: redactLiterals(text, dialect), source, fingerprint, redacted: true }
    : { text, source, fingerprint };
}

export function withPreparedStatement(
  references: AuditEvent['references'],
  { preparedStatement }: StatementFacts,
): AuditEvent['references'] {
  return preparedStatement === undefined ? references : { ...references, preparedStatement };
}

function mergeShortened(
  before: AuditEvent['shortened'],
  added: AuditEvent['shortened'],
): AuditEvent['shortened'] {
  return added === undefined ? before : [...new Set([...(before ?? []), ...added])];
}

/** Both lists without repetitions, so that applying a text twice changes nothing. */
function mergeResources(before: readonly Resource[], added: readonly Resource[]): Resource[] {
  const isThere = ({ uri, access }: Resource) =>
    before.some((resource) => resource.uri === uri && resource.access === access);
  return [...before, ...added.filter((resource) => !isThere(resource))];
}
