import { applyPreparedBody, applyStatement } from '../../src/event/apply-statement';
import { type AuditEvent, auditEventSchema } from '../../src/event/audit-event';
import { buildAuditEvent } from '../../src/event/build-event';
import { athenaCall, startQuery, type TestRecord } from '../fixtures/records';

function eventOf(record: TestRecord): AuditEvent {
  const { event, quarantined } = buildAuditEvent(record, { key: 'k', index: 0 });
  if (event === undefined) throw new Error(quarantined);
  return event;
}

const TEXTS = [
  'SELECT id, total FROM orders WHERE id = 7',
  "CREATE TABLE copy WITH (external_location = 's3://out/copy/') AS SELECT * FROM crm.people",
  'EXECUTE daily USING 1',
  'DROP TABLE IF EXISTS orders',
  'nothing that anybody could read',
];

test.each(TEXTS)('makes of a recovered text what a clear text makes: %s', (text) => {
  const shared = { eventID: 'e', requestID: 'r', responseElements: { queryExecutionId: 'q' } };
  const clear = eventOf(startQuery(text, shared));

  const recovered = applyStatement(eventOf(startQuery('***OMITTED***', shared)), text);

  expect(recovered).toStrictEqual({
    ...clear,
    statement: { ...clear.statement, source: 'athena' },
  });
  expect(auditEventSchema.parse(recovered)).toStrictEqual(recovered);
});

test.each(TEXTS)('changes nothing when a text is applied again: %s', (text) => {
  const once = applyStatement(eventOf(startQuery()), text);

  expect(applyStatement(once, text)).toStrictEqual(once);
});

test('qualifies tables with what Athena says about database and catalog', () => {
  const event = applyStatement(eventOf(athenaCall('StartQueryExecution', {})), 'SELECT a FROM t', {
    database: 'Sales',
    catalog: 'AwsDataCatalog',
  });

  expect(event).toMatchObject({
    tables: [{ name: 'sales.t', access: 'read' }],
    database: 'Sales',
    catalog: 'AwsDataCatalog',
  });
});

test('names a table once that the text names with its database and without', () => {
  const text = 'INSERT INTO orders SELECT * FROM sales.orders JOIN Orders o ON true';

  expect(applyStatement(eventOf(startQuery()), text).tables).toStrictEqual([
    { name: 'sales.orders', access: 'read' },
    { name: 'sales.orders', access: 'write' },
  ]);
});

test.each([
  ['AwsDataCatalog', 'sales.orders'],
  [undefined, 'sales.orders'],
  ['lambda:crm', 'awsdatacatalog.sales.orders'],
])('in catalog %s, awsdatacatalog.sales.orders is %s', (catalog, name) => {
  const event = applyStatement(
    eventOf(athenaCall('StartQueryExecution', {})),
    'SELECT a FROM "awsdatacatalog"."sales"."orders" o JOIN AwsDataCatalog.sales.orders p ON true',
    { database: 'sales', catalog },
  );

  expect(event.tables).toStrictEqual([{ name, access: 'read' }]);
});

describe('a statement that names thousands of tables', () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `t${index}`);
  const text = `INSERT INTO target SELECT 1 FROM ${names.join(', ')}`;

  test('keeps the first of them, its target, and says that it is cut', () => {
    const { tables, shortened } = applyStatement(eventOf(startQuery()), text);

    expect(tables).toHaveLength(501);
    expect(tables[0]).toStrictEqual({ name: 'sales.t0', access: 'read' });
    expect(tables.at(-1)).toStrictEqual({ name: 'sales.target', access: 'write' });
    expect(shortened).toStrictEqual(['tables']);
  });

  test('does so in a clear text and behind an EXECUTE too, however often', () => {
    const clear = eventOf(startQuery(text));
    const execute = { ...eventOf(startQuery('EXECUTE big')), shortened: ['userAgent'] };

    const event = applyPreparedBody(execute, text);

    expect(clear.tables).toHaveLength(501);
    expect(clear.shortened).toStrictEqual(['tables']);
    expect(event.tables).toHaveLength(501);
    expect(event.shortened).toStrictEqual(['userAgent', 'tables']);
    expect(applyPreparedBody(event, text)).toStrictEqual(event);
  });
});

test('leaves a table unqualified where no database is known', () => {
  const event = applyStatement(eventOf(athenaCall('StartQueryExecution', {})), 'SELECT a FROM t');

  expect(event.tables).toStrictEqual([{ name: 't', access: 'read' }]);
});

test('leaves out flags and columns that an earlier text had', () => {
  const event = applyStatement(eventOf(startQuery('SELECT * FROM t')), 'SHOW TABLES IN sales');

  expect(event.flags).toBeUndefined();
  expect(event.operation).toBe('SHOW_TABLES');
});

test('gives a saved query its text, and no tables', () => {
  const saved = eventOf(
    athenaCall(
      'CreateNamedQuery',
      { queryString: '***OMITTED***' },
      { responseElements: { namedQueryId: 'i' } },
    ),
  );

  const text = 'DROP TABLE orders';
  expect(applyStatement(saved, text)).toStrictEqual({
    ...saved,
    statement: { text, source: 'athena', fingerprint: expect.any(String) },
  });
});

test('masks the literals of a recovered text on request', () => {
  const event = applyStatement(eventOf(startQuery()), "SELECT a FROM t WHERE m = 'secret'", {
    redactLiterals: true,
  });

  expect(event.statement).toMatchObject({ redacted: true, source: 'athena' });
  expect(JSON.stringify(event)).not.toContain('secret');
});

test('gives an EXECUTE the tables and access of its prepared statement', () => {
  const execute = eventOf(startQuery('EXECUTE purge USING 7'));

  const event = applyPreparedBody(execute, 'DELETE FROM orders');

  expect(event).toStrictEqual({
    ...execute,
    access: 'write',
    flags: ['destructive'],
    tables: [{ name: 'sales.orders', access: 'write' }],
  });
  expect(event).toMatchObject({ class: 'UTILITY', operation: 'EXECUTE' });
  expect(applyPreparedBody(event, 'DELETE FROM orders')).toStrictEqual(event);
});
