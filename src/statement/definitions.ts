import type { Findings } from './findings';
import { addKeywords } from './keywords';
import { isClosing, isName, isOpening, readName, skipGroup } from './names';
import { CLAUSE, readQuery } from './query-scope';
import { SYMBOL, TOKEN, type Tokenizer } from './tokenizer';

addKeywords(['EXTERNAL_LOCATION', 'LOCATION', 'LIKE', 'PRIMARY', 'STORED']);

/**
 * Reads what follows the name in CREATE TABLE: columns, locations, and the query of a CREATE
 * TABLE AS, which is told by an `AS` outside of parentheses that is not that of `STORED AS`.
 *
 * @param found - left out where only the kind is asked for; reading then ends early.
 * @returns whether the table is created from a query.
 */
export function readCreateTable(
  tokens: Tokenizer,
  found: Findings | undefined,
  isExternal: boolean,
): boolean {
  tokens.hiveStrings = isExternal;
  if (tokens.peekCode() === SYMBOL.open && (isExternal || readColumnGroup(tokens, found))) {
    tokens.hiveStrings = true;
    if (found === undefined) return false;
    readListedColumns(tokens, found);
    readLocations(tokens, found, isExternal ? 'read' : 'write');
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
    } else if (keyword === 'LIKE' && depth === 0 && found !== undefined)
      readLikeTable(tokens, found);
    else if (keyword.endsWith('LOCATION') && found !== undefined) {
      const isProperty = keyword === 'EXTERNAL_LOCATION';
      if (readLocation(tokens, found, isExternal ? 'read' : 'write') && isProperty) {
        found.writesExternalLocation = true;
      }
    }
  }
  return false;
}

/** Reads `LOCATION '…'` wherever it stands in the rest of a statement. */
export function readLocations(tokens: Tokenizer, found: Findings, access: 'read' | 'write'): void {
  tokens.hiveStrings = true;
  if (tokens.keyword === 'LOCATION') tokens.pushBack();
  while (tokens.next() !== TOKEN.end) {
    if (tokens.keyword === 'LOCATION') readLocation(tokens, found, access);
  }
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
    else if (atItem && isName(tokens) && tokens.keyword !== 'PRIMARY') {
      found.columns.add(readName(tokens));
    }
    atItem = depth === 1 && tokens.symbol === SYMBOL.comma;
  }
}

/** Reads `(…)` after the table's name. True where it defines columns, not only names them. */
function readColumnGroup(tokens: Tokenizer, found: Findings | undefined): boolean {
  tokens.next();
  const group = tokens.start;
  tokens.next();
  if (tokens.keyword === 'LIKE') {
    if (found !== undefined) readLikeTable(tokens, found);
    return true;
  }
  tokens.next();
  const isTyped = isName(tokens);
  tokens.moveTo(group);
  if (isTyped) return true;
  if (found !== undefined) readListedColumns(tokens, found);
  else {
    tokens.next();
    skipGroup(tokens);
  }
  return false;
}

function readLikeTable(tokens: Tokenizer, found: Findings): void {
  tokens.next();
  if (isName(tokens)) found.reads.add(readName(tokens));
  else tokens.pushBack();
}

/** Reads `'…'` or `= '…'`. */
function readLocation(tokens: Tokenizer, found: Findings, access: 'read' | 'write'): boolean {
  tokens.next();
  if (tokens.symbol === SYMBOL.equals) tokens.next();
  if (tokens.kind === TOKEN.string) {
    found.addLocation(tokens.value(), access);
    return true;
  }
  tokens.pushBack();
  return false;
}
