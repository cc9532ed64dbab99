import { classifyKind, classifyStatement, type Dialect } from '../../src/statement/classify';

type Case = readonly [text: string, operation: string, reads: string[], writes: string[]];

const ATHENA: readonly Case[] = [
  ['SELECT*FROM t', 'SELECT', ['t'], []],
  ['INSERT INTO a (x) SELECT x FROM b', 'INSERT', ['b'], ['a']],
  ['CREATE TABLE a AS (SELECT * FROM b)', 'CREATE_TABLE_AS_SELECT', ['b'], ['a']],
  ['WITH x AS (SELECT * FROM t) SELECT * FROM x, u', 'SELECT', ['t', 'u'], []],
];

const CQL: readonly Case[] = [
  ['SELECT * FROM ks."T" WHERE k = 1', 'SELECT', ['ks.T'], []],
  ['DROP KEYSPACE ks', 'DROP_KEYSPACE', [], ['ks.*']],
];

describe.each([
  ['athena', ATHENA],
  ['cql', CQL],
] as const)('classifyStatement of %s', (dialect: Dialect, cases) => {
  test.each(cases)('%s', (text, operation, reads, writes) => {
    const facts = classifyStatement(text, dialect);

    expect(facts).toMatchObject({ operation, reads, writes });
    expect(classifyKind(text, dialect).operation).toBe(operation);
  });
});
