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
VALUES/TABLE > query = SELECT
WITH > with = SELECT
USING [EXTERNAL] FUNCTION > functions = SELECT
UNLOAD > unload`,
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
 ANALYZE [VERBOSE] > analyze = EXPLAIN`,
    ],
    [
      'DDL',
      'schema',
      `
CREATE/ALTER DATABASE ? write.* > locations
DROP DATABASE ? write.* !
CREATE [OR REPLACE] TABLE ? write > table
 LIKE read > hiveTable = CREATE_TABLE
CREATE EXTERNAL [TABLE] ? write > hiveTable = CREATE_TABLE
 LIKE read > hiveTable = CREATE_TABLE
DROP TABLE ? write !
CREATE [OR REPLACE] [PROTECTED] [MULTI DIALECT] [MATERIALIZED] VIEW ? write > view
ALTER VIEW ? write > view = ALTER_VIEW_DIALECT
DROP [MATERIALIZED] VIEW ? write !
ALTER TABLE ? write
 RENAME TO write = ALTER_TABLE_RENAME
 PARTITION (*) RENAME = ALTER_TABLE_RENAME_PARTITION
ALTER TABLE ? write [PARTITION (*)]
 ADD/REPLACE COLUMN ? > columns
 CHANGE [COLUMN] column column = ALTER_TABLE_CHANGE_COLUMN
 DROP COLUMN ? column !
 SET LOCATION > location
 SET TBLPROPERTIES = ALTER_TABLE_PROPERTIES
 UNSET TBLPROPERTIES = ALTER_TABLE_UNSET_PROPERTIES
 ADD ? PARTITION > locations
 DROP ? PARTITION !`,
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
 TABLES/VIEWS [FROM|IN read.*]
 DATABASES/FUNCTIONS
 COLUMNS [FROM|IN read] [FROM|IN of]
 PARTITIONS read
 TBLPROPERTIES read = SHOW_TABLE_PROPERTIES
 CREATE TABLE/VIEW read
DESCRIBE [EXTENDED|FORMATTED] read = DESCRIBE_TABLE`,
    ],
    [
      'UTILITY',
      'control',
      `
PREPARE prepared [FROM] > prepare
EXECUTE [IMMEDIATE] prepared
DEALLOCATE [PREPARE] prepared = DEALLOCATE_PREPARE`,
    ],
  ],
  'SCHEMA=DATABASE SCHEMAS=DATABASES COLUMNS=COLUMN PROPERTIES=TBLPROPERTIES DESC=DESCRIBE',
);
