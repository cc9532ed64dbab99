import type { Findings } from './findings';
import { addKeywords } from './keywords';
import { isName, QUERY_WORDS, readName, readNextName } from './names';
import {
  ASTERISK,
  COMMA,
  DOT,
  END,
  EQUALS,
  OPEN,
  QUOTED_NAME,
  SEMICOLON,
  SYMBOL,
  type Tokenizer,
  WORD,
} from './tokenizer';

addKeywords(
  `ALL AS DISTINCT EXCEPT FETCH FROM GROUP HAVING INSERT INTERSECT INTO IS JOIN JSON_TABLE LATERAL
  LIMIT ORDER RECURSIVE SELECT SET TABLE UNION UNNEST USING VALUES WHERE WINDOW WITH WITHIN AND AT
  BETWEEN IN LIKE OR`,
);

/** Words at the begin of an expression that are no columns. */
const NO_COLUMNS =
  'CASE NOT NULL TRUE FALSE CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER';
addKeywords(NO_COLUMNS);
const NO_COLUMN: ReadonlySet<string> = new Set([...NO_COLUMNS.split(' '), ...QUERY_WORDS]);

// Where in a query the reader stands; each open parenthesis has a place of its own.
/** Only a query may start here: a statement's begin, after UNION, after AS. */
export const QUERY_START: number = 0;
/** In a parenthesis of a FROM clause: a query or a relation may start here. */
const START: number = 1;
/** In any other parenthesis: a query or an expression may start here. */
const EXPRESSION_START: number = 2;
export const EXPRESSION: number = 3;
const SELECT_LIST: number = 4;
/** A table, a subquery, UNNEST … must come next. */
export const RELATION: number = 5;
/** After a relation: a join or a comma brings another one. */
const RELATIONS: number = 6;
const CTE_NAME: number = 7;
const CTE_AS: number = 8;
const CTE_BODY: number = 9;
const RECURSIVE_CTE_BODY: number = 10;
const CTE_NEXT: number = 11;

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

  readonly #visibleCtes: { readonly name: string; readonly depth: number }[] = [];
  readonly #cteCounts = new Map<string, number>();
  readonly #pendingCtes: string[] = [];
  #isRecursive = false;

  /** At the first token of an item of the outermost list. */
  #atItem = false;
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
  }

  get #isOutermost(): boolean {
    return this.#clauses.length === 0;
  }

  read(): void {
    const tokens = this.#tokens;
    let isPredicate = false;
    while (tokens.next() !== END) {
      const { kind, keyword, symbol, nesting } = tokens;
      if (this.#atItem && this.#readItem()) continue;
      if (kind === SYMBOL) {
        if (symbol === COMMA) this.#comma();
        else if (nesting > 0) this.#open();
        else if (nesting < 0) {
          if (this.#close()) return;
        } else if (symbol === SEMICOLON) return;
        else if (this.#clause === EXPRESSION_START) this.#clause = EXPRESSION;
      } else if (keyword !== '') {
        if (keyword === 'FROM' && isPredicate) {
          isPredicate = false;
          continue;
        }
        isPredicate =
          keyword === 'IS' || (isPredicate && (keyword === 'NOT' || keyword === 'DISTINCT'));
        this.#word(keyword);
        continue;
      } else if (kind === WORD || kind === QUOTED_NAME) {
        this.#name();
      } else if (this.#clause === EXPRESSION_START) {
        this.#clause = EXPRESSION;
      }
      isPredicate = false;
    }
  }

  #word(keyword: string): void {
    const clause = this.#clause;
    switch (keyword) {
      case 'SELECT':
        this.#clause = SELECT_LIST;
        if (this.#isOutermost && this.#listsColumns) this.#atItem = true;
        return;
      case 'FROM':
        if (clause === SELECT_LIST) {
          this.#clause = RELATION;
          if (this.#isOutermost) this.#listsColumns = false;
        }
        return;
      case 'JOIN':
        this.#clause = RELATION;
        return;
      case 'UNION':
      case 'EXCEPT':
      case 'INTERSECT':
        this.#clause = QUERY_START;
        if (this.#isOutermost) this.#listsColumns = false;
        return;
      case 'WHERE':
        if (this.#isOutermost) this.#found.hasWhere = true;
        if (clause === RELATIONS) this.#clause = EXPRESSION;
        return;
      case 'WITHIN':
        this.#tokens.next();
        if (this.#tokens.keyword !== 'GROUP') this.#tokens.pushBack();
        return;
      case 'GROUP':
      case 'HAVING':
      case 'ORDER':
        if (clause === RELATIONS) this.#clause = EXPRESSION;
        return;
      case 'LIMIT':
      case 'FETCH':
        if (clause === RELATION || clause === START) break;
        if (this.#isOutermost && clause !== SELECT_LIST) this.#found.hasLimit = true;
        return;
      case 'SET':
        if (this.#mode === ASSIGNMENTS && this.#isOutermost) this.#atItem = true;
        break;
      case 'WINDOW':
        if (clause !== RELATIONS) break;
        this.#tokens.next();
        if (isName(this.#tokens) && this.#tokens.keyword === '') this.#clause = EXPRESSION;
        this.#tokens.pushBack();
        return;
      case 'WITH':
        if (clause <= EXPRESSION_START) {
          this.#clause = CTE_NAME;
          this.#isRecursive = false;
        }
        return;
      case 'RECURSIVE':
        if (clause === CTE_NAME) this.#isRecursive = true;
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
      case 'UNNEST':
        if (clause === RELATION || clause === START) this.#clause = RELATIONS;
        return;
      case 'LATERAL':
      case 'JSON_TABLE':
        if (this.#tokens.peekCode() !== OPEN) break;
        if (keyword === 'JSON_TABLE') this.#clause = RELATIONS;
        return;
    }
    this.#name();
  }

  /** A name: a table where a relation is due, else of no interest. */
  #name(): void {
    const clause = this.#clause;
    const tokens = this.#tokens;
    if (clause === RELATION || clause === START) {
      const isQualified = tokens.peekCode() === DOT;
      const name = readName(tokens);
      this.#clause = RELATIONS;
      if (isQualified) this.#found.reads.add(name);
      else if (tokens.peekCode() !== OPEN) this.#addRead(name);
    } else if (clause === CTE_NAME) {
      this.#pendingCtes.push(readName(tokens));
      this.#clause = CTE_AS;
    } else if (clause === EXPRESSION_START) {
      this.#clause = EXPRESSION;
    }
  }

  /** `TABLE t` as a query, `TABLE(f(…))` in a FROM clause, `TABLE(t)` as a function's argument. */
  #table(): void {
    const clause = this.#clause;
    const tokens = this.#tokens;
    if (tokens.peekCode() === OPEN) {
      tokens.next();
      const isFunction = clause === RELATION || clause === START;
      this.#clause = isFunction ? RELATIONS : EXPRESSION;
      this.#push(isFunction ? EXPRESSION : START);
      return;
    }
    tokens.next();
    if (!isName(tokens)) {
      tokens.pushBack();
      return;
    }
    if (this.#isOutermost && this.#listsColumns) this.#found.selectsAll = true;
    this.#clause = RELATIONS;
    this.#addRead(readName(tokens));
  }

  #insertAfterWith(): void {
    const tokens = this.#tokens;
    const found = this.#found;
    found.insertsAfterWith = true;
    this.#clause = QUERY_START;
    do tokens.next();
    while (tokens.keyword === 'INTO' || tokens.keyword === 'TABLE');
    tokens.pushBack();
    const name = readNextName(tokens);
    if (name !== undefined) found.writes.add(name);
  }

  #comma(): void {
    if (this.#clause === RELATIONS) {
      if (!this.#isOutermost || this.#mode !== SINGLE_RELATION) this.#clause = RELATION;
    } else if (this.#clause === CTE_NEXT) {
      this.#clause = CTE_NAME;
    } else if (this.#isOutermost) {
      this.#atItem =
        this.#listsColumns && (this.#clause === SELECT_LIST || this.#mode === ASSIGNMENTS);
    }
  }

  #open(): void {
    switch (this.#clause) {
      case RELATION:
      case START:
        this.#clause = RELATIONS;
        this.#push(START);
        return;
      case QUERY_START:
      case CTE_NEXT:
        this.#clause = RELATIONS;
        this.#push(QUERY_START);
        return;
      case CTE_BODY:
        if (this.#isRecursive) {
          this.#showCte();
          this.#clause = RECURSIVE_CTE_BODY;
        }
        this.#push(QUERY_START);
        return;
      case EXPRESSION_START:
        this.#clause = EXPRESSION;
    }
    this.#push(EXPRESSION_START);
  }

  #push(clause: number): void {
    this.#clauses.push(this.#clause);
    this.#clause = clause;
  }

  /** Leaves a parenthesis; true where the reader's work ends. */
  #close(): boolean {
    const outer = this.#clauses.pop();
    if (outer === undefined) return this.#mode === ONE_GROUP;
    this.#hideCtes();
    this.#clause = outer;
    if (outer === CTE_BODY || outer === RECURSIVE_CTE_BODY) {
      this.#isRecursive = outer === RECURSIVE_CTE_BODY;
      if (!this.#isRecursive) this.#showCte();
      this.#clause = CTE_NEXT;
    }
    return this.#mode === ONE_GROUP && this.#isOutermost;
  }

  #showCte(): void {
    const name = this.#pendingCtes.pop();
    if (name === undefined) return;
    this.#visibleCtes.push({ name, depth: this.#clauses.length });
    this.#cteCounts.set(name, (this.#cteCounts.get(name) ?? 0) + 1);
  }

  /** A CTE is in sight as long as the parenthesis is open that its WITH stands in. */
  #hideCtes(): void {
    for (;;) {
      const last = this.#visibleCtes.at(-1);
      if (last === undefined || last.depth <= this.#clauses.length) return;
      this.#visibleCtes.pop();
      this.#cteCounts.set(last.name, (this.#cteCounts.get(last.name) ?? 0) - 1);
    }
  }

  #addRead(name: string): void {
    if ((this.#cteCounts.get(name) ?? 0) === 0) this.#found.reads.add(name);
  }

  /** Notes a plain column at the begin of an item. True where the token is used up. */
  #readItem(): boolean {
    const tokens = this.#tokens;
    const found = this.#found;
    if (tokens.keyword === 'DISTINCT' || tokens.keyword === 'ALL') return true;
    this.#atItem = false;
    if (tokens.symbol === ASTERISK) {
      found.selectsAll = true;
      return true;
    }
    if (!isName(tokens) || tokens.keyword === 'FROM' || NO_COLUMN.has(tokens.keyword)) return false;
    const name = readName(tokens);
    tokens.next();
    if (tokens.symbol === ASTERISK && tokens.followsDot) {
      found.selectsAll = true;
      return true;
    }
    if (this.#endsItem()) found.columns.add(name.slice(name.lastIndexOf('.') + 1));
    tokens.pushBack();
    return true;
  }

  #endsItem(): boolean {
    const { kind, keyword, symbol } = this.#tokens;
    if (this.#mode === ASSIGNMENTS) return symbol === EQUALS;
    if (kind === END || symbol === COMMA || keyword === 'AS' || keyword === 'FROM') return true;
    return kind === QUOTED_NAME || (kind === WORD && keyword === '');
  }
}
