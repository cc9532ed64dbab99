import { ATHENA_GRAMMAR } from './athena-statements';
import { CQL_GRAMMAR } from './cql-statements';
import { readCreateTable } from './definitions';
import { Findings } from './findings';
import type { GrammarNode, StatementRule } from './grammar';
import { addKeywords } from './keywords';
import { isName, QUERY_WORDS, readName, skipGroup } from './names';
import { TAIL_READERS } from './tails';
import { END, OPEN, SYMBOL, Tokenizer } from './tokenizer';

export type Dialect = 'athena' | 'cql';
export type StatementClass = 'DDL' | 'DML' | 'UTILITY' | 'DCL' | 'UNKNOWN';
export type StatementAccess = 'read' | 'write' | 'schema' | 'metadata' | 'control' | 'unknown';
export type StatementFlag = 'destructive' | 'bulkExport' | 'allowFiltering' | 'explainOnly';

export interface StatementKind {
  readonly class: StatementClass;
  /** Athena's SubstatementType or Cassandra's audit word, e.g. `CREATE_TABLE_AS_SELECT`. */
  readonly operation: string;
  readonly access: StatementAccess;
}

export interface StatementFacts extends StatementKind {
  /** Table names as written, lower case where unquoted; a whole database is `db.*`. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Columns named where the statement lists them plainly. */
  readonly columns: readonly string[];
  readonly locations: readonly { readonly uri: string; readonly access: 'read' | 'write' }[];
  readonly flags: readonly StatementFlag[];
  /** Name in PREPARE, EXECUTE and DEALLOCATE PREPARE. */
  readonly preparedStatement?: string;
}

/** Rises whenever the answer for some statement changes. */
export const CLASSIFIER_VERSION = '1';

const UNKNOWN: StatementRule = { class: 'UNKNOWN', operation: 'UNKNOWN', access: 'unknown' };
const CREATE_TABLE_AS: StatementKind = {
  class: 'DDL',
  operation: 'CREATE_TABLE_AS_SELECT',
  access: 'schema',
};
const INSERT: StatementKind = { class: 'DML', operation: 'INSERT', access: 'write' };

const LONGEST_WORD = 20;
const EXPLAIN_OPTIONS: ReadonlySet<string> = new Set(['FORMAT', 'TYPE']);
addKeywords('FORMAT TYPE');

/**
 * Says what a statement is and which tables it reads and writes.
 *
 * @param text - one statement of any length; may be cut anywhere.
 * @param dialect - `athena` (Trino queries and Hive definitions) or `cql`.
 * @returns all facts; class and operation `UNKNOWN` when no rule matches. Never throws.
 */
export function classifyStatement(text: string, dialect: Dialect): StatementFacts {
  const found = new Findings();
  const { kind, rule, isExplained } = read(text, dialect, found);
  return {
    class: kind.class,
    operation: kind.operation,
    access: kind.access,
    reads: [...found.reads],
    writes: [...found.writes],
    columns: [...found.columns],
    locations: found.locations,
    flags: isExplained ? ['explainOnly'] : flagsOf(kind, rule, found),
    ...(found.preparedStatement !== undefined && { preparedStatement: found.preparedStatement }),
  };
}

/** Says only what a statement is: class, operation and access of {@link classifyStatement}. */
export function classifyKind(text: string, dialect: Dialect): StatementKind {
  const { class: statementClass, operation, access } = read(text, dialect, undefined).kind;
  return { class: statementClass, operation, access };
}

interface Reading {
  readonly kind: StatementKind;
  /** The innermost statement's rule: of `x` in `EXPLAIN x`. */
  readonly rule: StatementRule;
  readonly isExplained: boolean;
}

/** Statements around another one. */
const WRAPPERS = /^(?:explain|analyze|prepare)$/;

/** Matches the statement's head, unwraps EXPLAIN and PREPARE, and reads the rest. */
function read(text: unknown, dialect: Dialect, found: Findings | undefined): Reading {
  const tokens = new Tokenizer(typeof text === 'string' ? text : '', dialect);
  const grammar = dialect === 'cql' ? CQL_GRAMMAR : ATHENA_GRAMMAR;
  let outer: StatementRule | undefined;
  let fallback = UNKNOWN;
  let rule = matchHead(tokens, grammar, found) ?? UNKNOWN;
  for (; ; rule = matchHead(tokens, grammar, found) ?? fallback) {
    const { tail = '' } = rule;
    if (WRAPPERS.test(tail)) {
      outer ??= rule;
      if (found === undefined && tail !== 'analyze') break;
      skipExplainOptions(tokens);
    } else if (tail === 'functions' && rule !== fallback) {
      fallback = rule;
      skipFunctions(tokens);
    } else break;
  }
  const kind = outer === rule ? rule : readTail(tokens, rule, found);
  const isExplained = outer?.tail === 'explain';
  if (outer === undefined) return { kind, rule, isExplained };
  const runs = outer.tail === 'analyze' && rule !== UNKNOWN;
  return { kind: { ...outer, access: runs ? kind.access : outer.access }, rule, isExplained };
}

/** Follows the grammar as far as the words go; the longest pattern wins. */
function matchHead(
  tokens: Tokenizer,
  grammar: GrammarNode,
  found: Findings | undefined,
): StatementRule | undefined {
  let node = grammar;
  let rule: StatementRule | undefined;
  for (;;) {
    tokens.next();
    const byWord = tokens.keyword === '' ? undefined : node.words.get(tokens.keyword);
    if (byWord !== undefined) {
      node = byWord;
    } else if (node.name !== undefined && isName(tokens)) {
      const name = readName(tokens);
      if (found !== undefined) noteName(found, node.name.role, name);
      node = node.name.next;
    } else if (node.group !== undefined && tokens.nesting > 0) {
      skipGroup(tokens);
      node = node.group;
    } else if (node === ATHENA_GRAMMAR && tokens.symbol === OPEN) {
      return matchParenthesized(tokens, grammar);
    } else {
      const cut = rule === undefined && isCut(tokens, node) ? node.cut : undefined;
      tokens.pushBack();
      return rule ?? cut;
    }
    rule = node.rule ?? rule;
    if (rule?.tail === 'query' || rule?.tail === 'with') {
      tokens.pushBack();
      return rule;
    }
    if (node.settled && found === undefined) return rule;
  }
}

/** Whether the text ends here, or within a word that could have gone on. */
function isCut({ kind, text, start }: Tokenizer, { words }: GrammarNode): boolean {
  if (kind === END) return true;
  if (kind === SYMBOL) return start + 1 === text.length;
  const rest = text.slice(start, start + LONGEST_WORD).toUpperCase();
  return (
    start + rest.length === text.length && [...words.keys()].some((word) => word.startsWith(rest))
  );
}

/** `(SELECT …) UNION …`: the parentheses belong to the query. */
function matchParenthesized(tokens: Tokenizer, grammar: GrammarNode): StatementRule | undefined {
  const start = tokens.start;
  while (tokens.symbol === OPEN) tokens.next();
  const rule = QUERY_WORDS.has(tokens.keyword) ? grammar.words.get('SELECT')?.rule : undefined;
  tokens.moveTo(start);
  return rule;
}

function noteName(found: Findings, role: string, name: string): void {
  if (role === 'prepared') found.preparedStatement = name;
  else if (role === 'of') {
    const [table] = found.reads;
    found.reads.clear();
    found.reads.add(`${name}.${table}`);
  } else if (role === 'column') found.columns.add(name);
  else if (role !== 'name') {
    const [list, database] = role.split('.');
    found[list === 'read' ? 'reads' : 'writes'].add(database ? `${name}.*` : name);
  }
}

/** Reads what follows the head. Gives the kind, which the rest can still change. */
function readTail(
  tokens: Tokenizer,
  rule: StatementRule,
  found: Findings | undefined,
): StatementKind {
  if (rule.tail === 'table') {
    return readCreateTable(tokens, found) ? CREATE_TABLE_AS : rule;
  }
  if (found === undefined) return rule.tail === 'with' && leadsToInsert(tokens) ? INSERT : rule;
  if (rule.tail !== undefined) TAIL_READERS[rule.tail]?.(tokens, found);
  return found.insertsAfterWith ? INSERT : rule;
}

/** `WITH … INSERT INTO t …` */
function leadsToInsert(tokens: Tokenizer): boolean {
  tokens.next();
  while (tokens.next() !== END) {
    if (tokens.symbol === OPEN) skipGroup(tokens);
    else if (tokens.keyword === 'INSERT') return true;
    else if (QUERY_WORDS.has(tokens.keyword)) return false;
  }
  return false;
}

/** `EXPLAIN (TYPE IO, FORMAT JSON) …`; `EXPLAIN (SELECT …)` has no options. */
function skipExplainOptions(tokens: Tokenizer): void {
  tokens.next();
  const start = tokens.start;
  if (tokens.symbol === OPEN) {
    tokens.next();
    if (EXPLAIN_OPTIONS.has(tokens.keyword)) {
      skipGroup(tokens);
      return;
    }
  }
  tokens.moveTo(start);
}

/** `USING EXTERNAL FUNCTION f(x INT) RETURNS INT LAMBDA 'name', … SELECT …` */
function skipFunctions(tokens: Tokenizer): void {
  while (tokens.next() !== END) {
    if (tokens.symbol === OPEN) skipGroup(tokens);
    else if (tokens.keyword === 'WITH') {
      if (tokens.peekCode() !== OPEN) break;
    } else if (MAIN_WORDS.has(tokens.keyword)) break;
  }
  tokens.pushBack();
}

const MAIN_WORDS: ReadonlySet<string> = new Set(['SELECT', 'VALUES', 'INSERT', 'CREATE', 'UNLOAD']);

function flagsOf(kind: StatementKind, rule: StatementRule, found: Findings): StatementFlag[] {
  const flags = rule.flag === undefined ? [] : [rule.flag];
  if ((rule.operation === 'DELETE' || rule.operation === 'UPDATE') && !found.hasWhere) {
    flags.push('destructive');
  }
  const selectsAll =
    kind.operation === 'SELECT' && found.selectsAll && !found.hasLimit && found.reads.size > 0;
  const exports = rule.tail === 'table' && found.writesExternalLocation;
  if (selectsAll || exports) flags.push('bulkExport');
  if (found.allowsFiltering) flags.push('allowFiltering');
  return flags;
}
