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
TRUNCATE [TABLE] write !`,
    ],
    [
      'DDL',
      'schema',
      `
CREATE/ALTER KEYSPACE ? write.*
DROP KEYSPACE ? write.* !
CREATE TABLE ? write > columns
 LIKE read = CREATE_TABLE
RESTORE TABLE write [FROM TABLE read]
ALTER TABLE ? write
 ADD ? > columns = ALTER_TABLE
 DROP ? > columns = ALTER_TABLE !
 DROP COMPACT STORAGE = ALTER_TABLE
DROP TABLE ? write !
CREATE [MATERIALIZED] VIEW ? write > cqlSelect
ALTER [MATERIALIZED] VIEW ? write
DROP [MATERIALIZED] VIEW ? write !
CREATE [CUSTOM] INDEX ? name [ON] write
CREATE [CUSTOM] INDEX ? ON write = CREATE_INDEX
CREATE TRIGGER ? name [ON] write
DROP TRIGGER ? name [ON] write !
CREATE/ALTER TYPE
CREATE [OR REPLACE] FUNCTION/AGGREGATE
DROP TYPE/INDEX/FUNCTION/AGGREGATE !`,
    ],
    [
      'DDL',
      'control',
      `
ALTER KEYSPACE write.* ADD/DROP TAGS (*) = ALTER_KEYSPACE
ALTER TABLE write ADD/DROP TAGS (*) = ALTER_TABLE`,
    ],
    [
      'DCL',
      'control',
      `
CREATE/ALTER ROLE/USER
DROP ROLE/USER !
GRANT/REVOKE`,
    ],
    [
      'DCL',
      'metadata',
      `
LIST = LIST_PERMISSIONS
 ROLES/USERS`,
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
