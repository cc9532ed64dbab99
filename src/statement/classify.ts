export type Dialect = 'athena' | 'cql';
export type StatementClass = 'DDL' | 'DML' | 'UTILITY' | 'DCL' | 'UNKNOWN';
export type StatementAccess = 'read' | 'write' | 'schema' | 'metadata' | 'control' | 'unknown';
export type StatementFlag = 'destructive' | 'bulkExport' | 'allowFiltering' | 'explainOnly';

export interface StatementKind {
  readonly class: StatementClass;
  /** Athena's SubstatementType or Cassandra's audit word, e.g. `CREATE_TABLE_AS_SELECT`. */
  readonly operation: string;
  readonly access: StatementAccess;
}

export interface StatementFacts extends StatementKind {
  /** Table names as written, lower case where unquoted; a whole database is `db.*`. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Columns named where the statement lists them plainly. */
  readonly columns: readonly string[];
  readonly locations: readonly { readonly uri: string; readonly access: 'read' | 'write' }[];
  readonly flags: readonly StatementFlag[];
  /** Name in PREPARE, EXECUTE and DEALLOCATE PREPARE. */
  readonly preparedStatement?: string;
}
