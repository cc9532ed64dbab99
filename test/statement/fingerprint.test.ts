import { fingerprintStatement, redactLiterals } from '../../src/statement/fingerprint';

describe('fingerprintStatement', () => {
  test.each([
    ['SELECT a FROM t WHERE x = 1', 'select  A from T -- why\nwhere x=-20.5e3;'],
    ["SELECT a FROM t WHERE x IN ('a')", "SELECT a FROM t WHERE x IN ('b', 'c', 'it''s')"],
    ["SELECT DATE '2026-01-01'", "SELECT date '2027-01-01'"],
    ['INSERT INTO t VALUES (1, 2)', 'INSERT INTO t VALUES (3, 4), (5, 6)'],
  ])('is equal for %s and %s', (one, other) => {
    expect(fingerprintStatement(one, 'athena')).toBe(fingerprintStatement(other, 'athena'));
  });

  test.each([
    ['SELECT a FROM t', 'SELECT b FROM t'],
    ['SELECT a FROM t', 'SELECT a FROM "T"'],
    ['SELECT f(1)', 'SELECT f(1, 2)'],
  ])('differs for %s and %s', (one, other) => {
    expect(fingerprintStatement(one, 'athena')).not.toBe(fingerprintStatement(other, 'athena'));
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

  test('masks UUIDs, blobs and $$ strings of CQL', () => {
    const text =
      'SELECT a FROM t WHERE k = 550e8400-e29b-41d4-a716-446655440000 AND b = 0xCAFE AND c = $$x$$';

    expect(redactLiterals(text, 'cql')).toBe("SELECT a FROM t WHERE k = ? AND b = ? AND c = '?'");
  });
});
