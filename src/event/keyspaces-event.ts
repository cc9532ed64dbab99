import { booleanOf, type Json } from '../cloudtrail/record';
import { CLASSIFIER_VERSION, classifyStatement } from '../statement/classify';
import { fingerprintStatement, redactLiterals as redact } from '../statement/fingerprint';
import { describeText, type EventTable, type StatementOptions, tablesOf } from './apply-statement';
import type { AuditEvent } from './audit-event';
import { operationOf, parametersOf } from './catalogue';
import {
  ANYWHERE_IN_KEYSPACES,
  KEYSPACES_EVENTS,
  type KeyspacesEntry,
} from './catalogue-keyspaces';
import { type EventContents, fieldReader, isMasked, resourcesOf } from './event-contents';
import { outlineStatement } from './keyspaces-outline';

interface Target {
  readonly keyspace?: string;
  readonly table?: string;
}

/** `…:/keyspace/<keyspace>/`, `…/table/<table>`, `…/stream/<label>`, with or without a last slash. */
const KEYSPACES_ARN = /:\/keyspace\/([^/]+)(?:\/table\/([^/]+))?/;
/** The service's own keyspaces: `system`, `system_schema`, …; `systems` is a user's. */
const SYSTEM_KEYSPACE = /^system(?:_|$)/;

const MAX_REMEMBERED = 1000;
const MAX_REMEMBERED_LENGTH = 1000;
const fingerprints = new Map<string, string>();

/**
 * What a Keyspaces record says the call did, and to what. Class and operation follow the event name;
 * a definition statement has its text in the record, a data statement only parts of itself.
 */
export function describeKeyspacesCall(
  record: Json,
  eventName: string,
  options: StatementOptions,
): EventContents {
  const entry = KEYSPACES_EVENTS.get(eventName) ?? unknownEntry(eventName, record);
  const read = fieldReader(record, entry.where);
  const resources = resourcesOf(record, read('resourceArn'));
  const target = targetOf(read('database'), read('table'), resources);
  const call: EventContents = {
    class: entry.class,
    operation: entry.operation,
    access: entry.access,
    statement: undefined,
    flags: undefined,
    classifier: { version: CLASSIFIER_VERSION, basis: 'event-name' },
    tables: touchedTables(entry, target),
    columns: undefined,
    catalog: undefined,
    database: target.keyspace,
    workgroup: undefined,
    queryExecutionId: undefined,
    references: undefined,
    resources,
  };
  if (entry.form === 'parts')
    return { ...call, ...describeParts(record, eventName, target, options) };
  if (entry.form === 'none') return call;
  const text = read('statement');
  if (text === undefined || isMasked(text)) {
    const statement = text === undefined ? undefined : ({ unavailable: 'hidden' } as const);
    const access = namesTags(eventName, record) ? 'control' : call.access;
    return { ...call, access, statement, flags: flagsWithoutText(entry) };
  }
  return { ...call, ...describeDefinition(entry, text, target, call.tables, options) };
}

function unknownEntry(eventName: string, record: Json): KeyspacesEntry {
  const readOnly = booleanOf(record.readOnly);
  const access = readOnly === undefined ? 'unknown' : readOnly ? 'read' : 'write';
  return {
    eventName,
    about: '',
    class: 'UNKNOWN',
    operation: operationOf(eventName),
    access,
    where: ANYWHERE_IN_KEYSPACES,
    form: 'text',
    touches: access === 'write' ? 'write' : 'read',
  };
}

/** The parameters name the target; where they do not, a resource's ARN does. */
function targetOf(
  keyspace: string | undefined,
  table: string | undefined,
  resources: AuditEvent['resources'],
): Target {
  if (keyspace !== undefined && table !== undefined) return { keyspace, table };
  for (const { arn } of resources) {
    const [, arnKeyspace, arnTable] = KEYSPACES_ARN.exec(arn ?? '') ?? [];
    if (arnKeyspace !== undefined && (keyspace ?? arnKeyspace) === arnKeyspace) {
      return { keyspace: arnKeyspace, table: table ?? arnTable };
    }
  }
  return { keyspace, table };
}

function touchedTables({ touches }: KeyspacesEntry, { keyspace, table }: Target): EventTable[] {
  if (touches === undefined || (keyspace === undefined && table === undefined)) return [];
  const name = keyspace === undefined ? `${table}` : `${keyspace}.${table ?? '*'}`;
  return [{ name, access: touches }];
}

function describeParts(
  record: Json,
  eventName: string,
  target: Target,
  options: StatementOptions,
): Partial<EventContents> {
  if (eventName === 'Select' && isDefinitionRead(record, target)) return { access: 'metadata' };
  const outlined = describeOutline(record, eventName, target, options);
  const isSystem = SYSTEM_KEYSPACE.test(target.keyspace ?? '');
  return eventName === 'Select' && isSystem ? { ...outlined, access: 'metadata' } : outlined;
}

/**
 * An SDK's GetTable, ListTables … is logged as a Select, without anything that is selected. Where
 * CloudTrail left out all parameters, for their size, a Select of a table may be one of its rows.
 */
function isDefinitionRead(record: Json, { table }: Target): boolean {
  const parameters = parametersOf(record);
  if (parameters === undefined) return record.requestParameters == null && table === undefined;
  return parameters.select == null && parameters.conditions == null;
}

/** CQL has no UPDATE or DELETE without WHERE: a data statement is never `destructive`. */
function describeOutline(
  record: Json,
  eventName: string,
  { keyspace, table }: Target,
  options: StatementOptions,
): Partial<EventContents> {
  const parameters = parametersOf(record);
  if (parameters === undefined || table === undefined) return {};
  const outline = outlineStatement(eventName, { keyspace, name: table }, parameters);
  if (outline === undefined) return {};
  const fingerprint = fingerprintShape(outline.shape);
  return {
    statement: options.redactLiterals
      ? { text: redact(outline.shape, 'cql'), source: 'outline', fingerprint, redacted: true }
      : { text: outline.text, source: 'outline', fingerprint },
    flags: parameters.allowFiltering === true ? ['allowFiltering'] : undefined,
    columns: outline.columns.length > 0 ? [...outline.columns] : undefined,
  };
}

/** Programs run their few statements over and over. */
function fingerprintShape(shape: string): string {
  let fingerprint = fingerprints.get(shape);
  if (fingerprint === undefined) {
    fingerprint = fingerprintStatement(shape, 'cql');
    if (fingerprints.size >= MAX_REMEMBERED) fingerprints.clear();
    if (shape.length <= MAX_REMEMBERED_LENGTH) fingerprints.set(shape, fingerprint);
  }
  return fingerprint;
}

function describeDefinition(
  entry: KeyspacesEntry,
  text: string,
  { keyspace }: Target,
  named: readonly EventTable[],
  options: StatementOptions,
): Partial<EventContents> {
  const facts = classifyStatement(text, 'cql');
  const isType = entry.touches === undefined;
  const written =
    isType || entry.class === 'UNKNOWN' ? [] : tablesOf(facts, 'cql', { database: keyspace });
  const added = written.filter(
    (table) => !named.some(({ name, access }) => name === table.name && access === table.access),
  );
  // An SDK's TagResource and UntagResource are logged as AlterTable.
  const changesTags = facts.class === entry.class && facts.access === 'control';
  return {
    access: changesTags ? 'control' : entry.access,
    statement: describeText(text, 'cql', 'cloudtrail', options),
    flags: facts.flags.length > 0 ? [...facts.flags] : undefined,
    tables: [...named, ...added],
    columns: facts.columns.length > 0 ? [...facts.columns] : undefined,
  };
}

function flagsWithoutText({ eventName }: KeyspacesEntry): AuditEvent['flags'] {
  return /^Drop(Keyspace|Table|Udt)$/.test(eventName) ? ['destructive'] : undefined;
}

/** A change of tags alone, told by its parameters. */
function namesTags(eventName: string, record: Json): boolean {
  const { tags, tagKeys } = parametersOf(record) ?? {};
  return /^Alter(Table|Keyspace)$/.test(eventName) && (tags != null || tagKeys != null);
}
