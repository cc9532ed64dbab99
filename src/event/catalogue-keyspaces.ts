import type { AuditEvent } from './audit-event';
import type { CatalogueEntry, Where } from './catalogue';

/** Where the statement is: in the record (`text`), only its parts (`parts`), or there is none. */
type StatementForm = 'text' | 'parts' | 'none';

export interface KeyspacesEntry extends CatalogueEntry {
  readonly form: StatementForm;
  /** What it does to the table, or to all of the keyspace where it names no table. */
  readonly touches?: 'read' | 'write';
}

type Row = readonly [
  eventName: string,
  eventClass: AuditEvent['class'],
  operation: string,
  access: AuditEvent['access'],
  form: StatementForm,
  touches: 'read' | 'write' | undefined,
  about: string,
  where: Where,
];

const KEYSPACE: Where = { statement: 'rawQuery', database: 'keyspaceName' };
const TABLE: Where = { ...KEYSPACE, table: 'tableName' };
const PARTS: Where = { database: 'keyspaceName', table: 'tableName' };
const RESTORED: Where = {
  statement: 'rawQuery',
  database: ['keyspaceName', 'targetKeyspaceName'],
  table: ['tableName', 'targetTableName'],
};
const STREAM: Where = { ...PARTS, resourceArn: 'streamArn' };

/**
 * Every event name of Amazon Keyspaces, a line each. The names are Keyspaces' own: an SDK's
 * DeleteTable is DropTable, its CreateType is CreateUdt, and its GetTable or ListTables is Select.
 *
 * Where CloudTrail's documented labels mislead, the table says what the call does: GetStream and
 * ListStreams are labelled DDL and GetShardIterator DML, yet none of them runs a statement.
 *
 * @see https://docs.aws.amazon.com/keyspaces/latest/devguide/logging-using-cloudtrail.html
 */
// biome-ignore format: a table
const ROWS: readonly Row[] = [
  // Management events
  ['CreateKeyspace', 'DDL', 'CREATE_KEYSPACE', 'schema', 'text', 'write', 'creates a keyspace', KEYSPACE],
  ['AlterKeyspace', 'DDL', 'ALTER_KEYSPACE', 'schema', 'text', 'write', 'changes a keyspace', KEYSPACE],
  ['DropKeyspace', 'DDL', 'DROP_KEYSPACE', 'schema', 'text', 'write', 'drops a keyspace', KEYSPACE],
  ['CreateTable', 'DDL', 'CREATE_TABLE', 'schema', 'text', 'write', 'creates a table', TABLE],
  ['AlterTable', 'DDL', 'ALTER_TABLE', 'schema', 'text', 'write', 'changes a table, or only tags', TABLE],
  ['DropTable', 'DDL', 'DROP_TABLE', 'schema', 'text', 'write', 'drops a table', TABLE],
  ['RestoreTable', 'DDL', 'RESTORE_TABLE', 'schema', 'text', 'write', 'restores a table to a point in time', RESTORED],
  ['CreateUdt', 'DDL', 'CREATE_TYPE', 'schema', 'text', undefined, 'creates a type', KEYSPACE],
  ['DropUdt', 'DDL', 'DROP_TYPE', 'schema', 'text', undefined, 'drops a type', KEYSPACE],
  ['GetStream', 'API', 'GET_STREAM', 'metadata', 'none', 'read', 'looks at a change stream', STREAM],
  ['ListStreams', 'API', 'LIST_STREAMS', 'metadata', 'none', 'read', 'lists change streams', PARTS],

  // Data events
  ['Select', 'DML', 'SELECT', 'read', 'parts', 'read', 'reads rows, or definitions for an SDK', PARTS],
  ['Insert', 'DML', 'INSERT', 'write', 'parts', 'write', 'writes a row', PARTS],
  ['Update', 'DML', 'UPDATE', 'write', 'parts', 'write', 'changes a row', PARTS],
  ['Delete', 'DML', 'DELETE', 'write', 'parts', 'write', 'deletes rows or columns of a row', PARTS],
  ['GetShardIterator', 'API', 'GET_SHARD_ITERATOR', 'metadata', 'none', 'read', 'takes a place in a change stream', STREAM],
  ['GetRecords', 'DML', 'GET_RECORDS', 'read', 'none', 'read', 'reads changed rows from a stream', STREAM],
];

export const KEYSPACES_EVENTS: ReadonlyMap<string, KeyspacesEntry> = new Map(
  ROWS.map(([eventName, eventClass, operation, access, form, touches, about, where]) => [
    eventName,
    { eventName, class: eventClass, operation, access, form, touches, about, where },
  ]),
);

/** Where to look in the record of an event that the catalogue does not know. */
export const ANYWHERE_IN_KEYSPACES: Where = {
  ...RESTORED,
  resourceArn: ['streamArn', 'resourceArn'],
};
