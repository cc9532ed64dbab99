import type { AuditEvent } from './audit-event';
import { type CatalogueEntry, operationOf, type Where } from './catalogue';

/** `run`: starts a statement, whose text says all else; the others run none and are class API. */
type Kind = 'run' | 'control' | 'metadata' | 'read';
type Row = readonly [eventName: string, kind: Kind, about: string, where: Where];

const AT = {
  workgroup: { workgroup: 'workGroup' },
  /** Calls that mean the workgroup `primary` when they name none. */
  primary: { workgroup: ['workGroup', '=primary'] },
  catalog: { catalog: 'catalogName' },
  namedCatalog: { catalog: 'name' },
  execution: { queryExecutionId: 'queryExecutionId' },
  namedQuery: { namedQueryId: 'namedQueryId' },
  prepared: { preparedStatement: 'statementName', workgroup: 'workGroup' },
  session: { sessionId: 'sessionId' },
  calculation: { calculationExecutionId: 'calculationExecutionId' },
  notebook: { notebookId: 'notebookId' },
  capacity: { capacityReservation: 'name' },
  capacityAssignment: { capacityReservation: 'capacityReservationName' },
  resource: { resourceArn: ['resourceARN', 'resourceArn'] },
} as const satisfies Record<string, Where>;

/**
 * Every operation of the Athena API (model 2017-05-18), a line each: name, kind, what it does, and
 * where its record holds the statement, the tables and the ids. CloudTrail records all of them, as
 * management events, with the members' first letter in lower case.
 */
// biome-ignore format: a table
const ROWS: readonly Row[] = [
  // Query executions
  ['StartQueryExecution', 'run', 'runs a statement', { statement: ['queryString', 'query'], database: 'queryExecutionContext.database', catalog: 'queryExecutionContext.catalog', ...AT.primary, queryExecutionId: '>queryExecutionId', outputLocation: 'resultConfiguration.outputLocation' }],
  ['StopQueryExecution', 'control', 'cancels a running statement', AT.execution],
  ['GetQueryExecution', 'metadata', 'looks at a statement: text, state, cost', AT.execution],
  ['BatchGetQueryExecution', 'metadata', 'looks at up to 50 statements', { queryExecutionId: 'queryExecutionIds' }],
  ['ListQueryExecutions', 'metadata', 'lists the statements of a workgroup', AT.primary],
  ['GetQueryResults', 'read', 'downloads rows of a result', AT.execution],
  ['GetQueryRuntimeStatistics', 'metadata', 'looks at how a statement ran', AT.execution],

  // Named queries
  ['CreateNamedQuery', 'control', 'saves a statement under a name', { statement: 'queryString', database: 'database', ...AT.primary, namedQueryId: '>namedQueryId' }],
  ['UpdateNamedQuery', 'control', 'changes a saved statement', { statement: 'queryString', ...AT.namedQuery }],
  ['DeleteNamedQuery', 'control', 'deletes a saved statement', AT.namedQuery],
  ['GetNamedQuery', 'metadata', 'looks at a saved statement', AT.namedQuery],
  ['BatchGetNamedQuery', 'metadata', 'looks at up to 50 saved statements', { namedQueryId: 'namedQueryIds' }],
  ['ListNamedQueries', 'metadata', 'lists the saved statements of a workgroup', AT.primary],

  // Prepared statements
  ['CreatePreparedStatement', 'control', 'prepares a statement', { statement: 'queryStatement', ...AT.prepared }],
  ['UpdatePreparedStatement', 'control', 'changes a prepared statement', { statement: 'queryStatement', ...AT.prepared }],
  ['DeletePreparedStatement', 'control', 'deletes a prepared statement', AT.prepared],
  ['GetPreparedStatement', 'metadata', 'looks at a prepared statement', AT.prepared],
  ['BatchGetPreparedStatement', 'metadata', 'looks at several prepared statements', { preparedStatement: 'preparedStatementNames', ...AT.workgroup }],
  ['ListPreparedStatements', 'metadata', 'lists the prepared statements of a workgroup', AT.workgroup],

  // Workgroups
  ['CreateWorkGroup', 'control', 'creates a workgroup', { workgroup: 'name' }],
  ['UpdateWorkGroup', 'control', 'changes a workgroup', AT.workgroup],
  ['DeleteWorkGroup', 'control', 'deletes a workgroup, with its history', AT.workgroup],
  ['GetWorkGroup', 'metadata', 'looks at a workgroup', AT.workgroup],
  ['ListWorkGroups', 'metadata', 'lists the workgroups', {}],
  ['ListEngineVersions', 'metadata', 'lists the engine versions', {}],

  // Data catalogs
  ['CreateDataCatalog', 'control', 'registers a data catalog', AT.namedCatalog],
  ['UpdateDataCatalog', 'control', 'changes a data catalog', AT.namedCatalog],
  ['DeleteDataCatalog', 'control', 'removes a data catalog', AT.namedCatalog],
  ['GetDataCatalog', 'metadata', 'looks at a data catalog', { ...AT.namedCatalog, ...AT.workgroup }],
  ['ListDataCatalogs', 'metadata', 'lists the data catalogs', AT.workgroup],

  // Databases and tables
  ['GetDatabase', 'metadata', 'looks at a database', { ...AT.catalog, database: 'databaseName', ...AT.workgroup }],
  ['ListDatabases', 'metadata', 'lists the databases of a catalog', { ...AT.catalog, ...AT.workgroup }],
  ['GetTableMetadata', 'metadata', 'looks at the definition of a table', { ...AT.catalog, database: 'databaseName', table: 'tableName', ...AT.workgroup }],
  ['ListTableMetadata', 'metadata', 'lists the tables of a database', { ...AT.catalog, database: 'databaseName', table: '=*', ...AT.workgroup }],

  // Spark sessions
  ['StartSession', 'control', 'starts a Spark session', { ...AT.workgroup, sessionId: '>sessionId', notebookId: 'engineConfiguration.additionalConfigs.NotebookId' }],
  ['TerminateSession', 'control', 'ends a Spark session', AT.session],
  ['GetSession', 'metadata', 'looks at a Spark session', AT.session],
  ['GetSessionStatus', 'metadata', 'looks at the state of a Spark session', AT.session],
  ['GetSessionEndpoint', 'metadata', 'asks for the endpoint of a Spark session', AT.session],
  ['ListSessions', 'metadata', 'lists the Spark sessions of a workgroup', AT.workgroup],
  ['ListExecutors', 'metadata', 'lists the executors of a Spark session', AT.session],
  ['ListApplicationDPUSizes', 'metadata', 'lists the sizes of Spark applications', {}],
  ['GetResourceDashboard', 'metadata', 'asks for the dashboard of a Spark session', AT.resource],

  // Spark calculations
  ['StartCalculationExecution', 'control', 'runs Spark code', { statement: ['codeBlock', 'calculationConfiguration.codeBlock'], ...AT.session, calculationExecutionId: '>calculationExecutionId' }],
  ['StopCalculationExecution', 'control', 'cancels running Spark code', AT.calculation],
  ['GetCalculationExecution', 'metadata', 'looks at Spark code that ran', AT.calculation],
  ['GetCalculationExecutionCode', 'metadata', 'asks for the Spark code itself', AT.calculation],
  ['GetCalculationExecutionStatus', 'metadata', 'looks at the state of Spark code', AT.calculation],
  ['ListCalculationExecutions', 'metadata', 'lists the Spark code of a session', AT.session],

  // Notebooks
  ['CreateNotebook', 'control', 'creates a notebook', { ...AT.workgroup, notebookId: '>notebookId' }],
  ['ImportNotebook', 'control', 'imports a notebook', { ...AT.workgroup, notebookId: '>notebookId' }],
  ['UpdateNotebook', 'control', 'changes a notebook', { ...AT.notebook, ...AT.session }],
  ['UpdateNotebookMetadata', 'control', 'renames a notebook', AT.notebook],
  ['DeleteNotebook', 'control', 'deletes a notebook', AT.notebook],
  ['CreatePresignedNotebookUrl', 'control', 'opens a notebook to the holder of a URL', AT.session],
  ['ExportNotebook', 'metadata', 'downloads a notebook', AT.notebook],
  ['GetNotebookMetadata', 'metadata', 'looks at a notebook', AT.notebook],
  ['ListNotebookMetadata', 'metadata', 'lists the notebooks of a workgroup', AT.workgroup],
  ['ListNotebookSessions', 'metadata', 'lists the sessions of a notebook', AT.notebook],

  // Capacity
  ['CreateCapacityReservation', 'control', 'reserves capacity', AT.capacity],
  ['UpdateCapacityReservation', 'control', 'changes reserved capacity', AT.capacity],
  ['CancelCapacityReservation', 'control', 'cancels reserved capacity', AT.capacity],
  ['DeleteCapacityReservation', 'control', 'deletes a cancelled reservation', AT.capacity],
  ['PutCapacityAssignmentConfiguration', 'control', 'assigns capacity to workgroups', AT.capacityAssignment],
  ['GetCapacityReservation', 'metadata', 'looks at reserved capacity', AT.capacity],
  ['ListCapacityReservations', 'metadata', 'lists the reserved capacity', {}],
  ['GetCapacityAssignmentConfiguration', 'metadata', 'looks at which workgroups use capacity', AT.capacityAssignment],

  // Tags
  ['TagResource', 'control', 'tags a resource', AT.resource],
  ['UntagResource', 'control', 'removes tags from a resource', AT.resource],
  ['ListTagsForResource', 'metadata', 'lists the tags of a resource', AT.resource],
];

/** Not in the API model, but authorized by IAM and called by the drivers. */
// biome-ignore format: a table
const DRIVER_ROWS: readonly Row[] = [
  ['GetQueryResultsStream', 'read', 'streams rows of a result to a driver', AT.execution],
];

export const ATHENA_EVENTS: ReadonlyMap<string, CatalogueEntry> = new Map(
  [...ROWS, ...DRIVER_ROWS].map((row) => [row[0], entryOf(row)]),
);

/** Where to look in the record of an operation that the catalogue does not know. */
export const ANYWHERE_IN_ATHENA: Where = {
  statement: ['queryString', 'query', 'queryStatement'],
  catalog: ['catalogName', 'queryExecutionContext.catalog'],
  database: ['databaseName', 'database', 'queryExecutionContext.database'],
  table: 'tableName',
  workgroup: 'workGroup',
  queryExecutionId: ['queryExecutionId', '>queryExecutionId'],
  namedQueryId: ['namedQueryId', '>namedQueryId'],
  preparedStatement: 'statementName',
  sessionId: ['sessionId', '>sessionId'],
  calculationExecutionId: ['calculationExecutionId', '>calculationExecutionId'],
  notebookId: ['notebookId', '>notebookId'],
  outputLocation: 'resultConfiguration.outputLocation',
  resourceArn: ['resourceARN', 'resourceArn'],
};

function entryOf([eventName, kind, about, where]: Row): CatalogueEntry {
  const unread: Pick<AuditEvent, 'class' | 'operation' | 'access'> = {
    class: 'UNKNOWN',
    operation: 'UNKNOWN',
    access: 'unknown',
  };
  return kind === 'run'
    ? { eventName, about, where, ...unread }
    : { eventName, about, where, class: 'API', operation: operationOf(eventName), access: kind };
}
