import type { Findings } from './findings';
import { addKeywords } from './keywords';
import { isClosing, isName, isOpening, readName, skipGroup } from './names';
import { CLAUSE, readQuery } from './query-scope';
import { SYMBOL, TOKEN, type Tokenizer } from './tokenizer';

addKeywords(['EXTERNAL_LOCATION', 'LOCATION', 'LIKE', 'PRIMARY', 'STORED']);

/** What stands where a column could: `PRIMARY KEY (…)`, `LIKE t`. */
const NO_COLUMNS: ReadonlySet<string> = new Set(['PRIMARY', 'LIKE']);

type Access = 'read' | 'write';

/**
 * Reads what follows the name in CREATE TABLE: columns, locations, and the query of a CREATE
 * TABLE AS, which is told by an `AS` outside of parentheses that is not that of `STORED AS`.
 *
 * @param found - left out where only the kind is asked for; reading then ends early.
 * @returns whether the table is created from a query.
 */
export function readCreateTable(tokens: Tokenizer, found: Findings | undefined): boolean {
  if (tokens.peekCode() === SYMBOL.open && definesColumns(tokens, found)) {
    if (found !== undefined) readHiveTable(tokens, found, 'write');
    return false;
  }
  let previous = '';
  for (let depth = 0; tokens.next() !== TOKEN.end; previous = tokens.keyword) {
    const { keyword, symbol } = tokens;
    if (isOpening(symbol)) depth += 1;
    else if (isClosing(symbol)) depth -= 1;
    else if (keyword === 'AS' && depth === 0 && previous !== 'STORED') {
      if (found !== undefined) readQuery(tokens, found, { start: CLAUSE.queryStart });
      return true;
    } else if (found !== undefined) readClause(tokens, found, depth, 'write');
  }
  return false;
}

/** Reads what follows the name in Hive's CREATE TABLE, which has no query. */
export function readHiveTable(tokens: Tokenizer, found: Findings, access: Access): void {
  tokens.hiveStrings = true;
  if (tokens.peekCode() === SYMBOL.open) readListedColumns(tokens, found);
  for (let depth = 0; tokens.next() !== TOKEN.end; ) {
    if (isOpening(tokens.symbol)) depth += 1;
    else if (isClosing(tokens.symbol)) depth -= 1;
    else readClause(tokens, found, depth, access);
  }
}

/** Reads each `LOCATION '…'` in the rest of a statement. */
export function readLocations(tokens: Tokenizer, found: Findings): void {
  tokens.hiveStrings = true;
  while (tokens.next() !== TOKEN.end) {
    if (tokens.keyword === 'LOCATION') readLocation(tokens, found, 'read');
  }
}

/** Notes the string that comes next as a location. */
export function readLocation(tokens: Tokenizer, found: Findings, access: Access): boolean {
  tokens.next();
  if (tokens.kind !== TOKEN.string) {
    tokens.pushBack();
    return false;
  }
  found.addLocation(tokens.value(), access);
  return true;
}

/** Reads the names at the begin of each item of a list, in parentheses or not. */
export function readListedColumns(tokens: Tokenizer, found: Findings): void {
  tokens.next();
  if (tokens.symbol !== SYMBOL.open) {
    if (isName(tokens)) found.columns.add(readName(tokens));
    return;
  }
  let depth = 1;
  let atItem = true;
  while (depth > 0 && tokens.next() !== TOKEN.end) {
    if (isOpening(tokens.symbol) || tokens.symbol === SYMBOL.less) depth += 1;
    else if (isClosing(tokens.symbol) || tokens.symbol === SYMBOL.greater) depth -= 1;
    else if (atItem && isName(tokens) && !NO_COLUMNS.has(tokens.keyword)) {
      found.columns.add(readName(tokens));
    }
    atItem = depth === 1 && tokens.symbol === SYMBOL.comma;
  }
}

/** Looks at `(…)` after the table's name: `(a int)` defines columns, `(a, b)` only names them. */
function definesColumns(tokens: Tokenizer, found: Findings | undefined): boolean {
  tokens.next();
  const group = tokens.start;
  tokens.next();
  const isLike = tokens.keyword === 'LIKE';
  if (isLike && found !== undefined) readLikeTable(tokens, found);
  tokens.next();
  const definesThem = isLike || isName(tokens);
  tokens.moveTo(group);
  if (definesThem) return true;
  if (found !== undefined) readListedColumns(tokens, found);
  else {
    tokens.next();
    skipGroup(tokens);
  }
  return false;
}

function readClause(tokens: Tokenizer, found: Findings, depth: number, access: Access): void {
  const { keyword } = tokens;
  if (depth === 0) {
    if (keyword === 'LIKE') readLikeTable(tokens, found);
    else if (keyword === 'LOCATION') readLocation(tokens, found, access);
  } else if (keyword === 'LOCATION' || keyword === 'EXTERNAL_LOCATION') {
    if (tokens.peekCode() !== SYMBOL.equals) return;
    tokens.next();
    const isRead = readLocation(tokens, found, access);
    if (isRead && keyword === 'EXTERNAL_LOCATION') found.writesExternalLocation = true;
  }
}

function readLikeTable(tokens: Tokenizer, found: Findings): void {
  tokens.next();
  if (isName(tokens)) found.reads.add(readName(tokens));
  else tokens.pushBack();
}
