import { readColumns } from './columns';
import type { Findings } from './findings';
import { addKeywords } from './keywords';
import { isName, skipTo } from './names';
import { QUERY_START, readQuery } from './query-scope';
import { END, EQUALS, OPEN, STRING, type Tokenizer } from './tokenizer';

addKeywords('AS EXTERNAL_LOCATION LOCATION STORED');

/**
 * Reads what follows the name in CREATE TABLE: columns, locations, and the query of a CREATE
 * TABLE AS, which is told by an `AS` that is not that of `STORED AS`.
 *
 * @param found - left out where only the kind is asked for; reading then ends early.
 * @returns whether the table is created from a query.
 */
export function readCreateTable(tokens: Tokenizer, found: Findings | undefined): boolean {
  if (tokens.peekCode() === OPEN) {
    const definesThem = definesColumns(tokens);
    if (found !== undefined) (definesThem ? readHiveTable : readColumns)(tokens, found);
    if (definesThem) return false;
  }
  while (tokens.next() !== END) {
    const { keyword } = tokens;
    if (keyword === 'STORED') tokens.next();
    else if (keyword === 'AS') {
      if (found !== undefined) readQuery(tokens, found, QUERY_START);
      return true;
    } else if (found !== undefined && keyword.endsWith('LOCATION')) {
      found.exports ||= keyword !== 'LOCATION';
      if (tokens.peekCode() === EQUALS) tokens.next();
      readLocation(tokens, found);
    }
  }
  return false;
}

/** Reads what follows the name in Hive's CREATE TABLE, which has no query. */
export function readHiveTable(tokens: Tokenizer, found: Findings): void {
  tokens.hiveStrings = true;
  if (tokens.peekCode() === OPEN) readColumns(tokens, found);
  readLocations(tokens, found);
}

/** Reads each `LOCATION '…'` in the rest of a statement of Hive's. */
export function readLocations(tokens: Tokenizer, found: Findings): void {
  tokens.hiveStrings = true;
  while (skipTo(tokens, 'LOCATION')) readLocation(tokens, found);
}

/** Notes the string that comes next as a location, if it is not empty. */
export function readLocation(tokens: Tokenizer, found: Findings): void {
  if (tokens.next() !== STRING) tokens.pushBack();
  else if (tokens.value() !== '') found.locations.push(tokens.value());
}

/** Looks at `(…)` after the table's name: `(a int)` defines columns, `(a, b)` only names them. */
function definesColumns(tokens: Tokenizer): boolean {
  tokens.next();
  const group = tokens.start;
  tokens.next();
  tokens.next();
  const definesThem = isName(tokens);
  tokens.moveTo(group);
  return definesThem;
}
