import { booleanOf, type Json } from '../cloudtrail/record';
import { CLASSIFIER_VERSION, classifyStatement } from '../statement/classify';
import {
  contentsOf,
  describeText,
  type EventTable,
  type StatementOptions,
  withPreparedStatement,
} from './apply-statement';
import type { AuditEvent } from './audit-event';
import { type CatalogueEntry, type Field, operationOf } from './catalogue';
import { ANYWHERE_IN_ATHENA, ATHENA_EVENTS } from './catalogue-athena';
import { defined } from './defined';
import { type EventContents, fieldReader, isMasked, resourcesOf } from './event-contents';

type Read = (field: Field) => string | undefined;

/** Kinds of resource that a tagged ARN names: `arn:aws:athena:…:workgroup/<name>`. */
const NAMED_RESOURCE = /:(workgroup|datacatalog|capacity-reservation)\/(.+)$/;

/** What is known of the call before its parameters are looked at. */
interface Call {
  readonly eventName: string;
  readonly region: string | undefined;
  readonly isFailed: boolean;
}

/** What an Athena record says the call did, and to what. */
export function describeAthenaCall(
  record: Json,
  { eventName, region, isFailed }: Call,
  options: StatementOptions,
): EventContents {
  const known = ATHENA_EVENTS.get(eventName);
  const entry = known ?? unknownEntry(eventName, record);
  const read = fieldReader(record, entry.where);
  const database = read('database');
  const [, kind, name] = NAMED_RESOURCE.exec(read('resourceArn') ?? '') ?? [];
  const call: EventContents = {
    class: entry.class,
    operation: entry.operation,
    access: accessOf(entry, record),
    statement: undefined,
    flags: undefined,
    classifier: { version: CLASSIFIER_VERSION, basis: 'event-name' },
    tables: namedTables(database, read('table')),
    columns: undefined,
    catalog: read('catalog') ?? (kind === 'datacatalog' ? name : undefined),
    database,
    workgroup: read('workgroup') ?? (kind === 'workgroup' ? name : undefined),
    queryExecutionId: read('queryExecutionId'),
    references: referencesOf(read, kind === 'capacity-reservation' ? name : undefined),
    resources: [...resourcesOf(record, read('resourceArn')), ...outputOf(read)],
  };
  if (entry.where.statement === undefined) return call;
  const text = read('statement');
  // What an unknown call does not say, it may not have.
  if (text === undefined && known === undefined) return call;
  if (text === undefined || isMasked(text)) {
    return { ...call, statement: unavailable({ eventName, region, isFailed }, read) };
  }
  if (eventName === 'StartCalculationExecution') {
    // Nothing here could tell the literals of Python.
    const { redactLiterals } = options;
    const hidden = { unavailable: 'hidden', redacted: true } as const;
    return { ...call, statement: redactLiterals ? hidden : { text, source: 'cloudtrail' } };
  }
  const statement = describeText(text, 'athena', 'cloudtrail', options);
  if (eventName !== 'StartQueryExecution') return { ...call, statement };
  const facts = classifyStatement(text, 'athena');
  const contents = contentsOf(facts, call);
  return {
    ...call,
    ...contents,
    statement,
    references: withPreparedStatement(call.references, facts),
    resources: [...call.resources, ...contents.resources],
  };
}

function unknownEntry(eventName: string, record: Json): CatalogueEntry {
  const readOnly = booleanOf(record.readOnly);
  const access = readOnly === undefined ? 'unknown' : readOnly ? 'metadata' : 'control';
  const operation = operationOf(eventName);
  return { eventName, about: '', class: 'UNKNOWN', operation, access, where: ANYWHERE_IN_ATHENA };
}

/** The record's own word counts, save that a download of results stays a read. */
function accessOf(entry: CatalogueEntry, record: Json): AuditEvent['access'] {
  const readOnly = booleanOf(record.readOnly);
  if (entry.class !== 'API' || entry.access === 'read' || readOnly === undefined)
    return entry.access;
  return readOnly ? 'metadata' : 'control';
}

function namedTables(database: string | undefined, table: string | undefined): EventTable[] {
  if (table === undefined) return [];
  const name = database === undefined ? table : `${database}.${table}`;
  return name === '*' ? [] : [{ name: name.toLowerCase(), access: 'read' }];
}

function referencesOf(read: Read, reservation: string | undefined): AuditEvent['references'] {
  const references = defined({
    namedQueryId: read('namedQueryId'),
    preparedStatement: read('preparedStatement'),
    sessionId: read('sessionId'),
    calculationExecutionId: read('calculationExecutionId'),
    notebookId: read('notebookId'),
    capacityReservation: read('capacityReservation') ?? reservation,
  });
  return Object.keys(references).length > 0 ? references : undefined;
}

function outputOf(read: Read): AuditEvent['resources'] {
  const uri = read('outputLocation');
  return uri === undefined ? [] : [{ type: 'S3', uri, access: 'write' }];
}

/**
 * Why there is no text. It comes back from the Athena API where a Region and an id lead to it; a call
 * that failed never got an id.
 */
function unavailable({ eventName, region, isFailed }: Call, read: Read): AuditEvent['statement'] {
  if (isFailed) return { unavailable: 'call-failed' };
  const isAskedFor = ATHENA_EVENTS.has(eventName) && eventName !== 'StartCalculationExecution';
  if (!isAskedFor) return { unavailable: 'hidden' };
  const id = read('queryExecutionId') ?? read('namedQueryId') ?? read('preparedStatement');
  return { unavailable: id === undefined || region === undefined ? 'not-found' : 'pending' };
}
