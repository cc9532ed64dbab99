import { isObject, type Json, objectOf, textOf } from '../cloudtrail/record';
import type { AuditEvent } from './audit-event';

/**
 * Where a record holds a value: member names joined with dots, looked for in `requestParameters`,
 * or in `responseElements` with a leading `>`. `=word` is that word itself, for what a call means
 * when it does not say. Several are tried in turn.
 */
export type Path = string | readonly string[];

/** What can be read from a record's parameters. */
export type Field =
  | 'statement'
  | 'catalog'
  | 'database'
  | 'table'
  | 'workgroup'
  | 'queryExecutionId'
  | 'namedQueryId'
  | 'preparedStatement'
  | 'sessionId'
  | 'calculationExecutionId'
  | 'notebookId'
  | 'capacityReservation'
  | 'outputLocation'
  | 'resourceArn';

export type Where = Readonly<Partial<Record<Field, Path>>>;

/** One event name of the catalogue. */
export interface CatalogueEntry {
  readonly eventName: string;
  /** What the call does, for the documentation. */
  readonly about: string;
  readonly class: AuditEvent['class'];
  readonly operation: string;
  readonly access: AuditEvent['access'];
  readonly where: Where;
}

/**
 * An operation's name from an API name: `CreateWorkGroup` → `CREATE_WORK_GROUP`,
 * `ListApplicationDPUSizes` → `LIST_APPLICATION_DPU_SIZES`.
 */
export function operationOf(eventName: string): string {
  const words = eventName
    .replace(/([a-z0-9])([A-Z])|([A-Z]+)(?=[A-Z][a-z])/g, (_, end, start, run) =>
      run === undefined ? `${end}_${start}` : `${run}_`,
    )
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return words === '' ? 'UNKNOWN' : words.toUpperCase();
}

/** The text at the first of the paths that holds any; an array with one element counts as that. */
export function readPath(record: Json, path: Path | undefined): string | undefined {
  if (path === undefined) return undefined;
  if (typeof path === 'string') return readOnePath(record, path);
  for (const one of path) {
    const text = readOnePath(record, one);
    if (text !== undefined) return text;
  }
  return undefined;
}

/**
 * The parameters of the call. CloudTrail leaves out what is over 100 KB, and may put an object that
 * says so in its place: then, as where they are missing, nothing is known about them.
 */
export function parametersOf(record: Json): Json | undefined {
  const parameters = record.requestParameters;
  return isObject(parameters) && !('omitted' in parameters) ? parameters : undefined;
}

function readOnePath(record: Json, path: string): string | undefined {
  if (path.startsWith('=')) return parametersOf(record) && path.slice(1);
  const inResponse = path.startsWith('>');
  let value = inResponse ? record.responseElements : record.requestParameters;
  for (const name of (inResponse ? path.slice(1) : path).split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = objectOf(value)[name];
  }
  return textOf(Array.isArray(value) && value.length === 1 ? value[0] : value);
}
