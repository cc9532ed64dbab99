import { ATHENA_GRAMMAR } from './athena-statements';
import { CQL_GRAMMAR } from './cql-statements';
import { readCreateTable } from './definitions';
import { Findings } from './findings';
import { type GrammarNode, type StatementRule, UNKNOWN } from './grammar';
import { isName, QUERY_WORDS, readName, skipGroup, startsQuery } from './names';
import { TAIL_READERS } from './tails';
import { DOT, END, OPEN, SEMICOLON, Tokenizer } from './tokenizer';

export type Dialect = 'athena' | 'cql';
export type StatementClass = 'DDL' | 'DML' | 'UTILITY' | 'DCL' | 'UNKNOWN';
export type StatementAccess = 'read' | 'write' | 'schema' | 'metadata' | 'control' | 'unknown';
type StatementFlag = 'destructive' | 'bulkExport' | 'allowFiltering' | 'explainOnly';

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
  /** Name in PREPARE, EXECUTE and DEALLOCATE PREPARE, as written. */
  readonly preparedStatement?: string;
}

/** Rises whenever the answer for some statement changes. */
export const CLASSIFIER_VERSION = '1';

const LONGEST_WORD = 20;

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
    reads: namesIn(found.reads),
    writes: namesIn(found.writes),
    columns: namesIn(found.columns),
    locations: found.locations.map((uri) => ({ uri, access: locationAccess(rule) })),
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
/** Statements that write to the place in S3 that they name. */
const LOCATION_WRITERS = /^(?:table|unload)$/;

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
    const { name } = node;
    const byWord = node.words.get(tokens.keyword);
    if (byWord !== undefined && !(name?.role === 'read' && isLast(tokens))) {
      node = byWord;
    } else if (name !== undefined && isName(tokens)) {
      const text = readName(tokens);
      if (found !== undefined && name.role === 'prepared') found.preparedStatement = tokens.value();
      else if (found !== undefined) noteName(found, name.role, text);
      node = name.next;
    } else if (node.group !== undefined && tokens.nesting > 0) {
      tokens.hiveStrings = grammar === ATHENA_GRAMMAR;
      skipGroup(tokens);
      node = node.group;
    } else {
      const cut = rule === undefined && isCut(tokens, node) ? node.cut : undefined;
      tokens.pushBack();
      if (node !== ATHENA_GRAMMAR || tokens.peekCode() !== OPEN) return rule ?? cut;
      // `(SELECT …) UNION …`: the parentheses belong to the query.
      return startsQuery(tokens) ? grammar.words.get('SELECT')?.rule : undefined;
    }
    rule = node.rule ?? rule;
    if (rule?.tail === 'query' || rule?.tail === 'with') {
      tokens.pushBack();
      return rule;
    }
    if (node.settled && found === undefined) return rule;
  }
}

/** Whether a word is a name though it could be a keyword: `DESCRIBE extended`. */
function isLast(tokens: Tokenizer): boolean {
  const next = tokens.peekCode();
  return Number.isNaN(next) || next === DOT || next === SEMICOLON;
}

/** Whether the text ends here, or within a word that could have gone on. */
function isCut({ text, start }: Tokenizer, { words }: GrammarNode): boolean {
  const rest = text.slice(start, start + LONGEST_WORD).toUpperCase();
  if (start + rest.length < text.length) return false;
  return /^\W$/.test(rest) || [...words.keys()].some((word) => word.startsWith(rest));
}

function noteName(found: Findings, role: string, name: string): void {
  const [kind, database] = role.split('.');
  const noted = database === undefined ? name : `${name}.*`;
  if (kind === 'read') found.reads.add(noted);
  else if (kind === 'write') found.writes.add(noted);
  else if (kind === 'column') found.columns.add(name);
  else if (kind === 'of') {
    const [table] = found.reads;
    found.reads.clear();
    found.reads.add(`${name}.${table}`);
  }
}

/** Reads what follows the head. Gives the kind, which the rest can still change. */
function readTail(
  tokens: Tokenizer,
  rule: StatementRule,
  found: Findings | undefined,
): StatementKind {
  const { tail = '' } = rule;
  if (tail === 'table') {
    const isAsSelect = readCreateTable(tokens, found);
    return isAsSelect ? { ...rule, operation: 'CREATE_TABLE_AS_SELECT' } : rule;
  }
  if (found !== undefined) TAIL_READERS[tail]?.(tokens, found);
  const inserts = found?.insertsAfterWith ?? (tail === 'with' && leadsToInsert(tokens));
  return inserts ? { ...rule, operation: 'INSERT', access: 'write' } : rule;
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
  if (tokens.peekCode() !== OPEN || startsQuery(tokens)) return;
  tokens.next();
  skipGroup(tokens);
}

/** `USING EXTERNAL FUNCTION f(x INT) RETURNS INT LAMBDA 'name', … SELECT …` */
function skipFunctions(tokens: Tokenizer): void {
  while (!startsQuery(tokens) && tokens.next() !== END) {
    if (tokens.symbol === OPEN) skipGroup(tokens);
    else if (/^(?:INSERT|CREATE|UNLOAD)$/.test(tokens.keyword)) {
      tokens.pushBack();
      return;
    }
  }
}

/** Without the name that a quote at the end of the text leaves empty. */
function namesIn(names: Set<string>): string[] {
  names.delete('');
  return [...names];
}

function locationAccess({ tail = '' }: StatementRule): 'read' | 'write' {
  return LOCATION_WRITERS.test(tail) ? 'write' : 'read';
}

function flagsOf(kind: StatementKind, rule: StatementRule, found: Findings): StatementFlag[] {
  const flags: StatementFlag[] = [];
  const changesAll = /^(?:DELETE|UPDATE)$/.test(rule.operation) && !found.hasWhere;
  if (rule.isDestructive || changesAll) flags.push('destructive');
  const selectsAll =
    kind.operation === 'SELECT' && found.selectsAll && !found.hasLimit && found.reads.size > 0;
  if (selectsAll || found.exports) flags.push('bulkExport');
  if (found.allowsFiltering) flags.push('allowFiltering');
  return flags;
}
