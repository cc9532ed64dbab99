import { compileGrammar, type StatementLine } from './grammar';

const DDL = { class: 'DDL', access: 'schema' } as const;
const WRITE = { class: 'DML', access: 'write' } as const;
const DCL = { class: 'DCL', access: 'control' } as const;
const LIST = { class: 'DCL', access: 'metadata' } as const;
const DROP = { ...DDL, flags: ['destructive'] } as const;

/**
 * CQL: Cassandra 3.11 and what Amazon Keyspaces adds (RESTORE TABLE, tags). The operation words
 * are those of Cassandra's audit log.
 *
 * @see https://cassandra.apache.org/doc/3.11/cassandra/cql/
 * @see https://docs.aws.amazon.com/keyspaces/latest/devguide/cql.html
 */
const CQL_STATEMENTS: readonly StatementLine[] = [
  ['SELECT', { class: 'DML', operation: 'SELECT', access: 'read', tail: 'cqlSelect' }],
  ['INSERT [INTO write]', { ...WRITE, operation: 'INSERT', tail: 'cqlInsert' }],
  ['UPDATE [write]', { ...WRITE, operation: 'UPDATE', tail: 'cqlUpdate' }],
  ['DELETE', { ...WRITE, operation: 'DELETE', tail: 'cqlDelete' }],
  ['BEGIN [UNLOGGED|LOGGED|COUNTER] [BATCH]', { ...WRITE, operation: 'BATCH', tail: 'cqlBatch' }],
  ['TRUNCATE [TABLE|COLUMNFAMILY] [write]', { ...DROP, operation: 'TRUNCATE', access: 'write' }],

  [
    'CREATE KEYSPACE|SCHEMA [IF NOT EXISTS] [writeDatabase]',
    { ...DDL, operation: 'CREATE_KEYSPACE' },
  ],
  ['ALTER KEYSPACE|SCHEMA [IF EXISTS] [writeDatabase]', { ...DDL, operation: 'ALTER_KEYSPACE' }],
  [
    'ALTER KEYSPACE|SCHEMA writeDatabase ADD|DROP TAGS (…)',
    { ...DDL, operation: 'ALTER_KEYSPACE', access: 'control' },
  ],
  ['DROP KEYSPACE|SCHEMA [IF EXISTS] [writeDatabase]', { ...DROP, operation: 'DROP_KEYSPACE' }],
  [
    'CREATE TABLE|COLUMNFAMILY [IF NOT EXISTS] [write]',
    { ...DDL, operation: 'CREATE_TABLE', tail: 'columns' },
  ],
  [
    'CREATE TABLE|COLUMNFAMILY [IF NOT EXISTS] write LIKE read',
    { ...DDL, operation: 'CREATE_TABLE' },
  ],
  ['ALTER TABLE|COLUMNFAMILY [IF EXISTS] [write]', { ...DDL, operation: 'ALTER_TABLE' }],
  [
    'ALTER TABLE|COLUMNFAMILY [IF EXISTS] write ADD [IF NOT EXISTS]',
    { ...DDL, operation: 'ALTER_TABLE', tail: 'columns' },
  ],
  [
    'ALTER TABLE|COLUMNFAMILY [IF EXISTS] write DROP [IF EXISTS] [column]',
    { ...DROP, operation: 'ALTER_TABLE' },
  ],
  [
    'ALTER TABLE|COLUMNFAMILY write ADD|DROP TAGS (…)',
    { ...DDL, operation: 'ALTER_TABLE', access: 'control' },
  ],
  ['ALTER TABLE|COLUMNFAMILY write DROP COMPACT STORAGE', { ...DDL, operation: 'ALTER_TABLE' }],
  ['DROP TABLE|COLUMNFAMILY [IF EXISTS] [write]', { ...DROP, operation: 'DROP_TABLE' }],
  ['RESTORE TABLE [write]', { ...DDL, operation: 'RESTORE_TABLE' }],
  ['RESTORE TABLE write FROM TABLE read', { ...DDL, operation: 'RESTORE_TABLE' }],

  ['CREATE TYPE', { ...DDL, operation: 'CREATE_TYPE' }],
  ['ALTER TYPE', { ...DDL, operation: 'ALTER_TYPE' }],
  ['DROP TYPE', { ...DROP, operation: 'DROP_TYPE' }],
  [
    'CREATE [CUSTOM] INDEX [IF NOT EXISTS] [name] [ON write]',
    { ...DDL, operation: 'CREATE_INDEX' },
  ],
  ['DROP INDEX', { ...DROP, operation: 'DROP_INDEX' }],
  [
    'CREATE MATERIALIZED VIEW [IF NOT EXISTS] [write]',
    { ...DDL, operation: 'CREATE_VIEW', tail: 'cqlSelect' },
  ],
  ['ALTER MATERIALIZED VIEW [IF EXISTS] [write]', { ...DDL, operation: 'ALTER_VIEW' }],
  ['DROP MATERIALIZED VIEW [IF EXISTS] [write]', { ...DROP, operation: 'DROP_VIEW' }],
  ['CREATE [OR REPLACE] FUNCTION', { ...DDL, operation: 'CREATE_FUNCTION' }],
  ['DROP FUNCTION', { ...DROP, operation: 'DROP_FUNCTION' }],
  ['CREATE [OR REPLACE] AGGREGATE', { ...DDL, operation: 'CREATE_AGGREGATE' }],
  ['DROP AGGREGATE', { ...DROP, operation: 'DROP_AGGREGATE' }],
  ['CREATE TRIGGER [IF NOT EXISTS] [name] [ON write]', { ...DDL, operation: 'CREATE_TRIGGER' }],
  ['DROP TRIGGER [IF EXISTS] [name] [ON write]', { ...DROP, operation: 'DROP_TRIGGER' }],

  ['CREATE ROLE', { ...DCL, operation: 'CREATE_ROLE' }],
  ['ALTER ROLE', { ...DCL, operation: 'ALTER_ROLE' }],
  ['DROP ROLE', { ...DCL, operation: 'DROP_ROLE', flags: ['destructive'] }],
  ['CREATE USER', { ...DCL, operation: 'CREATE_USER' }],
  ['ALTER USER', { ...DCL, operation: 'ALTER_USER' }],
  ['DROP USER', { ...DCL, operation: 'DROP_USER', flags: ['destructive'] }],
  ['GRANT', { ...DCL, operation: 'GRANT' }],
  ['REVOKE', { ...DCL, operation: 'REVOKE' }],
  ['LIST', { ...LIST, operation: 'LIST_PERMISSIONS' }],
  ['LIST ROLES', { ...LIST, operation: 'LIST_ROLES' }],
  ['LIST USERS', { ...LIST, operation: 'LIST_USERS' }],

  ['USE', { class: 'UTILITY', operation: 'USE', access: 'control' }],
  ['DESCRIBE|DESC', { class: 'UTILITY', operation: 'DESCRIBE', access: 'metadata' }],
];

export const CQL_GRAMMAR = compileGrammar(CQL_STATEMENTS);
