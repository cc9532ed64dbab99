import type { AuditEvent } from '../../src/event/audit-event';
import { buildAuditEvent } from '../../src/event/build-event';
import { ATHENA_EVENTS } from '../../src/event/catalogue-athena';
import {
  ACCOUNT,
  athenaCall,
  REGION,
  refused,
  startQuery,
  type TestRecord,
} from '../fixtures/records';

function eventOf(record: TestRecord): AuditEvent {
  const { event, quarantined } = buildAuditEvent(record, { key: 'k', index: 0 });
  if (event === undefined) throw new Error(quarantined);
  return event;
}

/** What the call did and to what: the event without who, when, where and how it went. */
function contentsOf(record: TestRecord): Partial<AuditEvent> {
  const {
    class: eventClass,
    operation,
    access,
    statement,
    flags,
    tables,
    columns,
  } = eventOf(record);
  const { catalog, database, workgroup, queryExecutionId, references, resources } = eventOf(record);
  const contents = {
    ...{ class: eventClass, operation, access, statement, flags, tables, columns },
    ...{ catalog, database, workgroup, queryExecutionId, references, resources },
  };
  return JSON.parse(JSON.stringify(contents));
}

const ARN = `arn:aws:athena:${REGION}:${ACCOUNT}`;
const PENDING = { statement: { unavailable: 'pending' } } as const;
const OF_WORKGROUP = { workgroup: 'w' };

/** Every operation of the API: a record's parameters and response, and what the event says. */
// biome-ignore format: a table
const GOLDEN: readonly (readonly [
  eventName: string, access: string, request: object, response: object | null, expected: Partial<AuditEvent>,
])[] = [
  ['StopQueryExecution', 'control', { queryExecutionId: 'q' }, null, { queryExecutionId: 'q' }],
  ['GetQueryExecution', 'metadata', { queryExecutionId: 'q' }, null, { queryExecutionId: 'q' }],
  ['BatchGetQueryExecution', 'metadata', { queryExecutionIds: ['a', 'b'] }, null, {}],
  ['ListQueryExecutions', 'metadata', { maxResults: 5 }, null, { workgroup: 'primary' }],
  ['GetQueryResults', 'read', { queryExecutionId: 'q' }, null, { queryExecutionId: 'q' }],
  ['GetQueryResultsStream', 'read', { queryExecutionId: 'q' }, null, { queryExecutionId: 'q' }],
  ['GetQueryRuntimeStatistics', 'metadata', { queryExecutionId: 'q' }, null, { queryExecutionId: 'q' }],
  ['CreateNamedQuery', 'control', { name: 'n', database: 'd', queryString: '***OMITTED***' }, { namedQueryId: 'i' }, { ...PENDING, database: 'd', workgroup: 'primary', references: { namedQueryId: 'i' } }],
  ['UpdateNamedQuery', 'control', { namedQueryId: 'i', name: 'n' }, null, { ...PENDING, references: { namedQueryId: 'i' } }],
  ['DeleteNamedQuery', 'control', { namedQueryId: 'i' }, null, { references: { namedQueryId: 'i' } }],
  ['GetNamedQuery', 'metadata', { namedQueryId: 'i' }, null, { references: { namedQueryId: 'i' } }],
  ['BatchGetNamedQuery', 'metadata', { namedQueryIds: ['i'] }, null, { references: { namedQueryId: 'i' } }],
  ['ListNamedQueries', 'metadata', { workGroup: 'w' }, null, OF_WORKGROUP],
  ['CreatePreparedStatement', 'control', { statementName: 'p', workGroup: 'w', queryStatement: '***OMITTED***' }, null, { ...PENDING, ...OF_WORKGROUP, references: { preparedStatement: 'p' } }],
  ['UpdatePreparedStatement', 'control', { statementName: 'p', workGroup: 'w' }, null, { ...PENDING, ...OF_WORKGROUP, references: { preparedStatement: 'p' } }],
  ['DeletePreparedStatement', 'control', { statementName: 'p', workGroup: 'w' }, null, { ...OF_WORKGROUP, references: { preparedStatement: 'p' } }],
  ['GetPreparedStatement', 'metadata', { statementName: 'p', workGroup: 'w' }, null, { ...OF_WORKGROUP, references: { preparedStatement: 'p' } }],
  ['BatchGetPreparedStatement', 'metadata', { preparedStatementNames: ['p'], workGroup: 'w' }, null, { ...OF_WORKGROUP, references: { preparedStatement: 'p' } }],
  ['ListPreparedStatements', 'metadata', { workGroup: 'w' }, null, OF_WORKGROUP],
  ['CreateWorkGroup', 'control', { name: 'w', configuration: {} }, null, OF_WORKGROUP],
  ['UpdateWorkGroup', 'control', { workGroup: 'w' }, null, OF_WORKGROUP],
  ['DeleteWorkGroup', 'control', { workGroup: 'w', recursiveDeleteOption: true }, null, OF_WORKGROUP],
  ['GetWorkGroup', 'metadata', { workGroup: 'w' }, null, OF_WORKGROUP],
  ['ListWorkGroups', 'metadata', {}, null, {}],
  ['ListEngineVersions', 'metadata', {}, null, {}],
  ['CreateDataCatalog', 'control', { name: 'c', type: 'LAMBDA' }, null, { catalog: 'c' }],
  ['UpdateDataCatalog', 'control', { name: 'c' }, null, { catalog: 'c' }],
  ['DeleteDataCatalog', 'control', { name: 'c' }, null, { catalog: 'c' }],
  ['GetDataCatalog', 'metadata', { name: 'c', workGroup: 'w' }, null, { catalog: 'c', ...OF_WORKGROUP }],
  ['ListDataCatalogs', 'metadata', { workGroup: 'w' }, null, OF_WORKGROUP],
  ['GetDatabase', 'metadata', { catalogName: 'c', databaseName: 'd' }, null, { catalog: 'c', database: 'd' }],
  ['ListDatabases', 'metadata', { catalogName: 'c' }, null, { catalog: 'c' }],
  ['GetTableMetadata', 'metadata', { catalogName: 'c', databaseName: 'd', tableName: 'T' }, null, { catalog: 'c', database: 'd', tables: [{ name: 'd.t', access: 'read' }] }],
  ['ListTableMetadata', 'metadata', { catalogName: 'c', databaseName: 'd' }, null, { catalog: 'c', database: 'd', tables: [{ name: 'd.*', access: 'read' }] }],
  ['StartSession', 'control', { workGroup: 'w', engineConfiguration: { additionalConfigs: { NotebookId: 'n' } } }, { sessionId: 's', state: 'CREATING' }, { ...OF_WORKGROUP, references: { sessionId: 's', notebookId: 'n' } }],
  ['TerminateSession', 'control', { sessionId: 's' }, { state: 'TERMINATING' }, { references: { sessionId: 's' } }],
  ['GetSession', 'metadata', { sessionId: 's' }, null, { references: { sessionId: 's' } }],
  ['GetSessionStatus', 'metadata', { sessionId: 's' }, null, { references: { sessionId: 's' } }],
  ['GetSessionEndpoint', 'metadata', { sessionId: 's' }, null, { references: { sessionId: 's' } }],
  ['ListSessions', 'metadata', { workGroup: 'w' }, null, OF_WORKGROUP],
  ['ListExecutors', 'metadata', { sessionId: 's' }, null, { references: { sessionId: 's' } }],
  ['ListApplicationDPUSizes', 'metadata', {}, null, {}],
  ['GetResourceDashboard', 'metadata', { resourceARN: `${ARN}:session/s` }, null, { resources: [{ arn: `${ARN}:session/s` }] }],
  ['StartCalculationExecution', 'control', { sessionId: 's', codeBlock: 'HIDDEN_FOR_SECURITY_REASONS' }, { calculationExecutionId: 'c', state: 'CREATING' }, { statement: { unavailable: 'hidden' }, references: { sessionId: 's', calculationExecutionId: 'c' } }],
  ['StopCalculationExecution', 'control', { calculationExecutionId: 'c' }, null, { references: { calculationExecutionId: 'c' } }],
  ['GetCalculationExecution', 'metadata', { calculationExecutionId: 'c' }, null, { references: { calculationExecutionId: 'c' } }],
  ['GetCalculationExecutionCode', 'metadata', { calculationExecutionId: 'c' }, null, { references: { calculationExecutionId: 'c' } }],
  ['GetCalculationExecutionStatus', 'metadata', { calculationExecutionId: 'c' }, null, { references: { calculationExecutionId: 'c' } }],
  ['ListCalculationExecutions', 'metadata', { sessionId: 's' }, null, { references: { sessionId: 's' } }],
  ['CreateNotebook', 'control', { workGroup: 'w', name: 'x' }, { notebookId: 'n' }, { ...OF_WORKGROUP, references: { notebookId: 'n' } }],
  ['ImportNotebook', 'control', { workGroup: 'w', name: 'x', payload: 'HIDDEN_FOR_SECURITY_REASONS' }, { notebookId: 'n' }, { ...OF_WORKGROUP, references: { notebookId: 'n' } }],
  ['UpdateNotebook', 'control', { notebookId: 'n', sessionId: 's', payload: 'HIDDEN_FOR_SECURITY_REASONS' }, null, { references: { sessionId: 's', notebookId: 'n' } }],
  ['UpdateNotebookMetadata', 'control', { notebookId: 'n', name: 'x' }, null, { references: { notebookId: 'n' } }],
  ['DeleteNotebook', 'control', { notebookId: 'n' }, null, { references: { notebookId: 'n' } }],
  ['CreatePresignedNotebookUrl', 'control', { sessionId: 's' }, null, { references: { sessionId: 's' } }],
  ['ExportNotebook', 'metadata', { notebookId: 'n' }, null, { references: { notebookId: 'n' } }],
  ['GetNotebookMetadata', 'metadata', { notebookId: 'n' }, null, { references: { notebookId: 'n' } }],
  ['ListNotebookMetadata', 'metadata', { workGroup: 'w' }, null, OF_WORKGROUP],
  ['ListNotebookSessions', 'metadata', { notebookId: 'n' }, null, { references: { notebookId: 'n' } }],
  ['CreateCapacityReservation', 'control', { name: 'r', targetDpus: 24 }, null, { references: { capacityReservation: 'r' } }],
  ['UpdateCapacityReservation', 'control', { name: 'r', targetDpus: 24 }, null, { references: { capacityReservation: 'r' } }],
  ['CancelCapacityReservation', 'control', { name: 'r' }, null, { references: { capacityReservation: 'r' } }],
  ['DeleteCapacityReservation', 'control', { name: 'r' }, null, { references: { capacityReservation: 'r' } }],
  ['PutCapacityAssignmentConfiguration', 'control', { capacityReservationName: 'r' }, null, { references: { capacityReservation: 'r' } }],
  ['GetCapacityReservation', 'metadata', { name: 'r' }, null, { references: { capacityReservation: 'r' } }],
  ['ListCapacityReservations', 'metadata', {}, null, {}],
  ['GetCapacityAssignmentConfiguration', 'metadata', { capacityReservationName: 'r' }, null, { references: { capacityReservation: 'r' } }],
  ['TagResource', 'control', { resourceARN: `${ARN}:workgroup/w`, tags: [] }, null, { ...OF_WORKGROUP, resources: [{ arn: `${ARN}:workgroup/w` }] }],
  ['UntagResource', 'control', { resourceARN: `${ARN}:datacatalog/c`, tagKeys: [] }, null, { catalog: 'c', resources: [{ arn: `${ARN}:datacatalog/c` }] }],
  ['ListTagsForResource', 'metadata', { resourceARN: `${ARN}:capacity-reservation/r` }, null, { references: { capacityReservation: 'r' }, resources: [{ arn: `${ARN}:capacity-reservation/r` }] }],
];

const API_NAMES = new Map([
  ['GetQueryResultsStream', 'GET_QUERY_RESULTS_STREAM'],
  ['ListApplicationDPUSizes', 'LIST_APPLICATION_DPU_SIZES'],
]);

test.each(GOLDEN)(
  '%s is class API, access %s',
  (eventName, access, request, response, expected) => {
    const operation =
      API_NAMES.get(eventName) ?? eventName.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();

    expect(
      contentsOf(athenaCall(eventName, request, { responseElements: response })),
    ).toStrictEqual({ class: 'API', operation, access, tables: [], resources: [], ...expected });
  },
);

test('shows a case for every operation of the catalogue', () => {
  expect([...GOLDEN.map(([eventName]) => eventName), 'StartQueryExecution'].sort()).toStrictEqual(
    [...ATHENA_EVENTS.keys()].sort(),
  );
});

const OUTPUT = { type: 'S3', uri: 's3://results/athena/', access: 'write' };
const PLACE = { catalog: 'AwsDataCatalog', database: 'sales', workgroup: 'analysts' };
const UNREAD = { class: 'UNKNOWN', operation: 'UNKNOWN', access: 'unknown', tables: [] };

test('knows nothing of a masked statement but where it ran, until it is recovered', () => {
  const record = startQuery('***OMITTED***', { responseElements: { queryExecutionId: 'q' } });

  expect(contentsOf(record)).toStrictEqual({
    ...UNREAD,
    ...PLACE,
    statement: { unavailable: 'pending' },
    queryExecutionId: 'q',
    resources: [OUTPUT],
  });
  expect(eventOf(record)).toMatchObject({
    outcome: 'accepted',
    classifier: { basis: 'event-name' },
  });
});

test('reads a clear statement', () => {
  const text = "UNLOAD (SELECT id FROM Orders JOIN crm.people USING (id)) TO 's3://out/x/'";

  expect(
    contentsOf(startQuery(text, { responseElements: { queryExecutionId: 'q' } })),
  ).toMatchObject({
    ...PLACE,
    class: 'DML',
    operation: 'UNLOAD',
    access: 'read',
    statement: { text, source: 'cloudtrail', fingerprint: expect.any(String) },
    flags: ['bulkExport'],
    tables: [
      { name: 'sales.orders', access: 'read' },
      { name: 'crm.people', access: 'read' },
    ],
    resources: [OUTPUT, { type: 'S3', uri: 's3://out/x/', access: 'write' }],
  });
  expect(eventOf(startQuery(text)).classifier.basis).toBe('text');
});

test('reads a clear statement under its old key', () => {
  const record = athenaCall('StartQueryExecution', { query: 'DROP TABLE sales.orders' });

  expect(contentsOf(record)).toMatchObject({
    class: 'DDL',
    operation: 'DROP_TABLE',
    access: 'schema',
    flags: ['destructive'],
    tables: [{ name: 'sales.orders', access: 'write' }],
    workgroup: 'primary',
  });
});

test('ties an EXECUTE to its prepared statement', () => {
  expect(contentsOf(startQuery('EXECUTE daily USING 1'))).toMatchObject({
    class: 'UTILITY',
    operation: 'EXECUTE',
    references: { preparedStatement: 'daily' },
  });
});

test('keeps a statement that it cannot read', () => {
  expect(contentsOf(startQuery('hello world'))).toMatchObject({
    class: 'UNKNOWN',
    operation: 'UNKNOWN',
    access: 'unknown',
    statement: { text: 'hello world', source: 'cloudtrail' },
  });
});

test.each([
  ['a start that failed', startQuery(undefined, refused()), 'call-failed'],
  [
    'a start without parameters',
    athenaCall('StartQueryExecution', null, { responseElements: { queryExecutionId: 'q' } }),
    'pending',
  ],
  ['a start without id', startQuery(undefined, { responseElements: null }), 'not-found'],
  [
    'a saved query that failed',
    athenaCall('CreateNamedQuery', { queryString: '***OMITTED***' }, refused()),
    'call-failed',
  ],
  [
    'a saved query without id',
    athenaCall('CreateNamedQuery', { queryString: '***OMITTED***' }),
    'not-found',
  ],
  ['a start without Region', startQuery(undefined, { awsRegion: undefined }), 'not-found'],
  [
    'a start in a Region of no length that AWS has',
    startQuery(undefined, { awsRegion: 'x'.repeat(200) }),
    'not-found',
  ],
  ['Spark code that failed', athenaCall('StartCalculationExecution', {}, refused()), 'call-failed'],
])('says why the text of %s is not there', (_, record, unavailable) => {
  expect(eventOf(record).statement).toStrictEqual({ unavailable });
});

test.each([
  ['CreateNamedQuery', { queryString: 'SELECT 1' }, { namedQueryId: 'i' }],
  ['UpdateNamedQuery', { queryString: 'SELECT 1', namedQueryId: 'i' }, null],
  ['CreatePreparedStatement', { queryStatement: 'SELECT 1', statementName: 'p' }, null],
])('keeps the clear text of %s, which runs nothing', (eventName, request, response) => {
  expect(eventOf(athenaCall(eventName, request, { responseElements: response }))).toMatchObject({
    class: 'API',
    access: 'control',
    statement: { text: 'SELECT 1', source: 'cloudtrail', fingerprint: expect.any(String) },
    tables: [],
    outcome: 'succeeded',
    classifier: { basis: 'event-name' },
  });
});

test.each([
  ['codeBlock', { codeBlock: 'print(1)' }],
  ['its configuration', { calculationConfiguration: { codeBlock: 'print(1)' } }],
])('keeps clear Spark code from %s', (_, request) => {
  expect(eventOf(athenaCall('StartCalculationExecution', request)).statement).toStrictEqual({
    text: 'print(1)',
    source: 'cloudtrail',
  });
});

test('keeps no Spark code where literals are to be masked: nothing here reads Python', () => {
  const record = athenaCall('StartCalculationExecution', { codeBlock: "mail = 'secret'" });

  const { event } = buildAuditEvent(record, { key: 'k', index: 0 }, { redactLiterals: true });

  expect(event?.statement).toStrictEqual({ unavailable: 'hidden', redacted: true });
});

test.each(['StartQueryExecution', 'StartCalculationExecution', 'StartSession'])(
  'takes %s for accepted, until its end is known',
  (eventName) => {
    expect(eventOf(athenaCall(eventName)).outcome).toBe('accepted');
    expect(eventOf(athenaCall(eventName, null, refused())).outcome).toBe('failed');
  },
);

test.each([
  ['GetWorkGroup', false, 'control'],
  ['CreateWorkGroup', 'true', 'metadata'],
  ['GetQueryResults', true, 'read'],
  ['GetWorkGroup', undefined, 'metadata'],
])('believes the record of %s that is readOnly: %s', (eventName, readOnly, access) => {
  expect(eventOf(athenaCall(eventName, {}, { readOnly })).access).toBe(access);
});

test.each([
  [true, 'metadata'],
  [false, 'control'],
  [undefined, 'unknown'],
])('keeps an unknown call (readOnly: %s) with what can be read', (readOnly, access) => {
  const request = {
    workGroup: 'w',
    databaseName: 'd',
    tableName: 't',
    queryExecutionId: 'q',
    queryString: 'SELECT secret FROM hidden',
  };

  expect(contentsOf(athenaCall('RunSQLLater', request, { readOnly }))).toMatchObject({
    class: 'UNKNOWN',
    operation: 'RUN_SQL_LATER',
    access,
    statement: { text: 'SELECT secret FROM hidden' },
    tables: [{ name: 'd.t', access: 'read' }],
    database: 'd',
    workgroup: 'w',
    queryExecutionId: 'q',
  });
});

test.each([
  ['names an execution', { queryExecutionId: 'q' }, {}],
  ['failed', null, refused()],
])('claims no statement of its own for an unknown call that %s', (_, request, members) => {
  const { statement } = eventOf(athenaCall('GetQueryPlan', request, members));

  expect(statement).toBeUndefined();
});

test('asks nobody for the masked text of an unknown call', () => {
  const request = { queryString: '***OMITTED***', queryExecutionId: 'q' };

  expect(eventOf(athenaCall('RunSQLLater', request)).statement).toStrictEqual({
    unavailable: 'hidden',
  });
});

test('assumes no workgroup where the parameters are left out', () => {
  const omitted = { omitted: true, originalSize: 150_000, reason: 'too large' };

  expect(eventOf(athenaCall('StartQueryExecution', omitted)).workgroup).toBeUndefined();
  expect(eventOf(athenaCall('StartQueryExecution', null)).workgroup).toBeUndefined();
  expect(eventOf(athenaCall('StartQueryExecution', {})).workgroup).toBe('primary');
});

test('leaves out names longer than any of AWS', () => {
  const record = athenaCall('GetTableMetadata', {
    databaseName: 'd'.repeat(513),
    tableName: 't'.repeat(512),
  });

  expect(eventOf(record).database).toBeUndefined();
  expect(eventOf(record).tables).toStrictEqual([{ name: 't'.repeat(512), access: 'read' }]);
});
