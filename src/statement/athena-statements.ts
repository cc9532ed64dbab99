import { compileGrammar } from './grammar';

/**
 * Athena's statements: Trino for queries and changes of rows, Hive for definitions.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/ddl-sql-reference.html
 */
export const ATHENA_GRAMMAR = compileGrammar(
  [
    [
      'DML',
      'read',
      `
SELECT > query
VALUES > query = SELECT
TABLE > query = SELECT
WITH > with = SELECT
USING [EXTERNAL] FUNCTION > functions = SELECT`,
    ],
    [
      'DML',
      'read',
      `
UNLOAD > unload`,
      'bulkExport',
    ],
    [
      'DML',
      'write',
      `
INSERT [INTO|OVERWRITE] [INTO] [TABLE] write > insert
UPDATE write > update
DELETE [FROM] write > delete
MERGE [INTO] write > merge`,
    ],
    [
      'DML',
      'control',
      `
VACUUM write = VACUUM_TABLE`,
    ],
    [
      'DML',
      'metadata',
      `
EXPLAIN > explain
EXPLAIN ANALYZE [VERBOSE] > analyze = EXPLAIN`,
    ],
    [
      'DDL',
      'schema',
      `
CREATE DATABASE ? write.* > locations
CREATE [OR REPLACE] TABLE ? write > table
CREATE EXTERNAL [TABLE] ? write > hiveTable = CREATE_TABLE
CREATE [OR REPLACE] [PROTECTED] [MULTI DIALECT] [MATERIALIZED] VIEW ? write > view
ALTER DATABASE write.* > locations
ALTER VIEW ? write > view = ALTER_VIEW_DIALECT
ALTER TABLE ? write
ALTER TABLE ? write [PARTITION (*)] ADD COLUMN ? > columns
ALTER TABLE ? write [PARTITION (*)] REPLACE COLUMN > columns
ALTER TABLE ? write [PARTITION (*)] CHANGE [COLUMN] column column = ALTER_TABLE_CHANGE_COLUMN
ALTER TABLE ? write [PARTITION (*)] SET LOCATION > location
ALTER TABLE ? write [PARTITION (*)] SET TBLPROPERTIES = ALTER_TABLE_PROPERTIES
ALTER TABLE ? write UNSET TBLPROPERTIES = ALTER_TABLE_UNSET_PROPERTIES
ALTER TABLE ? write ADD ? PARTITION > locations
ALTER TABLE ? write PARTITION (*) RENAME = ALTER_TABLE_RENAME_PARTITION
ALTER TABLE ? write RENAME TO write = ALTER_TABLE_RENAME`,
    ],
    [
      'DDL',
      'schema',
      `
DROP DATABASE ? write.*
DROP TABLE ? write
DROP [MATERIALIZED] VIEW ? write
ALTER TABLE ? write DROP COLUMN ? column
ALTER TABLE ? write DROP ? PARTITION`,
      'destructive',
    ],
    [
      'DDL',
      'control',
      `
OPTIMIZE write
MSCK [REPAIR] [TABLE] write = MSCK_REPAIR`,
    ],
    [
      'UTILITY',
      'metadata',
      `
SHOW = UNKNOWN
SHOW TABLES [FROM|IN read.*]
SHOW VIEWS [FROM|IN read.*]
SHOW DATABASES
SHOW COLUMNS [FROM|IN read] [FROM|IN of]
SHOW PARTITIONS read
SHOW TBLPROPERTIES read = SHOW_TABLE_PROPERTIES
SHOW CREATE TABLE read
SHOW CREATE VIEW read
SHOW FUNCTIONS
DESCRIBE [EXTENDED|FORMATTED] read = DESCRIBE_TABLE`,
    ],
    [
      'UTILITY',
      'control',
      `
PREPARE prepared
PREPARE prepared FROM > prepare = PREPARE
EXECUTE prepared
EXECUTE IMMEDIATE = EXECUTE
DEALLOCATE [PREPARE] prepared = DEALLOCATE_PREPARE`,
    ],
  ],
  'SCHEMA=DATABASE SCHEMAS=DATABASES COLUMNS=COLUMN PROPERTIES=TBLPROPERTIES DESC=DESCRIBE',
);
