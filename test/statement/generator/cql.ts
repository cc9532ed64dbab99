import { Chance, Draft, type GeneratedStatement } from './draft';

const PLAIN = [
  'orders',
  'Users',
  't1',
  'type',
  'date',
  'ttl',
  'values',
  'key',
  'list',
  'union',
  'join',
];
const QUOTED = ['Orders', 'from', 'odd name', 'a""b', 'select', "it's"];
const COLUMNS = ['a', 'b', 'c', 'total', 'timestamp', '"from"', '"Odd"', 'json', 'k'];

/** Writes statements in CQL's grammar and notes the tables they touch. */
class CqlWriter {
  constructor(private readonly draft: Draft) {}

  table(noted: Set<string>): Draft {
    const { chance } = this.draft;
    const parts = [this.part()];
    if (chance.is(50)) parts.unshift(this.part());
    for (const [at, { written }] of parts.entries()) {
      if (at > 0) this.draft.addOne('.');
      this.draft.addOne(written);
    }
    noted.add(parts.map(({ name }) => name).join('.'));
    return this.draft;
  }

  keyspace(): Draft {
    const { written, name } = this.part();
    this.draft.writes.add(`${name}.*`);
    return this.draft.addOne(written);
  }

  select(): Draft {
    const { draft } = this;
    draft.add('SELECT').maybe(15, () => draft.add(draft.chance.pick(['JSON', 'DISTINCT'])));
    draft.oneOf(
      () => draft.add('*'),
      () => draft.list(4, () => this.selector()),
    );
    draft.add('FROM');
    this.table(draft.reads);
    draft.maybe(80, () => draft.add('WHERE') && this.relations());
    draft.maybe(20, () => draft.add('GROUP BY k , c'));
    draft.maybe(20, () => draft.add('ORDER BY c DESC'));
    draft.maybe(20, () => draft.add('PER PARTITION LIMIT 2'));
    draft.maybe(30, () => draft.add('LIMIT 10'));
    return draft.maybe(30, () => draft.add('ALLOW FILTERING'));
  }

  insert(): Draft {
    const { draft } = this;
    draft.add('INSERT INTO');
    this.table(draft.writes);
    draft.oneOf(
      () =>
        draft
          .add('( a , b ) VALUES (')
          .list(4, () => this.term())
          .add(')'),
      () => draft.add('JSON').addOne('\'{"k": "FROM x"}\'').add('DEFAULT UNSET'),
    );
    draft.maybe(20, () => draft.add('IF NOT EXISTS'));
    return draft.maybe(30, () => draft.add('USING TTL 5 AND TIMESTAMP 7'));
  }

  update(): Draft {
    const { draft } = this;
    draft.add('UPDATE');
    this.table(draft.writes);
    draft.maybe(30, () => draft.add('USING TTL 5'));
    draft
      .add('SET')
      .list(3, () => this.assignment())
      .add('WHERE');
    return this.relations().maybe(20, () =>
      draft.add(draft.chance.pick(['IF EXISTS', 'IF a = 1 AND b IN ( 1 , 2 )'])),
    );
  }

  delete(): Draft {
    const { draft } = this;
    draft
      .add('DELETE')
      .maybe(50, () =>
        draft.list(3, () => draft.add(draft.chance.pick(['a', 'm [ 1 ]', 'u . f', '"from"']))),
      );
    draft.add('FROM');
    this.table(draft.writes)
      .maybe(30, () => draft.add('USING TIMESTAMP 7'))
      .add('WHERE');
    return this.relations();
  }

  batch(): Draft {
    const { draft } = this;
    draft
      .add('BEGIN')
      .maybe(40, () => draft.add(draft.chance.pick(['UNLOGGED', 'COUNTER'])))
      .add('BATCH');
    draft.maybe(20, () => draft.add('USING TIMESTAMP 7'));
    for (let left = draft.chance.below(5); left > 0; left -= 1) {
      draft.oneOf(
        () => this.insert(),
        () => this.update(),
        () => this.delete(),
      );
      draft.maybe(50, () => draft.add(';'));
    }
    return draft.add('APPLY BATCH');
  }

  createTable(): Draft {
    const { draft } = this;
    draft.add('CREATE TABLE').maybe(40, () => draft.add('IF NOT EXISTS'));
    this.table(draft.writes)
      .add('( k uuid ,')
      .list(3, () =>
        draft.add(
          draft.chance.pick([
            'a int',
            'm map < text , frozen < list < int > > >',
            's text STATIC',
            '"from" text',
          ]),
        ),
      );
    draft.add(', PRIMARY KEY ( ( k , a ) , c ) )');
    return draft.maybe(60, () =>
      draft
        .add('WITH CLUSTERING ORDER BY ( c DESC ) AND comment =')
        .addOne("'FROM x'")
        .add(
          "AND CUSTOM_PROPERTIES = { 'capacity_mode' : { 'throughput_mode' : 'PAY_PER_REQUEST' } } AND cdc = true",
        ),
    );
  }

  private selector(): void {
    const { draft } = this;
    draft.oneOf(
      () => this.column(),
      () => this.column() && draft.add('AS x'),
      () =>
        draft.add(
          draft.chance.pick([
            'count ( * )',
            'ttl ( a )',
            'writetime ( b ) AS w',
            'cast ( a AS text )',
            'ks . f ( a , b )',
            'm [ 1 ]',
            'u . f . g',
            '( int ) 5',
          ]),
        ),
    );
  }

  private assignment(): void {
    const { draft } = this;
    draft.oneOf(
      () => this.column() && draft.add('=') && this.term(),
      () => draft.add("m [ 'k' ] =") && this.term(),
      () => draft.add('l = l + [ 1 , 2 ]'),
      () => draft.add('s = s - { 1 , 2 }'),
      () => draft.add('u . f =') && this.term(),
    );
  }

  private relations(): Draft {
    const { draft } = this;
    for (let left = draft.chance.below(3); ; left -= 1) {
      draft.oneOf(
        () =>
          this.column() &&
          draft.add(draft.chance.pick(['=', '>', '<=', 'CONTAINS', 'CONTAINS KEY'])) &&
          this.term(),
        () =>
          this.column() &&
          draft
            .add('IN (')
            .list(3, () => this.term())
            .add(')'),
        () =>
          draft
            .add('( a , b ) > (')
            .list(2, () => this.term())
            .add(')'),
        () => draft.add('token ( k ) > token (') && this.term() && draft.add(')'),
      );
      if (left === 0) return draft;
      draft.add('AND');
    }
  }

  private term(): Draft {
    const { draft } = this;
    return draft.oneOf(
      () =>
        draft.add(
          draft.chance.pick([
            '1',
            '-2.5e3',
            '?',
            ': name',
            'NULL',
            'true',
            '0xCAFE',
            '12h30m',
            'uuid ( )',
            '550e8400-e29b-41d4-a716-446655440000',
          ]),
        ),
      () =>
        draft.addOne(
          draft.chance.pick([
            "'x'",
            "'it''s FROM there'",
            "'; DROP TABLE x'",
            "'//'",
            "''",
            "$$ it's FROM -- x $$",
          ]),
        ),
      () =>
        draft.add(
          draft.chance.pick([
            "{ 'a' : 1 , 'b' : [ 2 ] }",
            '[ 1 , 2 ]',
            '{ 1 , 2 }',
            '( 1 , 2 )',
            '{ x : 1 }',
          ]),
        ),
    );
  }

  private column(): Draft {
    return this.draft.addOne(this.draft.chance.pick(COLUMNS));
  }

  private part(): { written: string; name: string } {
    const { chance } = this.draft;
    if (chance.is(35)) {
      const word = chance.pick(QUOTED);
      return { written: `"${word}"`, name: word.replaceAll('""', '"') };
    }
    const word = chance.pick(PLAIN);
    return { written: word, name: word.toLowerCase() };
  }
}

type Writer = (draft: Draft, cql: CqlWriter) => string;

const WRITERS: readonly Writer[] = [
  (_draft, cql) => cql.select() && 'SELECT',
  (_draft, cql) => cql.insert() && 'INSERT',
  (_draft, cql) => cql.update() && 'UPDATE',
  (_draft, cql) => cql.delete() && 'DELETE',
  (_draft, cql) => cql.batch() && 'BATCH',
  (_draft, cql) => cql.createTable() && 'CREATE_TABLE',
  (draft, cql) => {
    const [operation, words, rest] = draft.chance.pick(ON_TABLES);
    draft.add(words);
    cql.table(draft.writes).add(rest);
    return operation;
  },
  (draft, cql) => {
    const [operation, words, rest] = draft.chance.pick(ON_KEYSPACES);
    draft.add(words);
    cql.keyspace().add(rest);
    return operation;
  },
  (draft, cql) => {
    draft.add('CREATE MATERIALIZED VIEW');
    cql.table(draft.writes).add('AS SELECT a , "from" FROM');
    cql.table(draft.reads).add('WHERE a IS NOT NULL PRIMARY KEY ( a )');
    return 'CREATE_VIEW';
  },
  (draft, cql) => {
    draft.add('RESTORE TABLE');
    cql.table(draft.writes).add('FROM TABLE');
    cql.table(draft.reads).add("WITH restore_timestamp = '2026-01-01'");
    return 'RESTORE_TABLE';
  },
  (draft) => {
    const [operation, words] = draft.chance.pick(WITHOUT_TABLES);
    draft.add(words);
    return operation;
  },
];

const ON_TABLES = [
  ['DROP_TABLE', 'DROP TABLE IF EXISTS', ''],
  ['TRUNCATE', 'TRUNCATE', ''],
  ['TRUNCATE', 'TRUNCATE TABLE', ''],
  ['ALTER_TABLE', 'ALTER TABLE', 'ADD ( x int , y map < text , int > )'],
  ['ALTER_TABLE', 'ALTER TABLE', 'DROP x'],
  ['ALTER_TABLE', 'ALTER TABLE', 'RENAME a TO b'],
  ['ALTER_TABLE', 'ALTER TABLE', "WITH default_time_to_live = 5 AND TAGS = { 'a' : 'b' }"],
  ['CREATE_INDEX', 'CREATE CUSTOM INDEX i ON', "( a ) USING 'c'"],
  ['CREATE_INDEX', 'CREATE INDEX ON', '( keys ( m ) )'],
  ['CREATE_TRIGGER', 'CREATE TRIGGER r ON', "USING 'c'"],
  ['DROP_TRIGGER', 'DROP TRIGGER IF EXISTS r ON', ''],
  ['ALTER_VIEW', 'ALTER MATERIALIZED VIEW', "WITH comment = 'x'"],
  ['DROP_VIEW', 'DROP MATERIALIZED VIEW', ''],
] as const;

const ON_KEYSPACES = [
  [
    'CREATE_KEYSPACE',
    'CREATE KEYSPACE IF NOT EXISTS',
    "WITH replication = { 'class' : 'SingleRegionStrategy' }",
  ],
  ['ALTER_KEYSPACE', 'ALTER SCHEMA', 'WITH durable_writes = true'],
  ['DROP_KEYSPACE', 'DROP KEYSPACE', ''],
] as const;

const WITHOUT_TABLES = [
  ['CREATE_TYPE', 'CREATE TYPE ks . u ( a int , b frozen < list < text > > )'],
  ['DROP_TYPE', 'DROP TYPE IF EXISTS u'],
  [
    'CREATE_FUNCTION',
    'CREATE OR REPLACE FUNCTION f ( a int ) CALLED ON NULL INPUT RETURNS int LANGUAGE java AS $$x;$$',
  ],
  ['CREATE_AGGREGATE', 'CREATE AGGREGATE g ( int ) SFUNC f STYPE int'],
  ['DROP_INDEX', 'DROP INDEX ks . i'],
  ['CREATE_ROLE', "CREATE ROLE r WITH PASSWORD = 'x'"],
  ['GRANT', 'GRANT SELECT ON TABLE ks . t TO r'],
  ['REVOKE', 'REVOKE ALL ON KEYSPACE ks FROM r'],
  ['LIST_ROLES', 'LIST ROLES OF r'],
  ['LIST_PERMISSIONS', 'LIST ALL PERMISSIONS ON ks . t'],
  ['USE', 'USE "Ks"'],
  ['DESCRIBE', 'DESCRIBE TABLE ks . t'],
] as const;

/** A statement of CQL, with what it does known from how it was made. */
export function generateCql(seed: number): GeneratedStatement {
  const draft = new Draft(new Chance(seed), seed % 2 === 0 ? '--' : '//');
  const operation = draft.chance.pick(WRITERS)(draft, new CqlWriter(draft));
  return draft.finish(operation);
}
