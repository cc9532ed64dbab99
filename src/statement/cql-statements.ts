import { compileGrammar, type RuleKind, type StatementLine } from './grammar';

const READ: RuleKind = { class: 'DML', access: 'read' };
const WRITE: RuleKind = { class: 'DML', access: 'write' };
const TRUNCATE: RuleKind = { class: 'DDL', access: 'write', flags: ['destructive'] };
const DEFINE: RuleKind = { class: 'DDL', access: 'schema' };
const DROP: RuleKind = { ...DEFINE, flags: ['destructive'] };
const TAG: RuleKind = { class: 'DDL', access: 'control' };
const GRANT: RuleKind = { class: 'DCL', access: 'control' };
const DROP_ROLE: RuleKind = { ...GRANT, flags: ['destructive'] };
const LIST: RuleKind = { class: 'DCL', access: 'metadata' };
const USE: RuleKind = { class: 'UTILITY', access: 'control' };
const DESCRIBE: RuleKind = { class: 'UTILITY', access: 'metadata' };

/**
 * CQL: Cassandra 3.11 and what Amazon Keyspaces adds (RESTORE TABLE, tags). The operation words
 * are those of Cassandra's audit log.
 *
 * @see https://cassandra.apache.org/doc/3.11/cassandra/cql/
 * @see https://docs.aws.amazon.com/keyspaces/latest/devguide/cql.html
 */
const CQL_STATEMENTS: readonly StatementLine[] = [
  ['SELECT', READ, 'cqlSelect'],
  ['INSERT [INTO write]', WRITE, 'cqlInsert'],
  ['UPDATE [write]', WRITE, 'cqlUpdate'],
  ['DELETE', WRITE, 'cqlDelete'],
  ['BEGIN [UNLOGGED|LOGGED|COUNTER] [BATCH]', WRITE, 'cqlBatch', 'BATCH'],
  ['TRUNCATE [TABLE|COLUMNFAMILY] [write]', TRUNCATE],

  ['CREATE KEYSPACE|SCHEMA [IF NOT EXISTS] [writeDatabase]', DEFINE],
  ['ALTER KEYSPACE|SCHEMA [IF EXISTS] [writeDatabase]', DEFINE],
  ['ALTER KEYSPACE|SCHEMA writeDatabase ADD|DROP TAGS (…)', TAG, '', 'ALTER_KEYSPACE'],
  ['DROP KEYSPACE|SCHEMA [IF EXISTS] [writeDatabase]', DROP],
  ['CREATE TABLE|COLUMNFAMILY [IF NOT EXISTS] [write]', DEFINE, 'columns'],
  ['CREATE TABLE|COLUMNFAMILY [IF NOT EXISTS] write LIKE read', DEFINE, '', 'CREATE_TABLE'],
  ['ALTER TABLE|COLUMNFAMILY [IF EXISTS] [write]', DEFINE],
  [
    'ALTER TABLE|COLUMNFAMILY [IF EXISTS] write ADD [IF NOT EXISTS]',
    DEFINE,
    'columns',
    'ALTER_TABLE',
  ],
  ['ALTER TABLE|COLUMNFAMILY [IF EXISTS] write DROP [IF EXISTS] [column]', DROP, '', 'ALTER_TABLE'],
  ['ALTER TABLE|COLUMNFAMILY write DROP COMPACT STORAGE', DEFINE, '', 'ALTER_TABLE'],
  ['ALTER TABLE|COLUMNFAMILY write ADD|DROP TAGS (…)', TAG, '', 'ALTER_TABLE'],
  ['DROP TABLE|COLUMNFAMILY [IF EXISTS] [write]', DROP],
  ['RESTORE TABLE [write]', DEFINE],
  ['RESTORE TABLE write FROM TABLE read', DEFINE, '', 'RESTORE_TABLE'],
  ['CREATE TYPE', DEFINE],
  ['ALTER TYPE', DEFINE],
  ['DROP TYPE', DROP],

  ['CREATE [CUSTOM] INDEX [IF NOT EXISTS] [name] [ON write]', DEFINE],
  ['DROP INDEX', DROP],
  ['CREATE MATERIALIZED VIEW [IF NOT EXISTS] [write]', DEFINE, 'cqlSelect', 'CREATE_VIEW'],
  ['ALTER MATERIALIZED VIEW [IF EXISTS] [write]', DEFINE, '', 'ALTER_VIEW'],
  ['DROP MATERIALIZED VIEW [IF EXISTS] [write]', DROP, '', 'DROP_VIEW'],
  ['CREATE [OR REPLACE] FUNCTION', DEFINE],
  ['DROP FUNCTION', DROP],
  ['CREATE [OR REPLACE] AGGREGATE', DEFINE],
  ['DROP AGGREGATE', DROP],
  ['CREATE TRIGGER [IF NOT EXISTS] [name] [ON write]', DEFINE],
  ['DROP TRIGGER [IF EXISTS] [name] [ON write]', DROP],

  ['CREATE ROLE', GRANT],
  ['ALTER ROLE', GRANT],
  ['DROP ROLE', DROP_ROLE],
  ['CREATE USER', GRANT],
  ['ALTER USER', GRANT],
  ['DROP USER', DROP_ROLE],
  ['GRANT', GRANT],
  ['REVOKE', GRANT],
  ['LIST', LIST, '', 'LIST_PERMISSIONS'],
  ['LIST ROLES', LIST],
  ['LIST USERS', LIST],
  ['USE', USE],
  ['DESCRIBE|DESC', DESCRIBE],
];

export const CQL_GRAMMAR = compileGrammar(CQL_STATEMENTS);
