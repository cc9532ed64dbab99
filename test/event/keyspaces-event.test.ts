import type { StatementOptions } from '../../src/event/apply-statement';
import type { AuditEvent } from '../../src/event/audit-event';
import { buildAuditEvent } from '../../src/event/build-event';
import { KEYSPACES_EVENTS } from '../../src/event/catalogue-keyspaces';
import {
  keyspacesArn,
  keyspacesData,
  keyspacesDefinition,
  keyspacesSelect,
  refused,
  STREAM_ARN,
  type TestRecord,
} from '../fixtures/records';

function eventOf(record: TestRecord, options?: StatementOptions): AuditEvent {
  const { event, quarantined } = buildAuditEvent(record, { key: 'k', index: 0 }, options);
  if (event === undefined) throw new Error(quarantined);
  return event;
}

const TABLE = { keyspaceName: 'shop', tableName: 'orders' };
const WRITES = [{ name: 'shop.orders', access: 'write' }];
const READS = [{ name: 'shop.orders', access: 'read' }];
const STREAM = [{ type: 'AWS::Cassandra::Stream', ARN: STREAM_ARN }];

/** Every event name: a record, and what the event says. */
// biome-ignore format: a table
const GOLDEN: readonly (readonly [
  record: TestRecord, eventClass: string, operation: string, access: string, tables: object[], flags?: string[],
])[] = [
  [keyspacesDefinition('CreateKeyspace', "CREATE KEYSPACE shop WITH replication = {'class': 'SingleRegionStrategy'}", { keyspaceName: 'shop' }), 'DDL', 'CREATE_KEYSPACE', 'schema', [{ name: 'shop.*', access: 'write' }]],
  [keyspacesDefinition('AlterKeyspace', "ALTER KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'eu-west-1': '3'}", { keyspaceName: 'shop' }), 'DDL', 'ALTER_KEYSPACE', 'schema', [{ name: 'shop.*', access: 'write' }]],
  [keyspacesDefinition('DropKeyspace', 'DROP KEYSPACE shop', { keyspaceName: 'shop' }), 'DDL', 'DROP_KEYSPACE', 'schema', [{ name: 'shop.*', access: 'write' }], ['destructive']],
  [keyspacesDefinition('CreateTable', 'CREATE TABLE shop.orders (id int PRIMARY KEY, total int)', TABLE), 'DDL', 'CREATE_TABLE', 'schema', WRITES],
  [keyspacesDefinition('AlterTable', 'ALTER TABLE shop.orders ADD note text', TABLE), 'DDL', 'ALTER_TABLE', 'schema', WRITES],
  [keyspacesDefinition('DropTable', 'DROP TABLE shop.orders', TABLE), 'DDL', 'DROP_TABLE', 'schema', WRITES, ['destructive']],
  [keyspacesDefinition('RestoreTable', 'RESTORE TABLE shop.orders FROM TABLE shop.old', TABLE), 'DDL', 'RESTORE_TABLE', 'schema', [...WRITES, { name: 'shop.old', access: 'read' }]],
  [keyspacesDefinition('CreateUdt', 'CREATE TYPE shop.address (street text)', { keyspaceName: 'shop' }), 'DDL', 'CREATE_TYPE', 'schema', []],
  [keyspacesDefinition('DropUdt', 'DROP TYPE shop.address', { keyspaceName: 'shop' }), 'DDL', 'DROP_TYPE', 'schema', [], ['destructive']],
  [keyspacesData('GetStream', { streamArn: STREAM_ARN }), 'API', 'GET_STREAM', 'metadata', READS],
  [keyspacesData('ListStreams', { keyspaceName: 'shop' }), 'API', 'LIST_STREAMS', 'metadata', [{ name: 'shop.*', access: 'read' }]],
  [keyspacesSelect({ allowFiltering: true }), 'DML', 'SELECT', 'read', READS, ['allowFiltering']],
  [keyspacesData('Insert', { ...TABLE, columnNames: ['id'] }), 'DML', 'INSERT', 'write', WRITES],
  [keyspacesData('Update', { ...TABLE, assignmentColumnNames: ['total'] }), 'DML', 'UPDATE', 'write', WRITES],
  [keyspacesData('Delete', { ...TABLE, deleteColumnNames: [] }), 'DML', 'DELETE', 'write', WRITES],
  [keyspacesData('GetShardIterator', { streamArn: STREAM_ARN, shardId: 's' }), 'API', 'GET_SHARD_ITERATOR', 'metadata', READS],
  [keyspacesData('GetRecords', { shardIterator: 'i' }, { resources: STREAM }), 'DML', 'GET_RECORDS', 'read', READS],
];

test.each(GOLDEN.map(([record, ...expected]) => ({ name: record.eventName, record, expected })))(
  '$name follows its event name',
  ({ record, expected: [eventClass, operation, access, tables, flags] }) => {
    expect(eventOf(record)).toMatchObject({
      service: 'keyspaces',
      class: eventClass,
      operation,
      access,
      tables,
      database: 'shop',
      outcome: 'succeeded',
      classifier: { basis: 'event-name' },
    });
    expect(eventOf(record).tables).toStrictEqual(tables);
    expect(eventOf(record).flags).toStrictEqual(flags);
  },
);

test('shows a case for every event name of the catalogue', () => {
  expect(GOLDEN.map(([{ eventName }]) => eventName).sort()).toStrictEqual(
    [...KEYSPACES_EVENTS.keys()].sort(),
  );
});

test('keeps the text of a definition, unchanged', () => {
  const text = '\n\tCREATE TABLE "Shop"."Orders"(\n\t\t"ID" int PRIMARY KEY)';
  const event = eventOf(
    keyspacesDefinition('CreateTable', text, { keyspaceName: 'Shop', tableName: 'Orders' }),
  );

  expect(event.statement).toMatchObject({ text, source: 'cloudtrail' });
  expect(event.tables).toStrictEqual([{ name: 'Shop.Orders', access: 'write' }]);
});

test('takes the table from the text where the record lacks it', () => {
  const event = eventOf(
    keyspacesDefinition('DropTable', 'DROP TABLE orders', { keyspaceName: 'shop' }),
  );

  expect(event.tables).toContainEqual({ name: 'shop.orders', access: 'write' });
});

test.each([
  ['an ARN', 'ARN', keyspacesArn('shop', 'orders'), READS],
  ['a lower-case arn', 'arn', keyspacesArn('shop', 'orders'), READS],
  ['an ARN that ends with a slash', 'ARN', `${keyspacesArn('shop', 'orders')}/`, READS],
  ['a keyspace ARN', 'ARN', keyspacesArn('shop'), [{ name: 'shop.*', access: 'read' }]],
  ['a stream ARN', 'ARN', STREAM_ARN, READS],
])('takes keyspace and table from %s where the parameters lack them', (_, member, arn, tables) => {
  const event = eventOf(
    keyspacesData('Select', null, {
      resources: [{ type: 'AWS::Cassandra::Table', [member]: arn }],
    }),
  );

  expect(event.tables).toStrictEqual(tables);
  expect(event.resources).toStrictEqual([{ type: 'AWS::Cassandra::Table', arn }]);
});

test('rebuilds the outline of a data statement with its redactions', () => {
  const event = eventOf(keyspacesSelect({ allowFiltering: true }));

  expect(event.statement).toStrictEqual({
    text: "SELECT order_id, total FROM shop.orders WHERE order_id = 'a**(Redacted)9' ALLOW FILTERING",
    source: 'outline',
    fingerprint: expect.any(String),
  });
  expect(event.columns).toStrictEqual(['order_id', 'total']);
});

test('gives runs of one data statement one fingerprint', () => {
  const fingerprints = ["'a**(Redacted)9'", "'b**(Redacted)3'", '**(Redacted)'].map(
    (value) =>
      eventOf(keyspacesSelect({ conditions: [`order_id = ${value}`] })).statement?.fingerprint,
  );

  expect(new Set(fingerprints).size).toBe(1);
});

test.each([
  ['an SDK look at a table', keyspacesData('Select', TABLE)],
  ['an SDK look at the keyspaces', keyspacesData('Select', null)],
  [
    'an SDK look that has nulls',
    keyspacesData('Select', { ...TABLE, select: null, conditions: null }),
  ],
])('takes %s, logged as Select, for metadata', (_, record) => {
  const event = eventOf(record);

  expect(event).toMatchObject({ class: 'DML', operation: 'SELECT', access: 'metadata' });
  expect(event.statement).toBeUndefined();
});

test.each(['system', 'system_schema', 'system_schema_mcs'])(
  'takes a Select on %s for metadata',
  (keyspaceName) => {
    const event = eventOf(keyspacesSelect({ keyspaceName, tableName: 'tables' }));

    expect(event.access).toBe('metadata');
    expect(event.statement?.source).toBe('outline');
    expect(event.tables).toStrictEqual([{ name: `${keyspaceName}.tables`, access: 'read' }]);
  },
);

test.each(['systems', 'System', 'ecosystem'])(
  'takes a Select on %s, a keyspace of the user, for a read',
  (keyspaceName) => {
    expect(eventOf(keyspacesSelect({ keyspaceName, tableName: 'tables' })).access).toBe('read');
  },
);

test.each([
  ['all rows', { ...TABLE, select: [], conditions: [] }, 'read'],
  ['all columns', { ...TABLE, conditions: ['id = 1'] }, 'read'],
  ['parameters that CloudTrail left out', { omitted: true, originalSize: 120_000 }, 'read'],
])('takes a Select of %s for a read', (_, parameters, access) => {
  expect(eventOf(keyspacesData('Select', parameters)).access).toBe(access);
});

test('takes a Select for a read where nothing but its table is logged', () => {
  const resources = [{ type: 'AWS::Cassandra::Table', ARN: keyspacesArn('shop', 'orders') }];

  expect(eventOf(keyspacesData('Select', null, { resources })).access).toBe('read');
});

test.each([
  ["ALTER TABLE shop.orders ADD TAGS {'team': 'data'}", 'control'],
  ['\n alter table "shop"."orders" drop tags {\'team\': \'data\'}', 'control'],
  ['ALTER TABLE shop.orders ADD tags text', 'schema'],
  ['ALTER TABLE shop.orders ADD note text', 'schema'],
  ["ALTER TABLE shop.orders WITH CUSTOM_PROPERTIES = {'tags': 1}", 'schema'],
])('knows a change of tags only: %s', (text, access) => {
  expect(eventOf(keyspacesDefinition('AlterTable', text, TABLE)).access).toBe(access);
});

test.each([
  ['tags', { ...TABLE, tags: [{ key: 'a' }] }],
  ['tagKeys', { resourceArn: 'arn', tagKeys: ['a'] }],
])('knows a change of tags by its %s where there is no text', (_, requestParameters) => {
  const record = keyspacesDefinition('AlterTable', undefined, TABLE, { requestParameters });

  expect(eventOf(record)).toMatchObject({ operation: 'ALTER_TABLE', access: 'control' });
});

test.each([undefined, '***OMITTED***'])('flags a drop whose text is %s', (text) => {
  expect(eventOf(keyspacesDefinition('DropTable', text, TABLE)).flags).toStrictEqual([
    'destructive',
  ]);
});

test('says that a masked definition is hidden', () => {
  const event = eventOf(keyspacesDefinition('CreateTable', '***OMITTED***', TABLE));

  expect(event.statement).toStrictEqual({ unavailable: 'hidden' });
  expect(event.tables).toStrictEqual(WRITES);
});

test('keeps a failed call with the parts that it has', () => {
  const event = eventOf(
    keyspacesDefinition(
      'CreateTable',
      'CREATE TABLE shop.orders (',
      TABLE,
      refused('InvalidRequest', 'line 1'),
    ),
  );

  expect(event).toMatchObject({
    outcome: 'failed',
    error: { code: 'InvalidRequest', message: 'line 1', stage: 'call' },
    tables: WRITES,
  });
});

test.each([
  [true, 'read', 'read'],
  [false, 'write', 'write'],
  [undefined, 'unknown', 'read'],
])('keeps an unknown event (readOnly: %s) with what can be read', (readOnly, access, touches) => {
  const record = keyspacesDefinition('WarmTable', 'WARM TABLE shop.orders', TABLE, { readOnly });

  expect(eventOf(record)).toMatchObject({
    class: 'UNKNOWN',
    operation: 'WARM_TABLE',
    access,
    database: 'shop',
    tables: [{ name: 'shop.orders', access: touches }],
    statement: { text: 'WARM TABLE shop.orders' },
  });
});

test('masks every value on request, also one that CloudTrail shows', () => {
  const options = { redactLiterals: true };
  const shown = keyspacesSelect({ conditions: ["mail = 'secret'", 'pin = 4711'] });

  expect(eventOf(shown, options).statement?.text).toBe(
    "SELECT order_id, total FROM shop.orders WHERE mail = '?' AND pin = ?",
  );

  expect(eventOf(keyspacesSelect(), options).statement).toMatchObject({
    text: 'SELECT order_id, total FROM shop.orders WHERE order_id = ?',
    source: 'outline',
    redacted: true,
  });
  expect(
    eventOf(
      keyspacesDefinition('AlterTable', "ALTER TABLE shop.orders WITH comment = 'secret'", TABLE),
      options,
    ).statement,
  ).toMatchObject({ text: expect.not.stringContaining('secret'), redacted: true });
});
