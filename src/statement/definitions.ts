import { readColumns } from './columns';
import type { Findings } from './findings';
import { addKeywords } from './keywords';
import { isName, readNextName, skipGroup } from './names';
import { QUERY_START, readQuery } from './query-scope';
import { END, EQUALS, OPEN, STRING, type Tokenizer } from './tokenizer';

addKeywords('AS EXTERNAL_LOCATION LIKE LOCATION STORED');

type Access = 'read' | 'write';

/**
 * Reads what follows the name in CREATE TABLE: columns, locations, and the query of a CREATE
 * TABLE AS, which is told by an `AS` outside of parentheses that is not that of `STORED AS`.
 *
 * @param found - left out where only the kind is asked for; reading then ends early.
 * @returns whether the table is created from a query.
 */
export function readCreateTable(tokens: Tokenizer, found: Findings | undefined): boolean {
  if (tokens.peekCode() === OPEN && definesColumns(tokens, found)) {
    if (found !== undefined) readHiveTable(tokens, found, 'write');
    return false;
  }
  let previous = '';
  for (let depth = 0; tokens.next() !== END; previous = tokens.keyword) {
    depth += tokens.nesting;
    if (tokens.keyword === 'AS' && depth === 0 && previous !== 'STORED') {
      if (found !== undefined) readQuery(tokens, found, QUERY_START);
      return true;
    }
    if (found !== undefined) readClause(tokens, found, depth, 'write');
  }
  return false;
}

/** Reads what follows the name in Hive's CREATE TABLE, which has no query. */
export function readHiveTable(tokens: Tokenizer, found: Findings, access: Access): void {
  tokens.hiveStrings = true;
  if (tokens.peekCode() === OPEN) readColumns(tokens, found);
  for (let depth = 0; tokens.next() !== END; ) {
    depth += tokens.nesting;
    readClause(tokens, found, depth, access);
  }
}

/** Reads each `LOCATION '…'` in the rest of a statement. */
export function readLocations(tokens: Tokenizer, found: Findings): void {
  tokens.hiveStrings = true;
  while (tokens.next() !== END) {
    if (tokens.keyword === 'LOCATION') readLocation(tokens, found, 'read');
  }
}

/** Notes the current string as a location, if it is not empty. */
export function addLocation(tokens: Tokenizer, found: Findings, access: Access): void {
  const uri = tokens.value();
  if (uri !== '') found.locations.push({ uri, access });
}

/** Notes the string that comes next as a location. */
export function readLocation(tokens: Tokenizer, found: Findings, access: Access): boolean {
  const isString = tokens.next() === STRING;
  if (isString) addLocation(tokens, found, access);
  else tokens.pushBack();
  return isString;
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
  if (found !== undefined) readColumns(tokens, found);
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
  } else if (keyword.endsWith('LOCATION') && tokens.peekCode() === EQUALS) {
    tokens.next();
    const isRead = readLocation(tokens, found, access);
    if (isRead && keyword !== 'LOCATION') found.writesExternalLocation = true;
  }
}

function readLikeTable(tokens: Tokenizer, found: Findings): void {
  const name = readNextName(tokens);
  if (name !== undefined) found.reads.add(name);
}
