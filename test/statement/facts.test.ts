import { classifyStatement, type Dialect } from '../../src/statement/classify';

describe('columns', () => {
  test.each<[Dialect, string, string]>([
    ['athena', 'SELECT a, t.b, "C d" FROM t', 'a b C_d'],
    ['athena', 'SELECT a AS x, b y, c "z", s.t.d FROM t', 'a b c d'],
    ['athena', 'SELECT DISTINCT a, ALL FROM t', 'a'],
    ['athena', 'SELECT a, a, t.a FROM t', 'a'],
    ['athena', 'SELECT a + 1, f(b), -c, d || e, g IS NULL, h[1], NOT i, (j) FROM t', ''],
    ['athena', "SELECT 1, 'x', date '2026-01-01', NULL, TRUE, false, current_date, ? FROM t", ''],
    ['athena', 'SELECT a, (SELECT b FROM u), c FROM t', 'a c'],
    ['athena', 'SELECT a FROM (SELECT b FROM u) WHERE c IN (d, e)', 'a'],
    ['athena', 'SELECT a FROM t GROUP BY b, c ORDER BY d, e', 'a'],
    ['athena', 'SELECT a FROM t UNION SELECT b FROM u', 'a'],
    ['athena', 'WITH x AS (SELECT a FROM t) SELECT b FROM x', 'b'],
    ['athena', 'SELECT a, t.*, b FROM t', 'a b'],
    ['athena', 'SELECT a, (SELECT b, c FROM u), d FROM t', 'a d'],
    ['athena', 'SELECT a * b, c * 2 FROM t', ''],
    ['athena', 'SELECT set, a FROM t', 'set a'],
    ['athena', 'SELECT DISTINCT a, b FROM t', 'a b'],
    ['athena', 'SELECT 1 UNION SELECT a FROM t', ''],
    ['athena', 'SELECT 1 EXCEPT SELECT a FROM t', ''],
    ['athena', 'SELECT 1 INTERSECT SELECT a FROM t', ''],
    ['athena', 'SELECT (SELECT 1 UNION SELECT 2), a FROM t', 'a'],
    ['athena', 'SELECT a FROM t ORDER BY b, c', 'a'],
    ['athena', '(SELECT a FROM t) UNION (SELECT b FROM u) ORDER BY 1, c', ''],
    ['athena', '(SELECT a FROM t) ORDER BY b, c', ''],
    ['athena', 'DELETE FROM t WHERE a = b', ''],
    ['athena', 'MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET b = c, d = e', ''],
    ['athena', 'SELECT a', 'a'],
    ['athena', 'INSERT INTO t (a, "B") SELECT c FROM u', 'a b'],
    ['athena', 'INSERT INTO t SELECT c, d FROM u', 'c d'],
    ['athena', 'INSERT INTO t (SELECT c FROM u)', ''],
    ['athena', 'UPDATE t SET a = 1, b = f(c, d), e = (SELECT g FROM u) WHERE h = 2', 'a b e'],
    ['athena', 'CREATE TABLE t (a, b) AS SELECT c, d FROM u', 'a b'],
    ['athena', 'CREATE TABLE t AS SELECT c, d FROM u', 'c d'],
    ['athena', 'CREATE VIEW v AS SELECT c, d FROM u', 'c d'],
    [
      'athena',
      "CREATE EXTERNAL TABLE t (`A` string COMMENT 'x, y', b map<string,int>, c struct<d:int,e:array<int>>, f decimal(10,2))",
      'a b c f',
    ],
    ['athena', 'CREATE TABLE t (a int, b string) PARTITIONED BY (c)', 'a b'],
    ['athena', 'ALTER TABLE t ADD COLUMNS (a int, b struct<c:int,d:int>)', 'a b'],
    ['athena', 'ALTER TABLE t ADD COLUMN a int', 'a'],
    ['athena', 'ALTER TABLE t REPLACE COLUMNS (a int)', 'a'],
    ['athena', 'ALTER TABLE t DROP COLUMN a', 'a'],
    ['athena', 'ALTER TABLE t CHANGE COLUMN a b int', 'a b'],
    ['athena', "ALTER TABLE t ADD COLUMNS (a string COMMENT 'it\\'s (', b int)", 'a b'],
    ['athena', 'CREATE TABLE t (a int, b string', 'a b'],
    ['cql', 'SELECT a, "B", ttl(c), d AS e, f.g, cast(h AS int) FROM t', 'a B d f.g'],
    ['cql', 'SELECT JSON a, b FROM t', 'a b'],
    ['cql', 'SELECT json, distinct, a FROM t', 'json distinct a'],
    ['cql', 'SELECT a FROM t WHERE b = 1', 'a'],
    ['cql', 'SELECT DISTINCT k FROM t', 'k'],
    ['cql', 'SELECT f(a, b), c FROM t', 'c'],
    ['cql', 'INSERT INTO t (a, "B") VALUES (c, d)', 'a B'],
    ['cql', "INSERT INTO t JSON '{}'", ''],
    [
      'cql',
      "UPDATE t USING TTL 5 SET a = 1, m['k'] = 2, b = {1, 2}, c = c + 1 WHERE d = 1",
      'a b c',
    ],
    ['cql', 'DELETE a, m[1], "B" FROM t WHERE c = 1', 'a m B'],
    ['cql', 'DELETE FROM t WHERE c = 1', ''],
    ['cql', 'CREATE TABLE t (a int, m map<text, list<int>>, PRIMARY KEY (a, b))', 'a m'],
    ['cql', 'ALTER TABLE t ADD a int', 'a'],
    ['cql', 'ALTER TABLE t ADD (a int, b int)', 'a b'],
    ['cql', 'ALTER TABLE t DROP a', 'a'],
    ['cql', 'ALTER TABLE t DROP IF EXISTS a, b', 'a b'],
    ['cql', 'ALTER TABLE t DROP (a, "B") USING TIMESTAMP 5', 'a B'],
    ['cql', 'ALTER TABLE t DROP COMPACT STORAGE', ''],
  ])('%s: %s names %s', (dialect, text, columns) => {
    const expected = columns === '' ? [] : columns.split(' ').map((name) => name.replace('_', ' '));

    const found = classifyStatement(text, dialect).columns;

    expect(found).toEqual(
      dialect === 'cql' ? expected : expected.map((name) => name.toLowerCase()),
    );
  });
});

describe('locations', () => {
  test.each([
    ["UNLOAD (SELECT a FROM t) TO 's3://b/x' WITH (format = 'JSON')", [['s3://b/x', 'write']]],
    ["UNLOAD (SELECT 's3://no' FROM t)", []],
    [
      "CREATE EXTERNAL TABLE t (a int COMMENT 'LOCATION') LOCATION 's3://b/'",
      [['s3://b/', 'read']],
    ],
    [
      "CREATE EXTERNAL TABLE t (a int COMMENT 'it\\'s') LOCATION \"s3://b/\"",
      [['s3://b/', 'read']],
    ],
    [
      "CREATE EXTERNAL TABLE t (a int COMMENT 'ends in \\\\') LOCATION 's3://b/'",
      [['s3://b/', 'read']],
    ],
    ["CREATE EXTERNAL TABLE t ROW FORMAT SERDE 's' LOCATION 's3://b/'", [['s3://b/', 'read']]],
    [
      "CREATE TABLE t (a int) LOCATION 's3://b/' TBLPROPERTIES ('table_type'='ICEBERG')",
      [['s3://b/', 'write']],
    ],
    ["CREATE TABLE t WITH (external_location = 's3://b/') AS SELECT 1", [['s3://b/', 'write']]],
    [
      "CREATE TABLE t WITH (location='s3://b/', is_external = false) AS SELECT 1",
      [['s3://b/', 'write']],
    ],
    ["CREATE DATABASE d LOCATION 's3://b/'", [['s3://b/', 'read']]],
    ["ALTER DATABASE d SET LOCATION 's3://b/'", [['s3://b/', 'read']]],
    ["ALTER TABLE t SET LOCATION 's3://b/'", [['s3://b/', 'read']]],
    [
      "ALTER TABLE t ADD PARTITION (a=1) LOCATION 's3://b/1/' PARTITION (a=2) LOCATION 's3://b/2/'",
      [
        ['s3://b/1/', 'read'],
        ['s3://b/2/', 'read'],
      ],
    ],
    ["ALTER TABLE t ADD PARTITION (location = 'x')", []],
    ["SELECT 's3://b/' FROM t", []],
    ["UNLOAD (SELECT a FROM t) TO ''", []],
    ["UNLOAD (SELECT a FROM t) TO 's3://b/x', 's3://no'", [['s3://b/x', 'write']]],
    ["CREATE TABLE t (location string) LOCATION 's3://b/'", [['s3://b/', 'write']]],
    ["CREATE TABLE t WITH (location = lower('x')) AS SELECT 1", []],
    [
      "CREATE TABLE t (a, b) WITH (external_location = 's3://b/') AS SELECT 1",
      [['s3://b/', 'write']],
    ],
    ["CREATE EXTERNAL TABLE t LIKE u LOCATION 's3://b/'", [['s3://b/', 'read']]],
    ["ALTER TABLE t ADD PARTITION (a='it\\'s') LOCATION \"s3://b/\"", [['s3://b/', 'read']]],
    ["EXPLAIN UNLOAD (SELECT a FROM t) TO 's3://b/x'", [['s3://b/x', 'write']]],
  ])('%s', (text, locations) => {
    const expected = locations.map(([uri, access]) => ({ uri, access }));

    expect(classifyStatement(text, 'athena').locations).toEqual(expected);
  });
});

describe('flags', () => {
  test.each<[Dialect, string, string]>([
    ['athena', 'DROP TABLE t', 'destructive'],
    ['athena', 'DROP VIEW v', 'destructive'],
    ['athena', 'DROP DATABASE d CASCADE', 'destructive'],
    ['athena', 'ALTER TABLE t DROP PARTITION (a = 1)', 'destructive'],
    ['athena', 'ALTER TABLE t DROP COLUMN a', 'destructive'],
    ['athena', 'ALTER TABLE t ADD COLUMNS (a int)', ''],
    ['athena', 'DELETE FROM t', 'destructive'],
    ['athena', 'DELETE FROM t WHERE a = 1', ''],
    ['athena', 'UPDATE t SET a = 1', 'destructive'],
    ['athena', 'UPDATE t SET a = (SELECT b FROM u WHERE c = 1)', 'destructive'],
    ['athena', 'UPDATE t SET a = 1 WHERE b = 2', ''],
    ['athena', 'MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE', ''],
    ['athena', "UNLOAD (SELECT a FROM t) TO 's3://b/'", 'bulkExport'],
    [
      'athena',
      "CREATE TABLE t WITH (external_location = 's3://b/') AS SELECT a FROM u",
      'bulkExport',
    ],
    ['athena', 'CREATE TABLE t AS SELECT * FROM u', ''],
    ['athena', 'SELECT * FROM t', 'bulkExport'],
    ['athena', 'SELECT a, t.* FROM t WHERE b = 1', 'bulkExport'],
    ['athena', 'TABLE t', 'bulkExport'],
    ['athena', 'SELECT * FROM t LIMIT 10', ''],
    ['athena', 'SELECT * FROM t FETCH FIRST 10 ROWS ONLY', ''],
    ['athena', 'SELECT * FROM t WHERE a IN (SELECT b FROM u LIMIT 1)', 'bulkExport'],
    ['athena', 'SELECT * FROM (VALUES 1)', ''],
    ['athena', 'SELECT *, a + limit FROM t', 'bulkExport'],
    ['athena', 'SELECT * FROM t WHERE a = 1', 'bulkExport'],
    ['athena', 'SELECT * FROM t WHERE a IN (SELECT b FROM u WHERE c = 1)', 'bulkExport'],
    ['athena', 'SELECT a, b FROM t UNION SELECT * FROM u', ''],
    ['athena', 'SELECT a FROM t WHERE b IN (TABLE u)', ''],
    ['athena', 'VALUES 1 UNION TABLE t', ''],
    ['athena', 'TABLE t LIMIT 1', ''],
    ['athena', 'INSERT INTO a TABLE t', ''],
    ['athena', 'WITH x AS (TABLE t) SELECT a FROM x', ''],
    ['athena', "CREATE TABLE t WITH (location = 's3://b/') AS SELECT a FROM u", ''],
    ['athena', 'DROP MATERIALIZED VIEW v', 'destructive'],
    ['athena', 'UPDATE t SET a = 1, b = (SELECT 1 WHERE true) WHERE c = 2', ''],
    ['athena', 'SELECT count(*) FROM t', ''],
    ['athena', 'SELECT a * b FROM t', ''],
    ['athena', 'SELECT a FROM (SELECT * FROM t)', ''],
    ['athena', 'INSERT INTO t SELECT * FROM u', ''],
    ['athena', 'EXPLAIN SELECT * FROM t', 'explainOnly'],
    ['athena', 'EXPLAIN DROP TABLE t', 'explainOnly'],
    ['athena', 'EXPLAIN ANALYZE DELETE FROM t', 'destructive'],
    ['athena', 'EXPLAIN ANALYZE SELECT a FROM t', ''],
    ['athena', 'PREPARE p FROM DELETE FROM t', 'destructive'],
    ['cql', 'DROP KEYSPACE ks', 'destructive'],
    ['cql', 'TRUNCATE t', 'destructive'],
    ['cql', 'ALTER TABLE t DROP a', 'destructive'],
    ['cql', 'ALTER TABLE t DROP COMPACT STORAGE', ''],
    ['cql', "ALTER TABLE t DROP TAGS {'a': 'b'}", ''],
    ['cql', 'DROP ROLE r', 'destructive'],
    ['cql', 'DELETE FROM t WHERE k = 1', ''],
    ['cql', 'DELETE FROM t', 'destructive'],
    ['cql', 'UPDATE t SET a = 1 WHERE k = 1', ''],
    ['cql', 'SELECT * FROM t', 'bulkExport'],
    ['cql', 'SELECT * FROM t LIMIT 5', ''],
    ['cql', 'SELECT a FROM t WHERE b = 1 ALLOW FILTERING', 'allowFiltering'],
    ['cql', 'SELECT * FROM t ALLOW FILTERING', 'bulkExport allowFiltering'],
    ['cql', 'SELECT allow, filtering FROM t', ''],
    ['cql', 'SELECT * FROM t WHERE k = 1', 'bulkExport'],
    ['cql', 'SELECT a FROM t WHERE filtering = 1', ''],
    ['cql', 'SELECT * FROM t; SELECT a FROM u LIMIT 1 ALLOW FILTERING', 'bulkExport'],
    ['cql', 'DELETE FROM t USING TIMESTAMP 5', 'destructive'],
    ['cql', 'UPDATE t SET a = 1', 'destructive'],
    ['cql', 'DROP TYPE u', 'destructive'],
    ['cql', 'DROP MATERIALIZED VIEW v', 'destructive'],
    ['cql', 'CREATE TYPE u (a int)', ''],
    ['cql', 'ALTER USER u', ''],
  ])('%s: %s has %s', (dialect, text, flags) => {
    expect(classifyStatement(text, dialect).flags.join(' ')).toBe(flags);
  });
});

describe('access', () => {
  test.each<[Dialect, string, string]>([
    ['athena', 'EXPLAIN ANALYZE SELECT a FROM t', 'read'],
    ['athena', 'EXPLAIN ANALYZE INSERT INTO a SELECT b FROM t', 'write'],
    ['athena', 'EXPLAIN ANALYZE VERBOSE CREATE TABLE a AS SELECT b FROM t', 'schema'],
    ['athena', 'EXPLAIN ANALYZE', 'metadata'],
    ['athena', 'EXPLAIN EXPLAIN ANALYZE DELETE FROM a', 'metadata'],
    ['athena', 'PREPARE p FROM EXPLAIN ANALYZE DELETE FROM a', 'control'],
    ['cql', "ALTER TABLE t ADD TAGS {'a': 'b'}", 'control'],
    ['cql', "ALTER KEYSPACE ks DROP TAGS {'a': 'b'}", 'control'],
    ['cql', 'ALTER TABLE t ADD tags text', 'schema'],
  ])('%s: %s is %s', (dialect, text, access) => {
    expect(classifyStatement(text, dialect).access).toBe(access);
  });
});

describe('the name of a prepared statement', () => {
  test.each([
    ['PREPARE p1 FROM SELECT 1', 'p1'],
    ['EXECUTE "My P" USING 1', 'My P'],
    ['execute DailySales', 'DailySales'],
    ['DEALLOCATE PREPARE p1;', 'p1'],
    ["EXECUTE IMMEDIATE 'SELECT 1'", undefined],
    ['SELECT 1', undefined],
  ])('%s: %s', (text, name) => {
    expect(classifyStatement(text, 'athena').preparedStatement).toBe(name);
  });
});

describe('a text that ends too early', () => {
  test.each([
    ['CREATE', 'DDL', 'UNKNOWN'],
    ['CREATE EXT', 'DDL', 'UNKNOWN'],
    ['CREATE OR REPLACE ', 'DDL', 'UNKNOWN'],
    ['DROP -', 'DDL', 'UNKNOWN'],
    ['ALTER ', 'DDL', 'UNKNOWN'],
    ['SHOW', 'UTILITY', 'UNKNOWN'],
    ['CREATE ROLE', 'UNKNOWN', 'UNKNOWN'],
    ['CREATE ROLE r', 'UNKNOWN', 'UNKNOWN'],
    ['CREATE TABLE', 'DDL', 'CREATE_TABLE'],
    ['CREATE TABLE a AS', 'DDL', 'CREATE_TABLE_AS_SELECT'],
    ['CREATE TABLE a AS SEL', 'DDL', 'CREATE_TABLE_AS_SELECT'],
    ['CREATE TABLE a STORED AS', 'DDL', 'CREATE_TABLE'],
    ['ALTER TABLE t', 'DDL', 'ALTER_TABLE'],
    ['INSERT', 'DML', 'INSERT'],
    ['WITH', 'DML', 'SELECT'],
    ['WITH x AS (SELECT', 'DML', 'SELECT'],
    ['USING EXTERNAL FUNCTION f(', 'DML', 'SELECT'],
    ['EXPLAIN', 'DML', 'EXPLAIN'],
    ['EXPLAIN (TYPE', 'DML', 'EXPLAIN'],
    ['PREPARE p', 'UTILITY', 'PREPARE'],
    ['SEL', 'UNKNOWN', 'UNKNOWN'],
    ['CREATE X', 'UNKNOWN', 'UNKNOWN'],
    ['DROP - VIEW', 'UNKNOWN', 'UNKNOWN'],
    ['DROP 2', 'UNKNOWN', 'UNKNOWN'],
    ['SHOW T', 'UTILITY', 'UNKNOWN'],
    ['CREATE TABLE a WITH (', 'DDL', 'CREATE_TABLE'],
    ['EXPLAIN ANALYZE (', 'DML', 'EXPLAIN'],
    ['INSERT INTO', 'DML', 'INSERT'],
    ['UNLOAD )', 'DML', 'UNLOAD'],
    ['WITH x AS (SELECT 1) INSERT', 'DML', 'INSERT'],
  ])('%s is still %s, %s', (text, statementClass, operation) => {
    expect(classifyStatement(text, 'athena')).toMatchObject({ class: statementClass, operation });
  });
});
