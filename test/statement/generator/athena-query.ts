import type { Draft } from './draft';

const PLAIN = [
  'orders',
  'Users',
  't1',
  'x',
  'y',
  'z',
  'date',
  'user',
  'data',
  'view',
  '_tmp',
  'limit',
];
const QUOTED = ['From', 'select', 'odd name', 'a.b', 'x', 'Y', 't$files', 'a""b', 'join', "it's"];
const DATABASES = ['shop', 'Web', 'schema'];
const COLUMNS = ['a', 'b', 'total', 'year', 'day', 'zone', 'value', '"from"', '"Join"', 'k'];
const CTES = ['x', 'y', 'z', 'Totals', '"X"', '"odd name"'];

/** Writes queries in Trino's grammar and notes the tables they read, each in its scope. */
export class QueryWriter {
  /** Names of the CTEs in sight; a scope for each query around. */
  private readonly scopes: Set<string>[] = [];
  private depth = 0;

  constructor(private readonly draft: Draft) {}

  /** A query with its WITH clause, in the scope of a statement or of parentheses. */
  query(): Draft {
    const { draft } = this;
    this.scopes.push(new Set());
    this.depth += 1;
    draft.maybe(this.depth > 3 ? 0 : 25, () => this.with());
    this.queryTerm();
    draft.maybe(15, () => {
      const next = draft.chance.pick(['UNION', 'UNION ALL', 'EXCEPT', 'INTERSECT DISTINCT']);
      draft.add(next);
      this.queryTerm();
    });
    draft.maybe(15, () => draft.add('ORDER BY').list(3, () => this.sortItem()));
    draft.maybe(10, () => draft.add('OFFSET 5 ROWS'));
    draft.maybe(20, () =>
      draft.add(draft.chance.pick(['LIMIT 10', 'LIMIT ALL', 'FETCH FIRST 3 ROWS WITH TIES'])),
    );
    this.depth -= 1;
    this.scopes.pop();
    return this.draft;
  }

  /** The name of a base table, noted as read or as written. */
  table(noted: Set<string>): Draft {
    const { chance } = this.draft;
    const parts = [this.part(PLAIN, QUOTED)];
    if (chance.is(40)) parts.unshift(this.part(DATABASES, ['Db']));
    if (parts.length === 2 && chance.is(20)) parts.unshift(this.part(['cat'], ['lambda:f']));
    for (const [at, { written }] of parts.entries()) {
      if (at > 0) this.draft.addOne('.');
      this.draft.addOne(written);
    }
    const isCte = parts.length === 1 && this.seesCte(parts[0]?.name ?? '');
    const name = parts.map((part) => part.name).join('.');
    if (noted !== this.draft.reads || !isCte) noted.add(name);
    return this.draft;
  }

  condition(): Draft {
    const { draft } = this;
    this.expression();
    draft.oneOf(
      () =>
        draft.add(
          draft.chance.pick(['=', '<>', '>=', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM']),
        ) && this.expression(),
      () =>
        draft.add(
          draft.chance.pick(['IS NULL', 'IS NOT NULL', "LIKE 'x%' ESCAPE '!'", 'BETWEEN 1 AND 2']),
        ),
      () => draft.add('IN (') && draft.list(4, () => this.expression()) && draft.add(')'),
      () =>
        draft.add(draft.chance.pick(['IN', 'NOT IN', '= ANY', '> ALL', '< SOME'])) &&
        this.subquery(),
      () => draft.add(draft.chance.pick(['AND EXISTS', 'OR NOT EXISTS'])) && this.subquery(),
    );
    return this.draft;
  }

  expression(): Draft {
    const { draft } = this;
    const { chance } = draft;
    this.depth += 1;
    if (this.depth > 4 || chance.is(50)) this.operand();
    else {
      draft.oneOf(
        () =>
          draft
            .add('extract (')
            .add(chance.pick(['YEAR', 'DAY']))
            .add('FROM') && this.expression(),
        () =>
          draft
            .add('trim (')
            .add(chance.pick(["BOTH 'x' FROM", 'FROM', "'x' FROM", 'LEADING FROM'])) &&
          this.expression(),
        () => draft.add('substring (') && this.column() && draft.add('FROM 2 FOR 3'),
        () => draft.add("position ( 'x' IN") && this.column(),
        () => draft.add('coalesce (') && draft.list(3, () => this.expression()),
        () =>
          draft.add('cast (') &&
          this.expression() &&
          draft.add(
            chance.pick([
              'AS varchar ( 10 )',
              'AS ROW ( f integer , g decimal ( 3 , 1 ) )',
              'AS timestamp ( 3 ) WITH TIME ZONE',
            ]),
          ),
        () =>
          draft.add('transform (') &&
          this.column() &&
          draft.add(chance.pick([', e -> e + 1', ', ( e , f ) -> e'])),
        () =>
          draft.add('sum (') && this.column() && draft.add(') FILTER ( WHERE') && this.condition(),
        () =>
          draft.add('rank ( ) OVER ( PARTITION BY') &&
          this.column() &&
          draft.add('ORDER BY') &&
          this.column() &&
          draft.add('ROWS BETWEEN 1 PRECEDING AND CURRENT ROW'),
        () => draft.add("listagg ( a , ',' ) WITHIN GROUP ( ORDER BY") && this.column(),
        () => draft.add('(') && this.condition(),
        () =>
          draft.add('ARRAY [') &&
          draft.list(3, () => this.expression()) &&
          draft.add('] [ 1 ] || f ( 1'),
        () =>
          draft.add('( CASE WHEN') &&
          this.condition() &&
          draft.add('THEN') &&
          this.expression() &&
          draft.add('ELSE 0 END'),
        () => draft.add("json_query ( j , 'lax$' WITH ARRAY WRAPPER"),
        () => draft.add('( SELECT 1') && this.from(),
      );
      draft.add(')');
    }
    this.depth -= 1;
    return this.draft;
  }

  /** `FROM …`, or nothing. */
  from(): Draft {
    const { draft } = this;
    draft.maybe(90, () => draft.add('FROM').list(this.depth > 3 ? 1 : 3, () => this.relation()));
    return this.draft;
  }

  relation(): Draft {
    const { draft } = this;
    this.primary();
    draft.maybe(this.depth > 4 ? 0 : 30, () => {
      const join = draft.chance.pick([
        'JOIN',
        'LEFT JOIN',
        'RIGHT OUTER JOIN',
        'FULL JOIN',
        'INNER JOIN',
        'CROSS JOIN',
        'NATURAL JOIN',
      ]);
      draft.add(join);
      this.primary();
      if (/^(?:CROSS|NATURAL)/.test(join)) return;
      draft.oneOf(
        () => draft.add('USING ( a , b )'),
        () => draft.add('ON') && this.condition(),
        () => draft.add('ON') && this.condition(),
      );
    });
    return this.draft;
  }

  private with(): Draft {
    const { draft } = this;
    const isRecursive = draft.chance.is(25);
    draft.add(isRecursive ? 'WITH RECURSIVE' : 'WITH').list(3, () => {
      const written = draft.chance.pick(CTES);
      const name = written.replaceAll('"', '').toLowerCase();
      draft
        .addOne(written)
        .maybe(30, () => draft.add('( a , b )'))
        .add('AS (');
      if (isRecursive) this.scopes.at(-1)?.add(name);
      this.query();
      draft.add(')');
      this.scopes.at(-1)?.add(name);
    });
    return this.draft;
  }

  private queryTerm(): Draft {
    const { draft } = this;
    const { chance } = draft;
    if (chance.is(80)) return this.select();
    draft.oneOf(
      () =>
        draft
          .add('VALUES')
          .list(2, () => draft.add('( 1 ,') && this.expression() && draft.add(')')),
      () => draft.add('TABLE') && this.table(draft.reads),
      () => draft.add('(') && this.select() && draft.add(')'),
    );
    return this.draft;
  }

  private select(): Draft {
    const { draft } = this;
    draft.add(draft.chance.pick(['SELECT', 'SELECT', 'SELECT DISTINCT', 'SELECT ALL']));
    draft.oneOf(
      () => draft.add('*'),
      () =>
        draft.list(4, () => {
          this.expression();
          draft.maybe(30, () => draft.add(draft.chance.pick(['AS c1', 'c2', 'AS "from"'])));
        }),
    );
    this.from();
    draft.maybe(40, () => draft.add('WHERE') && this.condition());
    draft.maybe(
      15,
      () =>
        draft.add(
          draft.chance.pick([
            'GROUP BY a , b HAVING',
            'GROUP BY GROUPING SETS ( ( a ) , ( ) ) HAVING',
          ]),
        ) && this.condition(),
    );
    draft.maybe(5, () => draft.add('WINDOW w AS ( PARTITION BY a ) , v AS ( ORDER BY b )'));
    return this.draft;
  }

  private primary(): Draft {
    const { draft } = this;
    const { chance } = draft;
    if (this.depth > 4 || chance.is(65)) {
      this.table(draft.reads);
      draft.maybe(8, () =>
        draft
          .add('FOR TIMESTAMP AS OF')
          .add(chance.pick(["TIMESTAMP '2026-01-01'", '( now ( ) )'])),
      );
      draft.maybe(4, () => draft.add('FOR VERSION AS OF 949530903748831860'));
      this.alias();
      draft.maybe(5, () => draft.add('TABLESAMPLE BERNOULLI ( 10 )'));
      return draft;
    }
    this.depth += 1;
    draft.oneOf(
      () => this.subquery() && this.alias(),
      () =>
        draft.add('UNNEST (') &&
        draft.list(2, () => this.expression()) &&
        draft.add(') WITH ORDINALITY AS u ( c , n )'),
      () => draft.add('LATERAL') && this.subquery() && this.alias(),
      () => draft.add('( VALUES ( 1 , 2 ) , ( 3 , 4 ) ) AS v ( a , b )'),
      () =>
        draft
          .add('TABLE ( cat . system . query ( query =>')
          .addOne("'SELECT 1 FROM far'")
          .add(') )'),
      () =>
        draft.add('TABLE ( f ( input => TABLE (') &&
        this.tableArgument() &&
        draft.add(') PARTITION BY a , columns => DESCRIPTOR ( b ) ) )'),
      () =>
        draft.add(
          "JSON_TABLE ( t.j , 'lax$' COLUMNS ( n FOR ORDINALITY , a int PATH 'lax$.a' ) ) AS j",
        ),
      () => draft.add('(') && this.relation() && draft.add(')'),
      () =>
        this.table(draft.reads) &&
        draft.add(
          'MATCH_RECOGNIZE ( PARTITION BY a MEASURES LAST ( q . b ) AS m ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW PATTERN ( q+ r {2,3} ) DEFINE q AS',
        ) &&
        this.expression() &&
        draft.add(') AS m'),
    );
    this.depth -= 1;
    return this.draft;
  }

  private tableArgument(): Draft {
    if (this.draft.chance.is(60)) this.table(this.draft.reads);
    else this.query();
    return this.draft;
  }

  private subquery(): Draft {
    this.draft.add('(');
    if (this.depth > 4) this.draft.add('SELECT 1');
    else this.query();
    this.draft.add(')');
    return this.draft;
  }

  private alias(): Draft {
    this.draft.maybe(40, () =>
      this.draft.add(
        this.draft.chance.pick(['p', 'AS q', 'AS "r-s"', 'AS s ( a , b )', 'w ( c )']),
      ),
    );
    return this.draft;
  }

  private sortItem(): Draft {
    this.expression();
    this.draft.maybe(30, () =>
      this.draft.add(this.draft.chance.pick(['DESC', 'ASC NULLS FIRST', 'NULLS LAST'])),
    );
    return this.draft;
  }

  private operand(): Draft {
    const { draft } = this;
    draft.oneOf(
      () => this.column(),
      () => this.column(),
      () =>
        draft.add(
          draft.chance.pick([
            '1',
            '2.5e-3',
            '?',
            'NULL',
            'true',
            'current_date',
            "INTERVAL '2' DAY",
            'count ( * )',
          ]),
        ),
      () =>
        draft.addOne(
          draft.chance.pick([
            "'x'",
            "'it''s FROM there'",
            "'-- no'",
            "'/*'",
            "''",
            "'('",
            "X'CAFE'",
          ]),
        ),
    );
    return this.draft;
  }

  private column(): Draft {
    const { draft } = this;
    draft.maybe(20, () => draft.add('p .'));
    draft.addOne(draft.chance.pick(COLUMNS));
    return this.draft;
  }

  private seesCte(name: string): boolean {
    return this.scopes.some((scope) => scope.has(name));
  }

  private part(
    plain: readonly string[],
    quoted: readonly string[],
  ): { written: string; name: string } {
    const { chance } = this.draft;
    const isQuoted = chance.is(35);
    const word = chance.pick(isQuoted ? quoted : plain);
    return {
      written: isQuoted ? `"${word}"` : word,
      name: word.replaceAll('""', '"').toLowerCase(),
    };
  }
}
