import { compileGrammar } from './grammar';

/**
 * CQL: Cassandra 3.11 and what Amazon Keyspaces adds (RESTORE TABLE, tags). The operation words
 * are those of Cassandra's audit log.
 *
 * @see https://cassandra.apache.org/doc/3.11/cassandra/cql/
 * @see https://docs.aws.amazon.com/keyspaces/latest/devguide/cql.html
 */
export const CQL_GRAMMAR = compileGrammar(
  [
    [
      'DML',
      'read',
      `
SELECT > cqlSelect`,
    ],
    [
      'DML',
      'write',
      `
INSERT [INTO] write > cqlInsert
UPDATE write > cqlUpdate
DELETE > cqlDelete
BEGIN [UNLOGGED|LOGGED|COUNTER] [BATCH] > cqlBatch = BATCH`,
    ],
    [
      'DDL',
      'write',
      `
TRUNCATE [TABLE] write`,
      'destructive',
    ],
    [
      'DDL',
      'schema',
      `
CREATE KEYSPACE ? write.*
ALTER KEYSPACE ? write.*
CREATE TABLE ? write > columns
CREATE TABLE ? write LIKE read = CREATE_TABLE
ALTER TABLE ? write
ALTER TABLE ? write ADD ? > columns = ALTER_TABLE
ALTER TABLE ? write DROP COMPACT STORAGE = ALTER_TABLE
RESTORE TABLE write
RESTORE TABLE write FROM TABLE read = RESTORE_TABLE
CREATE TYPE
ALTER TYPE
CREATE [CUSTOM] INDEX ? name [ON] write
CREATE [CUSTOM] INDEX ? ON write = CREATE_INDEX
CREATE MATERIALIZED VIEW ? write > cqlSelect = CREATE_VIEW
ALTER MATERIALIZED VIEW ? write = ALTER_VIEW
CREATE [OR REPLACE] FUNCTION
CREATE [OR REPLACE] AGGREGATE
CREATE TRIGGER ? name [ON] write`,
    ],
    [
      'DDL',
      'schema',
      `
DROP KEYSPACE ? write.*
DROP TABLE ? write
ALTER TABLE ? write DROP ? column = ALTER_TABLE
DROP TYPE
DROP INDEX
DROP MATERIALIZED VIEW ? write = DROP_VIEW
DROP FUNCTION
DROP AGGREGATE
DROP TRIGGER ? name [ON] write`,
      'destructive',
    ],
    [
      'DDL',
      'control',
      `
ALTER KEYSPACE write.* ADD|DROP TAGS (*) = ALTER_KEYSPACE
ALTER TABLE write ADD|DROP TAGS (*) = ALTER_TABLE`,
    ],
    [
      'DCL',
      'control',
      `
CREATE ROLE
ALTER ROLE
CREATE USER
ALTER USER
GRANT
REVOKE`,
    ],
    [
      'DCL',
      'control',
      `
DROP ROLE
DROP USER`,
      'destructive',
    ],
    [
      'DCL',
      'metadata',
      `
LIST = LIST_PERMISSIONS
LIST ROLES
LIST USERS`,
    ],
    [
      'UTILITY',
      'control',
      `
USE`,
    ],
    [
      'UTILITY',
      'metadata',
      `
DESCRIBE`,
    ],
  ],
  'SCHEMA=KEYSPACE COLUMNFAMILY=TABLE DESC=DESCRIBE',
);
