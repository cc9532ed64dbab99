import type { AuditEvent } from '../event/audit-event';
import { DENIED } from '../event/denial';
import { ATTRIBUTES, SPECIAL } from './attributes';
import type { EventFilter } from './event-store';
import { keyPart, keyTime, principalKey, type TableRef, tableRef, tableRefs } from './keys';
import { INDEXES, TABLE } from './names';

/** A DynamoDB filter: lets through every item that can match, and few others. */
export interface Expression {
  readonly FilterExpression?: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}

/** What a query reads: whole events, index entries, or table entries (which may lack attributes). */
export type Source = 'events' | 'index' | 'entries';

/** Most principals or values that an expression names. */
const MAX_ALTERNATIVES = 20;
/** Longer values may be stored cut. */
const MAX_VALUE_LENGTH = 64;

/** Whether an event is on the list: the meaning of every filter. */
export function matches(event: AuditEvent, filter: EventFilter): boolean {
  const time = keyTime(event.eventTime);
  return (
    time >= keyTime(filter.from) &&
    time < keyTime(filter.to) &&
    isOneOf(event.class, filter.class) &&
    isOneOf(event.operation, filter.operation) &&
    isEqual(event.service, filter.service) &&
    isEqual(event.access, filter.access) &&
    isEqual(event.actor, filter.actor) &&
    isEqual(event.accountId, filter.account) &&
    isEqual(event.region, filter.region) &&
    isEqual(event.outcome, filter.outcome) &&
    matchesError(event, filter.error) &&
    isEqual(event.sourceIp, filter.sourceIp) &&
    isEqual(event.workgroup, filter.workgroup) &&
    matchesPrincipal(event, filter.principal) &&
    matchesTable(event, filter) &&
    matchesText(event.statement?.text, filter.q)
  );
}

/** The table a filter asks for; table `*` stands for every table of its database. */
export function askedTable(filter: EventFilter): TableRef | undefined {
  return filter.table === undefined ? undefined : tableRef(filter.table);
}

/** The database a filter names, by itself or before a table. */
function askedDatabases(filter: EventFilter): string[] {
  const databases = [filter.database?.toLowerCase(), askedTable(filter)?.database];
  return databases.filter((database) => database !== undefined && database !== '') as string[];
}

/** As much of a filter as DynamoDB can check, on top of a key condition's names and values. */
export function filterExpression(
  filter: EventFilter,
  source: Source,
  principalKeys: readonly string[] | undefined,
  key: Expression,
): Expression {
  const names: Record<string, string> = { ...key.ExpressionAttributeNames };
  const values: Record<string, unknown> = { ...key.ExpressionAttributeValues };
  const conditions: string[] = [];

  function name(attribute: string): string {
    names[`#${attribute}`] = attribute;
    return `#${attribute}`;
  }
  function value(of: string): string {
    const reference = `:v${Object.keys(values).length}`;
    values[reference] = of;
    return reference;
  }
  function require(attribute: string, tests: readonly string[]): void {
    const missing = source === 'entries' ? [`attribute_not_exists(${name(attribute)})`] : [];
    conditions.push(`(${[...missing, ...tests].join(' OR ')})`);
  }
  function requireOneOf(
    attribute: string,
    wanted: readonly string[] | undefined,
    orPresent: readonly string[] = [],
  ): void {
    if (!wanted || wanted.length > MAX_ALTERNATIVES) return;
    if (wanted.some((text) => text.length > MAX_VALUE_LENGTH)) return;
    require(attribute, [
      ...wanted.map((text) => `${name(attribute)} = ${value(text)}`),
      ...orPresent.map((other) => `attribute_exists(${name(other)})`),
    ]);
  }
  function requirePrefix(attribute: string, prefixes: readonly string[]): void {
    if (prefixes.length > MAX_ALTERNATIVES) return;
    require(attribute, prefixes.map((text) => `begins_with(${name(attribute)}, ${value(text)})`));
  }

  for (const field of SINGLE) {
    if (source === 'entries' && (field === 'service' || field === 'workgroup')) continue;
    const wanted = filter[field];
    if (wanted !== undefined) requireOneOf(ATTRIBUTES[field], [wanted]);
  }
  requireOneOf(ATTRIBUTES.operation, filter.operation);
  if (source === 'entries') {
    requireOneOf(SPECIAL.eventClass, filter.class);
    if (filter.account !== undefined) requireOneOf(SPECIAL.accountId, [keyPart(filter.account)]);
    return expression(conditions, names, values);
  }

  requireOneOf(
    ATTRIBUTES['error.code'],
    filter.error,
    filter.error?.includes(DENIED) ? [ATTRIBUTES['error.denied']] : [],
  );

  const classKey = INDEXES.byClass.partitionKey;
  if (filter.class && !isKey(classKey)) {
    requirePrefix(
      classKey,
      filter.class.map((wanted) => `C#${wanted}#`),
    );
  }
  const principalPartition = INDEXES.byPrincipal.partitionKey;
  if (principalKeys && !isKey(principalPartition)) {
    requirePrefix(
      principalPartition,
      principalKeys.map((wanted) => `P#${keyPart(wanted)}#`),
    );
  }
  if (filter.account !== undefined && !isKey(TABLE.partitionKey)) {
    requirePrefix(TABLE.partitionKey, [`A#${keyPart(filter.account)}#`]);
  }
  for (const database of askedDatabases(filter)) {
    const marks = name(SPECIAL.databases);
    conditions.push(
      `(contains(${marks}, ${value(`\n${database}\n`)}) OR ${marks} = ${value('*')})`,
    );
  }
  return expression(conditions, names, values);

  function isKey(attribute: string): boolean {
    return Object.values(key.ExpressionAttributeNames).includes(attribute);
  }
}

const SINGLE = [
  'service',
  'access',
  'actor',
  'region',
  'outcome',
  'sourceIp',
  'workgroup',
] as const;

function expression(
  conditions: readonly string[],
  ExpressionAttributeNames: Record<string, string>,
  ExpressionAttributeValues: Record<string, unknown>,
): Expression {
  return {
    ...(conditions.length > 0 && { FilterExpression: conditions.join(' AND ') }),
    ExpressionAttributeNames,
    ExpressionAttributeValues,
  };
}

function isOneOf(value: string, wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || wanted.includes(value);
}

function isEqual(value: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || value === wanted;
}

function matchesError({ error }: AuditEvent, wanted: EventFilter['error']): boolean {
  if (wanted === undefined) return true;
  if (error === undefined) return false;
  return wanted.includes(error.code) || (error.denied === true && wanted.includes(DENIED));
}

function matchesPrincipal(event: AuditEvent, wanted: EventFilter['principal']): boolean {
  if (wanted === undefined) return true;
  const { principal } = event;
  const names = [
    principal.name,
    principal.arn,
    principal.roleArn,
    principal.roleArn?.split('/').at(-1),
    principal.sessionName,
    principalKey(principal),
  ].map((name) => name?.toLowerCase());
  return wanted.some((name) => names.includes(name.toLowerCase()));
}

function matchesTable(event: AuditEvent, filter: EventFilter): boolean {
  const asked = askedTable(filter);
  const database = filter.database?.toLowerCase();
  if (asked === undefined && database === undefined) return true;
  const refs = tableRefs(event);
  return (
    (database === undefined || refs.some((ref) => ref.database === database)) &&
    (asked === undefined || refs.some((ref) => isAskedTable(ref, asked)))
  );
}

/** A bare name asks for that table of any database; `db.*` for any table of a database. */
export function isAskedTable(ref: TableRef, asked: TableRef): boolean {
  if (ref.table === '') return false;
  if (asked.database !== '' && ref.database !== asked.database) return false;
  return asked.table === '*' || ref.table === asked.table;
}

/** Whether an item that lists its event's tables can be of the asked one. */
export function mayTouch(item: Readonly<Record<string, unknown>>, filter: EventFilter): boolean {
  const asked = askedTable(filter);
  if (asked === undefined) return true;
  const tables = item[SPECIAL.tables];
  return (
    Array.isArray(tables) &&
    tables.some((table) => isAskedTable(tableRef(String(table).slice(1)), asked))
  );
}

export function matchesText(text: string | undefined, q: string | undefined): boolean {
  if (q === undefined) return true;
  return text?.toLowerCase().includes(q.toLowerCase()) ?? false;
}
