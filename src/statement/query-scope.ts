import type { Findings } from './findings';
import { addKeywords } from './keywords';
import { isClosing, isName, isOpening, readName } from './names';
import { SYMBOL, TOKEN, type Tokenizer } from './tokenizer';

addKeywords(
  `AS AT CASE CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DISTINCT ALL EXCEPT FALSE FETCH
  FROM FULL GROUP HAVING INSERT INTERSECT INTO IS JOIN JSON_TABLE LATERAL LIMIT NOT NULL OFFSET ON
  ORDER RECURSIVE SELECT SET TABLE TRUE UNION UNNEST USING VALUES WHERE WINDOW WITH WITHIN`.split(
    /\s+/,
  ),
);

/** Where in a query the reader stands. Each open parenthesis has a clause of its own. */
export const CLAUSE = {
  /** Only a query may start here: a statement's begin, after UNION, after AS. */
  queryStart: 0,
  /** In a parenthesis of a FROM clause: a query or a relation may start here. */
  start: 1,
  /** In any other parenthesis: a query or an expression may start here. */
  expressionStart: 2,
  expression: 3,
  selectList: 4,
  /** A table, a subquery, UNNEST … must come next. */
  relation: 5,
  /** After a relation: a join or a comma brings another one. */
  relations: 6,
  cteName: 7,
  cteAs: 8,
  cteBody: 9,
  recursiveCteBody: 10,
  cteNext: 11,
} as const;

type Clause = (typeof CLAUSE)[keyof typeof CLAUSE];

const NO_COLUMNS: ReadonlySet<string> = new Set([
  'CASE',
  'NOT',
  'NULL',
  'TRUE',
  'FALSE',
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_TIMESTAMP',
  'CURRENT_USER',
]);

interface QueryOptions {
  readonly start: Clause;
  /** Stop where the first parenthesis closes. */
  readonly oneGroup?: boolean;
  /** A comma brings no further relation (MERGE). */
  readonly singleRelation?: boolean;
  /** The text is a list of assignments `column = value`. */
  readonly assignments?: boolean;
}

/**
 * Reads a query and notes every table it names, each in its scope: one pass, a stack with one
 * entry for each open parenthesis, no recursion.
 */
export function readQuery(tokens: Tokenizer, found: Findings, options: QueryOptions): void {
  new QueryReader(tokens, found, options).read();
}

class QueryReader {
  private clause: Clause;
  /** The clause around each open parenthesis. */
  private readonly clauses: Clause[] = [];

  private readonly visibleCtes: { readonly name: string; readonly depth: number }[] = [];
  private readonly cteCounts = new Map<string, number>();
  private readonly pendingCtes: string[] = [];
  private isRecursive = false;

  /** At the first token of an item of the outermost list. */
  private atItem = false;
  private listsColumns: boolean;

  constructor(
    private readonly tokens: Tokenizer,
    private readonly found: Findings,
    private readonly options: QueryOptions,
  ) {
    this.clause = options.start;
    this.listsColumns = found.columns.names.length === 0;
  }

  read(): void {
    const { tokens } = this;
    let isPredicate = false;
    while (tokens.next() !== TOKEN.end) {
      const { kind, keyword, symbol } = tokens;
      if (this.atItem && this.readItem()) continue;
      if (kind === TOKEN.symbol) {
        if (symbol === SYMBOL.comma) this.comma();
        else if (isOpening(symbol)) this.open();
        else if (isClosing(symbol)) {
          if (this.close()) return;
        } else if (symbol === SYMBOL.semicolon) return;
        else if (this.clause === CLAUSE.expressionStart) this.clause = CLAUSE.expression;
      } else if (keyword !== '') {
        if (keyword === 'FROM' && isPredicate) {
          isPredicate = false;
          continue;
        }
        isPredicate =
          keyword === 'IS' || (isPredicate && (keyword === 'NOT' || keyword === 'DISTINCT'));
        this.word(keyword);
        continue;
      } else if (kind === TOKEN.word || kind === TOKEN.quotedName) {
        this.name();
      } else if (this.clause === CLAUSE.expressionStart) {
        this.clause = CLAUSE.expression;
      }
      isPredicate = false;
    }
  }

  private word(keyword: string): void {
    const { clause } = this;
    switch (keyword) {
      case 'SELECT':
        this.clause = CLAUSE.selectList;
        if (this.clauses.length === 0 && this.listsColumns) this.atItem = true;
        return;
      case 'FROM':
        if (clause === CLAUSE.selectList) {
          this.clause = CLAUSE.relation;
          if (this.clauses.length === 0) this.listsColumns = false;
        }
        return;
      case 'JOIN':
        this.clause = CLAUSE.relation;
        return;
      case 'UNION':
      case 'EXCEPT':
      case 'INTERSECT':
        this.clause = CLAUSE.queryStart;
        if (this.clauses.length === 0) this.listsColumns = false;
        return;
      case 'WHERE':
        if (this.clauses.length === 0) this.found.hasWhere = true;
        if (clause === CLAUSE.relations) this.clause = CLAUSE.expression;
        return;
      case 'WITHIN':
        this.tokens.next();
        if (this.tokens.keyword !== 'GROUP') this.tokens.pushBack();
        return;
      case 'GROUP':
      case 'HAVING':
      case 'ORDER':
        if (clause === CLAUSE.relations) this.clause = CLAUSE.expression;
        return;
      case 'LIMIT':
      case 'FETCH':
        if (clause === CLAUSE.relation || clause === CLAUSE.start) break;
        if (this.clauses.length === 0 && clause !== CLAUSE.selectList) this.found.hasLimit = true;
        return;
      case 'SET':
        if (this.options.assignments && this.clauses.length === 0) this.atItem = true;
        break;
      case 'WINDOW':
        if (clause !== CLAUSE.relations) break;
        this.tokens.next();
        if (isName(this.tokens) && this.tokens.keyword === '') this.clause = CLAUSE.expression;
        this.tokens.pushBack();
        return;
      case 'WITH':
        if (clause <= CLAUSE.expressionStart) {
          this.clause = CLAUSE.cteName;
          this.isRecursive = false;
        }
        return;
      case 'RECURSIVE':
        if (clause === CLAUSE.cteName) this.isRecursive = true;
        return;
      case 'AS':
        if (clause === CLAUSE.cteAs) this.clause = CLAUSE.cteBody;
        return;
      case 'VALUES':
        this.clause = CLAUSE.expression;
        return;
      case 'TABLE':
        this.table();
        return;
      case 'INSERT':
        if (clause === CLAUSE.cteNext) this.insertAfterWith();
        return;
      case 'UNNEST':
        if (clause === CLAUSE.relation || clause === CLAUSE.start) this.clause = CLAUSE.relations;
        return;
      case 'LATERAL':
      case 'JSON_TABLE':
        if (this.tokens.peekCode() !== SYMBOL.open) break;
        if (keyword === 'JSON_TABLE') this.clause = CLAUSE.relations;
        return;
    }
    this.name();
  }

  /** A name: a table where a relation is due, else of no interest. */
  private name(): void {
    const { clause, tokens } = this;
    if (clause === CLAUSE.relation || clause === CLAUSE.start) {
      const isQualified = tokens.peekCode() === SYMBOL.dot;
      const name = readName(tokens);
      this.clause = CLAUSE.relations;
      if (isQualified) this.found.reads.add(name);
      else if (tokens.peekCode() !== SYMBOL.open) this.addRead(name);
    } else if (clause === CLAUSE.cteName) {
      this.pendingCtes.push(readName(tokens));
      this.clause = CLAUSE.cteAs;
    } else if (clause === CLAUSE.expressionStart) {
      this.clause = CLAUSE.expression;
    }
  }

  /** `TABLE t` as a query, `TABLE(f(…))` in a FROM clause, `TABLE(t)` as a function's argument. */
  private table(): void {
    const { clause, tokens } = this;
    if (tokens.peekCode() === SYMBOL.open) {
      tokens.next();
      const isFunction = clause === CLAUSE.relation || clause === CLAUSE.start;
      this.clause = isFunction ? CLAUSE.relations : CLAUSE.expression;
      this.push(isFunction ? CLAUSE.expression : CLAUSE.start);
      return;
    }
    tokens.next();
    if (!isName(tokens)) {
      tokens.pushBack();
      return;
    }
    if (this.clauses.length === 0 && this.listsColumns) this.found.selectsAll = true;
    this.clause = CLAUSE.relations;
    this.addRead(readName(tokens));
  }

  private insertAfterWith(): void {
    const { tokens, found } = this;
    found.insertsAfterWith = true;
    this.clause = CLAUSE.queryStart;
    do tokens.next();
    while (tokens.keyword === 'INTO' || tokens.keyword === 'TABLE');
    if (isName(tokens)) found.writes.add(readName(tokens));
    else tokens.pushBack();
  }

  private comma(): void {
    if (this.clause === CLAUSE.relations) {
      if (this.clauses.length > 0 || !this.options.singleRelation) this.clause = CLAUSE.relation;
    } else if (this.clause === CLAUSE.cteNext) {
      this.clause = CLAUSE.cteName;
    } else if (this.clauses.length === 0) {
      this.atItem =
        this.listsColumns &&
        (this.clause === CLAUSE.selectList || this.options.assignments === true);
    }
  }

  private open(): void {
    switch (this.clause) {
      case CLAUSE.relation:
      case CLAUSE.start:
        this.clause = CLAUSE.relations;
        this.push(CLAUSE.start);
        return;
      case CLAUSE.queryStart:
      case CLAUSE.cteNext:
        this.clause = CLAUSE.relations;
        this.push(CLAUSE.queryStart);
        return;
      case CLAUSE.cteBody:
        if (this.isRecursive) {
          this.showCte();
          this.clause = CLAUSE.recursiveCteBody;
        }
        this.push(CLAUSE.queryStart);
        return;
      case CLAUSE.expressionStart:
        this.clause = CLAUSE.expression;
    }
    this.push(CLAUSE.expressionStart);
  }

  private push(clause: Clause): void {
    this.clauses.push(this.clause);
    this.clause = clause;
  }

  /** Leaves a parenthesis; true where the reader's work ends. */
  private close(): boolean {
    const outer = this.clauses.pop();
    if (outer === undefined) return this.options.oneGroup === true;
    this.hideCtes();
    this.clause = outer;
    if (outer === CLAUSE.cteBody || outer === CLAUSE.recursiveCteBody) {
      this.isRecursive = outer === CLAUSE.recursiveCteBody;
      if (!this.isRecursive) this.showCte();
      this.clause = CLAUSE.cteNext;
    }
    return this.options.oneGroup === true && this.clauses.length === 0;
  }

  private showCte(): void {
    const name = this.pendingCtes.pop();
    if (name === undefined) return;
    this.visibleCtes.push({ name, depth: this.clauses.length });
    this.cteCounts.set(name, (this.cteCounts.get(name) ?? 0) + 1);
  }

  /** A CTE is in sight as long as the parenthesis is open that its WITH stands in. */
  private hideCtes(): void {
    for (;;) {
      const last = this.visibleCtes.at(-1);
      if (last === undefined || last.depth <= this.clauses.length) return;
      this.visibleCtes.pop();
      this.cteCounts.set(last.name, (this.cteCounts.get(last.name) ?? 0) - 1);
    }
  }

  private addRead(name: string): void {
    if ((this.cteCounts.get(name) ?? 0) === 0) this.found.reads.add(name);
  }

  /** Notes a plain column at the begin of an item. True where the token is used up. */
  private readItem(): boolean {
    const { tokens, found } = this;
    if (tokens.keyword === 'DISTINCT' || tokens.keyword === 'ALL') return true;
    this.atItem = false;
    if (tokens.symbol === SYMBOL.asterisk) {
      found.selectsAll = true;
      return true;
    }
    if (!isName(tokens) || tokens.keyword === 'FROM' || NO_COLUMNS.has(tokens.keyword))
      return false;
    if (tokens.keyword !== '' && STRUCTURE.has(tokens.keyword)) return false;
    const name = readName(tokens);
    tokens.next();
    if (tokens.symbol === SYMBOL.asterisk && tokens.followsDot) {
      found.selectsAll = true;
      return true;
    }
    if (this.endsItem()) found.columns.add(name.slice(name.lastIndexOf('.') + 1));
    tokens.pushBack();
    return true;
  }

  private endsItem(): boolean {
    const { kind, keyword, symbol } = this.tokens;
    if (this.options.assignments) return symbol === SYMBOL.equals;
    if (kind === TOKEN.end || symbol === SYMBOL.comma || keyword === 'AS' || keyword === 'FROM')
      return true;
    return kind === TOKEN.quotedName || (kind === TOKEN.word && keyword === '');
  }
}

const STRUCTURE: ReadonlySet<string> = new Set([
  'SELECT',
  'WITH',
  'TABLE',
  'VALUES',
  'WHERE',
  'INSERT',
]);
