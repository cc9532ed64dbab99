import { compileGrammar, type StatementLine } from './grammar';

const SELECT = { class: 'DML', operation: 'SELECT', access: 'read' } as const;
const SHOW = { class: 'UTILITY', access: 'metadata' } as const;
const SCHEMA = { class: 'DDL', access: 'schema' } as const;
const WRITE = { class: 'DML', access: 'write' } as const;
const CONTROL = { class: 'UTILITY', access: 'control' } as const;

/**
 * Athena's statements: Trino for queries and changes of rows, Hive for definitions.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/ddl-sql-reference.html
 */
const ATHENA_STATEMENTS: readonly StatementLine[] = [
  ['SELECT', { ...SELECT, tail: 'query' }],
  ['VALUES|TABLE', { ...SELECT, tail: 'query' }],
  ['WITH', { ...SELECT, tail: 'with' }],
  ['USING [EXTERNAL] FUNCTION', { ...SELECT, tail: 'externalFunction' }],

  ['INSERT', { ...WRITE, operation: 'INSERT' }],
  ['INSERT INTO|OVERWRITE [INTO] [TABLE] write', { ...WRITE, operation: 'INSERT', tail: 'insert' }],
  ['UPDATE [write]', { ...WRITE, operation: 'UPDATE', tail: 'update' }],
  ['DELETE [FROM write]', { ...WRITE, operation: 'DELETE', tail: 'delete' }],
  ['MERGE [INTO write]', { ...WRITE, operation: 'MERGE', tail: 'merge' }],

  ['UNLOAD', { ...SELECT, operation: 'UNLOAD', tail: 'unload', flags: ['bulkExport'] }],
  ['OPTIMIZE [write]', { ...SCHEMA, operation: 'OPTIMIZE', access: 'control', tail: 'delete' }],
  ['VACUUM [write]', { ...WRITE, operation: 'VACUUM_TABLE', access: 'control' }],
  ['EXPLAIN', { ...SHOW, class: 'DML', operation: 'EXPLAIN', tail: 'explain' }],
  [
    'EXPLAIN ANALYZE [VERBOSE]',
    { ...SHOW, class: 'DML', operation: 'EXPLAIN', tail: 'explainAnalyze' },
  ],

  ['PREPARE [prepared]', { ...CONTROL, operation: 'PREPARE' }],
  ['PREPARE prepared FROM', { ...CONTROL, operation: 'PREPARE', tail: 'prepare' }],
  ['EXECUTE [prepared]', { ...CONTROL, operation: 'EXECUTE' }],
  ['EXECUTE IMMEDIATE', { ...CONTROL, operation: 'EXECUTE' }],
  ['DEALLOCATE [PREPARE] [prepared]', { ...CONTROL, operation: 'DEALLOCATE_PREPARE' }],

  [
    'CREATE DATABASE|SCHEMA [IF NOT EXISTS] [writeDatabase]',
    { ...SCHEMA, operation: 'CREATE_DATABASE', tail: 'location' },
  ],
  ['CREATE TABLE', { ...SCHEMA, operation: 'CREATE_TABLE' }],
  [
    'CREATE TABLE [IF NOT EXISTS] write',
    { ...SCHEMA, operation: 'CREATE_TABLE', tail: 'createTable' },
  ],
  [
    'CREATE [OR REPLACE] TABLE [IF NOT EXISTS] write',
    { ...SCHEMA, operation: 'CREATE_TABLE', tail: 'createTable' },
  ],
  ['CREATE EXTERNAL', { ...SCHEMA, operation: 'CREATE_TABLE' }],
  [
    'CREATE EXTERNAL TABLE [IF NOT EXISTS] [write]',
    { ...SCHEMA, operation: 'CREATE_TABLE', tail: 'createExternalTable' },
  ],
  [
    'CREATE [OR REPLACE] VIEW [IF NOT EXISTS] [write]',
    { ...SCHEMA, operation: 'CREATE_VIEW', tail: 'createView' },
  ],
  [
    'CREATE [OR REPLACE] PROTECTED [MULTI DIALECT] VIEW [IF NOT EXISTS] [write]',
    { ...SCHEMA, operation: 'CREATE_VIEW', tail: 'createView' },
  ],
  [
    'CREATE [OR REPLACE] MULTI DIALECT VIEW [IF NOT EXISTS] [write]',
    { ...SCHEMA, operation: 'CREATE_VIEW', tail: 'createView' },
  ],
  [
    'CREATE [OR REPLACE] MATERIALIZED VIEW [IF NOT EXISTS] [write]',
    { ...SCHEMA, operation: 'CREATE_VIEW', tail: 'createView' },
  ],

  [
    'DROP DATABASE|SCHEMA [IF EXISTS] [writeDatabase]',
    { ...SCHEMA, operation: 'DROP_DATABASE', flags: ['destructive'] },
  ],
  [
    'DROP TABLE [IF EXISTS] [write]',
    { ...SCHEMA, operation: 'DROP_TABLE', flags: ['destructive'] },
  ],
  [
    'DROP [MATERIALIZED] VIEW [IF EXISTS] [write]',
    { ...SCHEMA, operation: 'DROP_VIEW', flags: ['destructive'] },
  ],

  [
    'ALTER DATABASE|SCHEMA [writeDatabase]',
    { ...SCHEMA, operation: 'ALTER_DATABASE', tail: 'location' },
  ],
  [
    'ALTER VIEW [IF EXISTS] [write]',
    { ...SCHEMA, operation: 'ALTER_VIEW_DIALECT', tail: 'createView' },
  ],
  ['ALTER TABLE [IF EXISTS] [write]', { ...SCHEMA, operation: 'ALTER_TABLE' }],
  [
    'ALTER TABLE [IF EXISTS] write [PARTITION (…)] ADD COLUMN|COLUMNS [IF NOT EXISTS]',
    { ...SCHEMA, operation: 'ALTER_TABLE_ADD_COLUMN', tail: 'columns' },
  ],
  [
    'ALTER TABLE [IF EXISTS] write [PARTITION (…)] REPLACE COLUMN|COLUMNS',
    { ...SCHEMA, operation: 'ALTER_TABLE_REPLACE_COLUMN', tail: 'columns' },
  ],
  [
    'ALTER TABLE [IF EXISTS] write [PARTITION (…)] CHANGE [COLUMN] [column] [column]',
    { ...SCHEMA, operation: 'ALTER_TABLE_CHANGE_COLUMN' },
  ],
  [
    'ALTER TABLE [IF EXISTS] write DROP COLUMN|COLUMNS [IF EXISTS] [column]',
    { ...SCHEMA, operation: 'ALTER_TABLE_DROP_COLUMN', flags: ['destructive'] },
  ],
  [
    'ALTER TABLE [IF EXISTS] write ADD [IF NOT EXISTS] PARTITION',
    { ...SCHEMA, operation: 'ALTER_TABLE_ADD_PARTITION', tail: 'location' },
  ],
  [
    'ALTER TABLE [IF EXISTS] write DROP [IF EXISTS] PARTITION',
    { ...SCHEMA, operation: 'ALTER_TABLE_DROP_PARTITION', flags: ['destructive'] },
  ],
  [
    'ALTER TABLE [IF EXISTS] write PARTITION (…) RENAME [TO] [PARTITION]',
    { ...SCHEMA, operation: 'ALTER_TABLE_RENAME_PARTITION' },
  ],
  [
    'ALTER TABLE [IF EXISTS] write RENAME TO [write]',
    { ...SCHEMA, operation: 'ALTER_TABLE_RENAME' },
  ],
  [
    'ALTER TABLE [IF EXISTS] write [PARTITION (…)] SET LOCATION',
    { ...SCHEMA, operation: 'ALTER_TABLE_SET_LOCATION', tail: 'setLocation' },
  ],
  [
    'ALTER TABLE [IF EXISTS] write [PARTITION (…)] SET TBLPROPERTIES|PROPERTIES',
    { ...SCHEMA, operation: 'ALTER_TABLE_PROPERTIES' },
  ],
  [
    'ALTER TABLE [IF EXISTS] write UNSET TBLPROPERTIES',
    { ...SCHEMA, operation: 'ALTER_TABLE_UNSET_PROPERTIES' },
  ],
  ['MSCK [REPAIR] [TABLE] [write]', { ...SCHEMA, operation: 'MSCK_REPAIR', access: 'control' }],

  ['SHOW TABLES [FROM|IN readDatabase]', { ...SHOW, operation: 'SHOW_TABLES' }],
  ['SHOW VIEWS [FROM|IN readDatabase]', { ...SHOW, operation: 'SHOW_VIEWS' }],
  ['SHOW DATABASES|SCHEMAS', { ...SHOW, operation: 'SHOW_DATABASES' }],
  ['SHOW COLUMNS [FROM|IN read] [FROM|IN ofDatabase]', { ...SHOW, operation: 'SHOW_COLUMNS' }],
  ['SHOW PARTITIONS [read]', { ...SHOW, operation: 'SHOW_PARTITIONS' }],
  ['SHOW TBLPROPERTIES [read]', { ...SHOW, operation: 'SHOW_TABLE_PROPERTIES' }],
  ['SHOW CREATE TABLE [read]', { ...SHOW, operation: 'SHOW_CREATE_TABLE' }],
  ['SHOW CREATE VIEW [read]', { ...SHOW, operation: 'SHOW_CREATE_VIEW' }],
  ['SHOW FUNCTIONS', { ...SHOW, operation: 'SHOW_FUNCTIONS' }],
  ['SHOW', { ...SHOW, operation: 'UNKNOWN' }],
  ['DESCRIBE|DESC [EXTENDED|FORMATTED] [read]', { ...SHOW, operation: 'DESCRIBE_TABLE' }],
];

export const ATHENA_GRAMMAR = compileGrammar(ATHENA_STATEMENTS);
