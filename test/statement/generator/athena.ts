import { QueryWriter } from './athena-query';
import { Chance, Draft, type GeneratedStatement } from './draft';

type Writer = (draft: Draft, query: QueryWriter) => string;

const WRITERS: readonly Writer[] = [
  (_draft, query) => query.query() && 'SELECT',
  (_draft, query) => query.query() && 'SELECT',
  (draft, query) => {
    draft.add('INSERT INTO');
    query.table(draft.writes);
    draft.maybe(40, () => draft.add('( a , b )'));
    query.query();
    return 'INSERT';
  },
  (draft, query) => {
    draft.add('CREATE TABLE').maybe(30, () => draft.add('IF NOT EXISTS'));
    query.table(draft.writes);
    draft.maybe(20, () => draft.add('COMMENT').addOne("'AS SELECT x FROM y'"));
    draft.maybe(50, () =>
      draft.add(
        "WITH ( format = 'ORC' , external_location = 's3://b/' , partitioned_by = ARRAY [ 'a' , 'b' ] )",
      ),
    );
    draft.add('AS');
    inParentheses(draft, query);
    return 'CREATE_TABLE_AS_SELECT';
  },
  (draft, query) => {
    draft.add('CREATE').maybe(40, () => draft.add('OR REPLACE'));
    const isShared = draft.chance.is(20);
    draft.add(isShared ? 'PROTECTED MULTI DIALECT VIEW' : 'VIEW');
    query.table(draft.writes);
    draft.maybe(isShared ? 100 : 0, () => draft.add('SECURITY DEFINER')).add('AS');
    query.query();
    return 'CREATE_VIEW';
  },
  (draft, query) => {
    draft.add('DELETE FROM');
    query.table(draft.writes);
    draft.maybe(80, () => draft.add('WHERE') && query.condition());
    return 'DELETE';
  },
  (draft, query) => {
    draft.add('UPDATE');
    query.table(draft.writes);
    draft.add('SET').list(3, () => draft.add('a =') && query.expression());
    draft.maybe(80, () => draft.add('WHERE') && query.condition());
    return 'UPDATE';
  },
  (draft, query) => {
    draft.add('MERGE INTO');
    query.table(draft.writes);
    draft.maybe(50, () => draft.add('AS m')).add('USING');
    query.relation();
    draft.add('ON');
    query.condition();
    draft.maybe(
      60,
      () => draft.add('WHEN MATCHED AND') && query.condition() && draft.add('THEN DELETE'),
    );
    draft.maybe(60, () =>
      draft
        .add('WHEN MATCHED THEN UPDATE SET')
        .list(3, () => draft.add('b =') && query.expression()),
    );
    draft
      .add('WHEN NOT MATCHED THEN INSERT ( a , b ) VALUES (')
      .list(2, () => query.expression())
      .add(')');
    return 'MERGE';
  },
  (draft, query) => {
    draft.add('UNLOAD (');
    query.query();
    draft.add(") TO 's3://b/p/' WITH ( format = 'PARQUET' , partitioned_by = ARRAY [ 'a' ] )");
    return 'UNLOAD';
  },
  (draft, query) => {
    draft.add(
      draft.chance.pick([
        'EXPLAIN',
        'EXPLAIN ANALYZE',
        'EXPLAIN ANALYZE VERBOSE',
        'EXPLAIN ( TYPE IO , FORMAT JSON )',
      ]),
    );
    inParentheses(draft, query);
    return 'EXPLAIN';
  },
  (draft, query) => {
    draft.add('PREPARE p1 FROM');
    query.query();
    return 'PREPARE';
  },
  (draft, query) => {
    draft.add('ALTER VIEW');
    query.table(draft.writes);
    draft.add(draft.chance.pick(['ADD DIALECT AS', 'FORCE UPDATE DIALECT AS']));
    query.query();
    return 'ALTER_VIEW_DIALECT';
  },
  (draft, query) => {
    draft.add('CREATE EXTERNAL TABLE').maybe(30, () => draft.add('IF NOT EXISTS'));
    query.table(draft.writes);
    draft
      .add('(')
      .list(4, () =>
        draft.add(
          draft.chance.pick([
            'a string',
            'b decimal ( 10 , 2 )',
            'm map < string , int >',
            "c struct < d : int , e : array < int > > COMMENT 'AS'",
          ]),
        ),
      )
      .add(')');
    draft.maybe(40, () => draft.add('PARTITIONED BY ( dt string , h int )'));
    draft.maybe(40, () => draft.add("ROW FORMAT SERDE 's' WITH SERDEPROPERTIES ( 'k' = 'v' )"));
    draft.maybe(40, () =>
      draft
        .add('STORED AS')
        .add(draft.chance.pick(['PARQUET', "INPUTFORMAT 'i' OUTPUTFORMAT 'o'"])),
    );
    draft.add("LOCATION 's3://b/' TBLPROPERTIES ( 'a' = 'FROM' )");
    return 'CREATE_TABLE';
  },
  (draft, query) => {
    draft.add('ALTER TABLE');
    query.table(draft.writes);
    const [operation, words] = draft.chance.pick(ALTERATIONS);
    draft.add(words);
    return operation;
  },
  (draft, query) => {
    const [operation, words] = draft.chance.pick(DEFINITIONS);
    draft.add(words);
    query.table(draft.writes);
    return operation;
  },
  (draft, query) => {
    const [operation, words] = draft.chance.pick(LOOKS);
    draft.add(words);
    query.table(draft.reads);
    return operation;
  },
];

const ALTERATIONS = [
  ['ALTER_TABLE_ADD_COLUMN', 'ADD COLUMNS ( x int , y map < string , int > )'],
  ['ALTER_TABLE_DROP_COLUMN', 'DROP COLUMN x'],
  ['ALTER_TABLE_CHANGE_COLUMN', "CHANGE COLUMN x y bigint COMMENT 'z' AFTER w"],
  ['ALTER_TABLE_REPLACE_COLUMN', "PARTITION ( p = '1' ) REPLACE COLUMNS ( x int )"],
  ['ALTER_TABLE_PROPERTIES', "SET TBLPROPERTIES ( 'add' = 'columns' )"],
  ['ALTER_TABLE_UNSET_PROPERTIES', "UNSET TBLPROPERTIES ( 'k' )"],
  ['ALTER_TABLE_SET_LOCATION', "SET LOCATION 's3://b/'"],
  ['ALTER_TABLE_ADD_PARTITION', "ADD IF NOT EXISTS PARTITION ( p = '1' ) LOCATION 's3://b/1/'"],
  ['ALTER_TABLE_DROP_PARTITION', "DROP PARTITION ( p = '1' ) , PARTITION ( p = '2' )"],
  ['ALTER_TABLE_RENAME_PARTITION', "PARTITION ( p = '1' ) RENAME TO PARTITION ( p = '2' )"],
] as const;

const DEFINITIONS = [
  ['DROP_TABLE', 'DROP TABLE'],
  ['DROP_TABLE', 'DROP TABLE IF EXISTS'],
  ['DROP_VIEW', 'DROP VIEW IF EXISTS'],
  ['MSCK_REPAIR', 'MSCK REPAIR TABLE'],
  ['VACUUM_TABLE', 'VACUUM'],
] as const;

const LOOKS = [
  ['SHOW_COLUMNS', 'SHOW COLUMNS IN'],
  ['SHOW_CREATE_TABLE', 'SHOW CREATE TABLE'],
  ['SHOW_CREATE_VIEW', 'SHOW CREATE VIEW'],
  ['SHOW_PARTITIONS', 'SHOW PARTITIONS'],
  ['SHOW_TABLE_PROPERTIES', 'SHOW TBLPROPERTIES'],
  ['DESCRIBE_TABLE', 'DESCRIBE'],
  ['DESCRIBE_TABLE', 'DESC FORMATTED'],
] as const;

/** A statement of Athena in all its grammar, with what it does known from how it was made. */
export function generateAthena(seed: number): GeneratedStatement {
  const draft = new Draft(new Chance(seed), '--');
  const operation = draft.chance.pick(WRITERS)(draft, new QueryWriter(draft));
  return draft.finish(operation);
}

function inParentheses(draft: Draft, query: QueryWriter): void {
  const depth = draft.chance.is(30) ? 1 + draft.chance.below(2) : 0;
  draft.add('( '.repeat(depth));
  query.query();
  draft.add(' )'.repeat(depth));
}
