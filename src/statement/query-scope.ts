import type { Findings } from './findings';
import { addKeywords } from './keywords';
import { isName, noteNextName, QUERY_WORDS, readName } from './names';
import { ASTERISK, COMMA, DOT, END, OPEN, SEMICOLON, type Tokenizer } from './tokenizer';

addKeywords(
  `ALL AND AS AT BETWEEN DISTINCT EXCEPT FETCH FROM GROUP IN INSERT INTERSECT INTO IS JOIN LIKE LIMIT
  OR ORDER RECURSIVE SELECT SET TABLE TO UNION USING VALUES WHERE WINDOW WITH WITHIN`,
);

/** Words at the begin of an expression that are no columns. */
const NO_COLUMNS =
  'CASE FROM NOT NULL TRUE FALSE CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER';
addKeywords(NO_COLUMNS);
const NO_COLUMN: ReadonlySet<string> = new Set([...NO_COLUMNS.split(' '), ...QUERY_WORDS]);

// Where in a query the reader stands; each open parenthesis has a place of its own.
/** Only a query may start here: a statement's begin, after AS. */
export const QUERY_START: number = 0;
/** After the body of a CTE: the query, or a comma and another one. */
const CTE_NEXT: number = 1;
/** In a parenthesis of a FROM clause: a query or a relation may start here. */
const START: number = 2;
/** A table, a subquery, UNNEST … must come next. */
export const RELATION: number = 3;
/** After a relation: a join or a comma brings another one. */
const RELATIONS: number = 4;
export const EXPRESSION: number = 5;
const SELECT_LIST: number = 6;
const CTE_NAME: number = 7;
const CTE_AS: number = 8;
const CTE_BODY: number = 9;

// What is special about the text.
const WHOLE_QUERY: number = 0;
/** It ends where the first parenthesis closes. */
export const ONE_GROUP: number = 1;
/** A comma brings no further relation (MERGE). */
export const SINGLE_RELATION: number = 2;
/** It is a list of assignments `column = value`. */
export const ASSIGNMENTS: number = 3;

/**
 * Reads a query and notes every table it names, each in its scope: one pass, a stack with one
 * entry for each open parenthesis, no recursion.
 */
export function readQuery(
  tokens: Tokenizer,
  found: Findings,
  start: number,
  mode = WHOLE_QUERY,
): void {
  new QueryReader(tokens, found, start, mode).read();
}

class QueryReader {
  #clause: number;
  /** The clause around each open parenthesis. */
  readonly #clauses: number[] = [];
  /** The keyword or symbol before the current token. */
  #last: string | number = '';

  /** In the order of their definition, with the number of parentheses around each. */
  readonly #ctes: { readonly name: string; readonly depth: number }[] = [];
  readonly #visible = new Set<string>();
  /** Those whose body has not come to its end. */
  readonly #pending: { readonly name: string; readonly isRecursive: boolean }[] = [];
  #isRecursive = false;

  /** At the first token of an item of the outermost list. */
  #atItem: boolean;
  #listsColumns: boolean;

  readonly #tokens: Tokenizer;
  readonly #found: Findings;
  readonly #mode: number;

  constructor(tokens: Tokenizer, found: Findings, start: number, mode: number) {
    this.#tokens = tokens;
    this.#found = found;
    this.#mode = mode;
    this.#clause = start;
    this.#listsColumns = found.columns.size === 0;
    this.#atItem = mode === ASSIGNMENTS;
  }

  get #isOutermost(): boolean {
    return this.#clauses.length === 0;
  }

  read(): void {
    const tokens = this.#tokens;
    while (tokens.next() !== END) {
      const { keyword, symbol, nesting } = tokens;
      if (this.#atItem) this.#readItem();
      if (nesting > 0) this.#open();
      else if (nesting < 0) {
        if (this.#close()) return;
      } else if (symbol === COMMA) this.#comma();
      else if (symbol === SEMICOLON) return;
      else if (keyword !== '') this.#word(keyword);
      else if (isName(tokens)) this.#name();
      this.#last = keyword || symbol;
    }
  }

  #word(keyword: string): void {
    const clause = this.#clause;
    const tokens = this.#tokens;
    switch (keyword) {
      case 'SELECT':
        this.#clause = SELECT_LIST;
        if (this.#isOutermost) this.#atItem = this.#listsColumns;
        return;
      case 'FROM':
        // Not that of `a IS DISTINCT FROM b`.
        if (clause !== SELECT_LIST || this.#last === 'DISTINCT') return;
        this.#clause = RELATION;
        if (this.#isOutermost) this.#listsColumns = false;
        return;
      case 'JOIN':
        this.#clause = RELATION;
        return;
      case 'UNION':
      case 'EXCEPT':
      case 'INTERSECT':
        if (this.#isOutermost) this.#listsColumns = false;
        return;
      case 'WHERE':
        if (this.#isOutermost) this.#found.hasWhere = true;
        return;
      case 'GROUP':
      case 'ORDER':
        if (clause === RELATIONS && this.#last !== 'WITHIN') this.#clause = EXPRESSION;
        return;
      case 'LIMIT':
      case 'FETCH':
        if (clause === RELATION || clause === START) break;
        if (this.#isOutermost && clause !== SELECT_LIST) this.#found.hasLimit = true;
        return;
      case 'WINDOW':
        if (clause !== RELATIONS) break;
        // `WINDOW w AS (…)`; with a comma or parenthesis after it, it is an alias.
        tokens.next();
        if (isName(tokens)) this.#clause = EXPRESSION;
        tokens.pushBack();
        return;
      case 'WITH':
        if (clause > START && this.#last !== OPEN) return;
        this.#clause = CTE_NAME;
        tokens.next();
        this.#isRecursive = tokens.keyword === 'RECURSIVE';
        if (!this.#isRecursive) tokens.pushBack();
        return;
      case 'AS':
        if (clause === CTE_AS) this.#clause = CTE_BODY;
        return;
      case 'VALUES':
        this.#clause = EXPRESSION;
        return;
      case 'TABLE':
        this.#table();
        return;
      case 'INSERT':
        if (clause === CTE_NEXT) this.#insertAfterWith();
        return;
    }
    this.#name();
  }

  /** A name: a table or a function where a relation is due, else of no interest. */
  #name(): void {
    const clause = this.#clause;
    const tokens = this.#tokens;
    if (clause === RELATION || clause === START) {
      const isQualified = tokens.peekCode() === DOT;
      const name = readName(tokens);
      this.#clause = RELATIONS;
      if (tokens.peekCode() === OPEN || (!isQualified && this.#visible.has(name))) return;
      this.#found.reads.add(name);
    } else if (clause === CTE_NAME) {
      const name = readName(tokens);
      this.#pending.push({ name, isRecursive: this.#isRecursive });
      if (this.#isRecursive) this.#show(name);
      this.#clause = CTE_AS;
    }
  }

  /** `TABLE t` as a query, `TABLE(f(…))` in a FROM clause, `TABLE(t)` as a function's argument. */
  #table(): void {
    const tokens = this.#tokens;
    if (this.#clause === EXPRESSION && tokens.peekCode() === OPEN) {
      tokens.next();
      this.#push(START);
      return;
    }
    if (this.#isOutermost && this.#listsColumns) this.#found.selectsAll = true;
    this.#clause = RELATION;
  }

  #insertAfterWith(): void {
    const tokens = this.#tokens;
    this.#found.insertsAfterWith = true;
    this.#clause = QUERY_START;
    do tokens.next();
    while (tokens.keyword === 'INTO' || tokens.keyword === 'TABLE');
    tokens.pushBack();
    noteNextName(tokens, this.#found.writes);
  }

  #comma(): void {
    if (this.#clause === RELATIONS) {
      if (!this.#isOutermost || this.#mode !== SINGLE_RELATION) this.#clause = RELATION;
    } else if (this.#clause === CTE_NEXT) {
      this.#clause = CTE_NAME;
    } else if (this.#isOutermost) {
      const inList = this.#clause === SELECT_LIST || this.#mode === ASSIGNMENTS;
      this.#atItem = inList && this.#listsColumns;
    }
  }

  #open(): void {
    const clause = this.#clause;
    if (clause <= RELATION) this.#clause = RELATIONS;
    this.#push(clause === RELATION || clause === START ? START : EXPRESSION);
  }

  #push(clause: number): void {
    this.#clauses.push(this.#clause);
    this.#clause = clause;
  }

  /** Leaves a parenthesis; true where the reader's work ends. */
  #close(): boolean {
    this.#clause = this.#clauses.pop() ?? this.#clause;
    this.#hideCtes();
    if (this.#clause === CTE_BODY) {
      const { name, isRecursive } = this.#pending.pop() ?? { name: '', isRecursive: false };
      this.#isRecursive = isRecursive;
      this.#show(name);
      this.#clause = CTE_NEXT;
    }
    return this.#mode === ONE_GROUP && this.#isOutermost;
  }

  #show(name: string): void {
    if (this.#visible.has(name)) return;
    this.#visible.add(name);
    this.#ctes.push({ name, depth: this.#clauses.length });
  }

  /** A CTE is in sight as long as the parenthesis is open that its WITH stands in. */
  #hideCtes(): void {
    for (let last = this.#ctes.at(-1); last !== undefined; last = this.#ctes.at(-1)) {
      if (last.depth <= this.#clauses.length) return;
      this.#visible.delete(last.name);
      this.#ctes.pop();
    }
  }

  /** Notes a plain column at the begin of an item. */
  #readItem(): void {
    const tokens = this.#tokens;
    const { keyword, symbol } = tokens;
    if (keyword === 'DISTINCT' || keyword === 'ALL') return;
    this.#atItem = false;
    if (symbol === ASTERISK) this.#found.selectsAll = true;
    if (!isName(tokens) || NO_COLUMN.has(keyword)) return;
    const name = readName(tokens);
    tokens.next();
    if (tokens.symbol === ASTERISK && tokens.followsDot) this.#found.selectsAll = true;
    else if (this.#endsItem()) this.#found.columns.add(name.slice(name.lastIndexOf('.') + 1));
    tokens.pushBack();
  }

  #endsItem(): boolean {
    const { kind, keyword, symbol } = this.#tokens;
    if (this.#mode === ASSIGNMENTS || kind === END || symbol === COMMA) return true;
    return keyword === 'AS' || keyword === 'FROM' || (isName(this.#tokens) && keyword === '');
  }
}
