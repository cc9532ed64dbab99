import type { Dialect } from '../../src/statement/classify';
import { fingerprintStatement, redactLiterals } from '../../src/statement/fingerprint';

describe('fingerprintStatement', () => {
  test.each<[Dialect, string, string]>([
    ['athena', 'SELECT a FROM t WHERE x = 1', 'select  A from T -- why\nwhere x=-20.5e3;'],
    ['athena', 'SELECT a FROM t WHERE x = +1', 'SELECT a FROM t WHERE x = ?'],
    ['athena', 'SELECT f(a, -1)', 'SELECT f(a, 2)'],
    ['athena', 'SELECT f(a, -1)', 'SELECT f(a, -?)'],
    ['athena', "SELECT a FROM t WHERE x IN ('a')", "SELECT a FROM t WHERE x IN ('b', 'it''s')"],
    [
      'athena',
      'SELECT 1 FROM t WHERE (x, y) IN ((1, 2))',
      'SELECT 1 FROM t WHERE (x, y) IN ((3, 4), (5, 6))',
    ],
    ['athena', "SELECT DATE '2026-01-01'", "SELECT '2027-01-01'"],
    ['athena', "SELECT a FROM t WHERE d > timestamp '2026-01-01'", 'SELECT a FROM t WHERE d > ?'],
    ['athena', 'INSERT INTO t VALUES (1, 2)', 'INSERT INTO t VALUES (3, 4), (5, 6)'],
    ['athena', 'VALUES 1', 'VALUES 1, 2, 3'],
    ['athena', "VALUES 'a'", 'VALUES ?'],
    ['athena', 'SELECT 1', 'SELECT 2;;'],
    ['athena', 'DROP TABLE "db"."t"', 'DROP TABLE "db" . "t"'],
    ['cql', 'SELECT a FROM t WHERE d = P1D', 'SELECT a FROM t WHERE d = 2h'],
    ['cql', 'SELECT a FROM t WHERE d = -P1D', 'SELECT a FROM t WHERE d = ?'],
  ])('%s: is equal for %s and %s', (dialect, one, other) => {
    expect(fingerprintStatement(one, dialect)).toBe(fingerprintStatement(other, dialect));
  });

  test.each<[Dialect, string, string]>([
    ['athena', 'SELECT a FROM t', 'SELECT b FROM t'],
    ['athena', 'SELECT a FROM t', 'SELECT a FROM "T"'],
    ['athena', 'SELECT a FROM "t"', 'SELECT a FROM "T"'],
    ['athena', 'SELECT f(1)', 'SELECT f(1, 2)'],
    ['athena', 'SELECT a - 1', 'SELECT a + 1'],
    ['athena', 'SELECT a - 1', 'SELECT a 1'],
    ['athena', 'SELECT f(b) - 1', 'SELECT f(b) + 1'],
    ['athena', 'SELECT 1 - 1', 'SELECT 1 + 1'],
    ['athena', 'SELECT 1 FROM t WHERE x IN (1)', 'SELECT 1 FROM t WHERE x = (1)'],
    ['athena', 'SELECT 1 FROM t WHERE x IN (1)', 'SELECT 1 FROM t WHERE x'],
    ['athena', 'VALUES 1', 'VALUES (1, 2)'],
    ['athena', 'SELECT date + 1', 'SELECT 1'],
    ['athena', "SELECT x 'a'", 'SELECT y'],
    ['cql', 'SELECT a FROM t WHERE k = p1d', 'SELECT a FROM t WHERE k = 1'],
  ])('%s: differs for %s and %s', (dialect, one, other) => {
    expect(fingerprintStatement(one, dialect)).not.toBe(fingerprintStatement(other, dialect));
  });

  test.each([
    ['', '1841ab905db4a501'],
    ['SELECT a FROM t', '4f8452f5ac39bfbd'],
    ['SELECT be', '0366308d60223675'],
  ])('stays what it is: %p has %s', (text, expected) => {
    expect(fingerprintStatement(text, 'athena')).toBe(expected);
  });
});

describe('redactLiterals', () => {
  test('masks strings and numbers and leaves the rest as written', () => {
    const text = 'SELECT  a,\n t.b2 FROM "T" WHERE x = \'secret\' /* 4711 */ AND y > 1.5e3';

    expect(redactLiterals(text, 'athena')).toBe(
      'SELECT  a,\n t.b2 FROM "T" WHERE x = \'?\' AND y > ?',
    );
  });

  test('masks the double-quoted strings of Hive definitions, not the table name', () => {
    const text = `CREATE EXTERNAL TABLE "db"."t" (a int COMMENT "secret \\" one") LOCATION "s3://b/"`;

    expect(redactLiterals(text, 'athena')).toBe(
      `CREATE EXTERNAL TABLE "db"."t" (a int COMMENT '?') LOCATION '?'`,
    );
  });

  test.each([
    [
      `ALTER TABLE t SET TBLPROPERTIES ("a" = "it\\"s")`,
      "ALTER TABLE t SET TBLPROPERTIES ('?' = '?')",
    ],
    [
      `CREATE DATABASE IF NOT EXISTS "d" COMMENT "c"`,
      `CREATE DATABASE IF NOT EXISTS "d" COMMENT '?'`,
    ],
    [`ALTER TABLE "t" RENAME TO "u"`, `ALTER TABLE "t" RENAME TO "u"`],
    [`ALTER TABLE 't' RENAME TO u`, `ALTER TABLE '?' RENAME TO u`],
    [`CREATE TABLE a AS SELECT "b" FROM "t"`, `CREATE TABLE a AS SELECT "b" FROM "t"`],
    ["SELECT '\\', a -- it's\nFROM t", "SELECT '?', a FROM t"],
    ["SELECT 'no end", "SELECT '?'"],
    ['-- a\nSELECT /* 1 */ 1 -- b', ' SELECT ? '],
  ])('%s becomes %s', (text, redacted) => {
    expect(redactLiterals(text, 'athena')).toBe(redacted);
  });

  test.each([
    ['UUIDs', 'k = 550e8400-e29b-41d4-a716-446655440000', 'k = ?'],
    ['UUIDs that start like a name', 'k = C73DE1D3-AF08-40F3-B124-3FF3E5109F22', 'k = ?'],
    ['blobs', 'b = 0xCAFE', 'b = ?'],
    ['$$ strings', "c = $$it's$$", "c = '?'"],
    ['strings of eight characters', "c = '123456'", "c = '?'"],
    ['durations', 'd = 89h4m48s', 'd = ?'],
    ['negative durations', 'd = -12h30m', 'd = -?'],
    ['ISO durations', 'd IN (P3Y6M4DT12H30M5S, PT5M, P2W, P0D)', 'd IN (?, ?, ?, ?)'],
    ['ISO durations like dates', 'd = P0003-06-04T12:30:05', 'd = ?'],
  ])('masks %s of CQL', (_what, written, masked) => {
    expect(redactLiterals(`SELECT a FROM t WHERE ${written}`, 'cql')).toBe(
      `SELECT a FROM t WHERE ${masked}`,
    );
  });

  test.each(['p3y', 'P', 'PT', 'P3X', 'P3Ys', 'Points', '"P3Y"', 'abcdef01', 'x550e8400'])(
    'takes %s of CQL for a name',
    (name) => {
      const text = `SELECT ${name} FROM t`;

      expect(redactLiterals(text, 'cql')).toBe(text);
    },
  );

  test('leaves quoted names of CQL definitions', () => {
    const text = 'CREATE TABLE ks."T" ("K" int PRIMARY KEY, "Col" text)';

    expect(redactLiterals(text, 'cql')).toBe(text);
  });

  test('knows literals of CQL in CQL only', () => {
    const text = 'SELECT P3D FROM t';

    expect(redactLiterals(text, 'athena')).toBe(text);
  });
});
