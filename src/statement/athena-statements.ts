import { compileGrammar, type RuleKind, type StatementLine } from './grammar';

const READ: RuleKind = { class: 'DML', access: 'read' };
const EXPORT: RuleKind = { ...READ, flags: ['bulkExport'] };
const WRITE: RuleKind = { class: 'DML', access: 'write' };
const EXPLAIN: RuleKind = { class: 'DML', access: 'metadata' };
const VACUUM: RuleKind = { class: 'DML', access: 'control' };
const DEFINE: RuleKind = { class: 'DDL', access: 'schema' };
const DROP: RuleKind = { ...DEFINE, flags: ['destructive'] };
const MAINTAIN: RuleKind = { class: 'DDL', access: 'control' };
const SHOW: RuleKind = { class: 'UTILITY', access: 'metadata' };
const SESSION: RuleKind = { class: 'UTILITY', access: 'control' };

/**
 * Athena's statements: Trino for queries and changes of rows, Hive for definitions.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/ddl-sql-reference.html
 */
const ATHENA_STATEMENTS: readonly StatementLine[] = [
  ['SELECT', READ, 'query'],
  ['VALUES|TABLE', READ, 'query', 'SELECT'],
  ['WITH', READ, 'with', 'SELECT'],
  ['USING [EXTERNAL] FUNCTION', READ, 'externalFunction', 'SELECT'],
  ['INSERT', WRITE],
  ['INSERT INTO|OVERWRITE [INTO] [TABLE] write', WRITE, 'insert', 'INSERT'],
  ['UPDATE [write]', WRITE, 'update'],
  ['DELETE [FROM write]', WRITE, 'delete'],
  ['MERGE [INTO write]', WRITE, 'merge'],
  ['UNLOAD', EXPORT, 'unload'],
  ['OPTIMIZE [write]', MAINTAIN],
  ['VACUUM [write]', VACUUM, '', 'VACUUM_TABLE'],
  ['EXPLAIN', EXPLAIN, 'explain'],
  ['EXPLAIN ANALYZE [VERBOSE]', EXPLAIN, 'explainAnalyze', 'EXPLAIN'],
  ['PREPARE [prepared]', SESSION],
  ['PREPARE prepared FROM', SESSION, 'prepare', 'PREPARE'],
  ['EXECUTE [prepared]', SESSION],
  ['EXECUTE IMMEDIATE', SESSION, '', 'EXECUTE'],
  ['DEALLOCATE [PREPARE] [prepared]', SESSION, '', 'DEALLOCATE_PREPARE'],

  ['CREATE DATABASE|SCHEMA [IF NOT EXISTS] [writeDatabase]', DEFINE, 'locations'],
  ['CREATE TABLE', DEFINE],
  ['CREATE [OR REPLACE] TABLE [IF NOT EXISTS] write', DEFINE, 'createTable'],
  ['CREATE EXTERNAL [TABLE] [IF NOT EXISTS] [write]', DEFINE, 'hiveTable', 'CREATE_TABLE'],
  ['CREATE [OR REPLACE] PROTECTED', DEFINE, '', 'CREATE_VIEW'],
  [
    'CREATE [OR REPLACE] [PROTECTED] [MULTI DIALECT] [MATERIALIZED] VIEW [IF NOT EXISTS] [write]',
    DEFINE,
    'view',
  ],
  ['DROP DATABASE|SCHEMA [IF EXISTS] [writeDatabase]', DROP],
  ['DROP TABLE [IF EXISTS] [write]', DROP],
  ['DROP [MATERIALIZED] VIEW [IF EXISTS] [write]', DROP],
  ['ALTER DATABASE|SCHEMA [writeDatabase]', DEFINE, 'locations'],
  ['ALTER VIEW [IF EXISTS] [write]', DEFINE, 'view', 'ALTER_VIEW_DIALECT'],
  ['ALTER TABLE [IF EXISTS] [write]', DEFINE],
  [
    'ALTER TABLE [IF EXISTS] write [PARTITION (…)] ADD COLUMN|COLUMNS [IF NOT EXISTS]',
    DEFINE,
    'columns',
  ],
  ['ALTER TABLE [IF EXISTS] write [PARTITION (…)] REPLACE COLUMN|COLUMNS', DEFINE, 'columns'],
  [
    'ALTER TABLE [IF EXISTS] write [PARTITION (…)] CHANGE [COLUMN] [column] [column]',
    DEFINE,
    '',
    'ALTER_TABLE_CHANGE_COLUMN',
  ],
  ['ALTER TABLE [IF EXISTS] write DROP COLUMN|COLUMNS [IF EXISTS] [column]', DROP],
  ['ALTER TABLE [IF EXISTS] write ADD [IF NOT EXISTS] PARTITION', DEFINE, 'locations'],
  ['ALTER TABLE [IF EXISTS] write DROP [IF EXISTS] PARTITION', DROP],
  [
    'ALTER TABLE [IF EXISTS] write PARTITION (…) RENAME',
    DEFINE,
    '',
    'ALTER_TABLE_RENAME_PARTITION',
  ],
  ['ALTER TABLE [IF EXISTS] write RENAME TO [write]', DEFINE, '', 'ALTER_TABLE_RENAME'],
  ['ALTER TABLE [IF EXISTS] write [PARTITION (…)] SET LOCATION', DEFINE, 'location'],
  [
    'ALTER TABLE [IF EXISTS] write [PARTITION (…)] SET TBLPROPERTIES|PROPERTIES',
    DEFINE,
    '',
    'ALTER_TABLE_PROPERTIES',
  ],
  ['ALTER TABLE [IF EXISTS] write UNSET TBLPROPERTIES', DEFINE, '', 'ALTER_TABLE_UNSET_PROPERTIES'],
  ['MSCK [REPAIR] [TABLE] [write]', MAINTAIN, '', 'MSCK_REPAIR'],

  ['SHOW', SHOW, '', 'UNKNOWN'],
  ['SHOW TABLES [FROM|IN readDatabase]', SHOW],
  ['SHOW VIEWS [FROM|IN readDatabase]', SHOW],
  ['SHOW DATABASES|SCHEMAS', SHOW],
  ['SHOW COLUMNS [FROM|IN read] [FROM|IN ofDatabase]', SHOW],
  ['SHOW PARTITIONS [read]', SHOW],
  ['SHOW TBLPROPERTIES [read]', SHOW, '', 'SHOW_TABLE_PROPERTIES'],
  ['SHOW CREATE TABLE [read]', SHOW],
  ['SHOW CREATE VIEW [read]', SHOW],
  ['SHOW FUNCTIONS', SHOW],
  ['DESCRIBE|DESC [EXTENDED|FORMATTED] [read]', SHOW, '', 'DESCRIBE_TABLE'],
];

export const ATHENA_GRAMMAR = compileGrammar(ATHENA_STATEMENTS);
