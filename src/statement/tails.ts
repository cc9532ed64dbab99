import { readColumns } from './columns';
import { readCqlBatch, readCqlDelete, readCqlSelect, readCqlUpdate } from './cql';
import { readHiveTable, readLocation, readLocations } from './definitions';
import type { Findings } from './findings';
import { skipTo, startsQuery } from './names';
import {
  ASSIGNMENTS,
  EXPRESSION,
  ONE_GROUP,
  QUERY_START,
  RELATION,
  readQuery,
  SINGLE_RELATION,
} from './query-scope';
import { OPEN, type Tokenizer } from './tokenizer';

type TailReader = (tokens: Tokenizer, found: Findings) => void;

/** How what follows a pattern is read. The tails that are missing are the classifier's own. */
export const TAIL_READERS: Readonly<Record<string, TailReader>> = {
  query: readWholeQuery,
  with: readWholeQuery,
  insert: (tokens, found) => {
    readColumnList(tokens, found);
    readWholeQuery(tokens, found);
  },
  update: (tokens, found) => {
    skipTo(tokens, 'SET');
    readQuery(tokens, found, EXPRESSION, ASSIGNMENTS);
  },
  delete: (tokens, found) => readQuery(tokens, found, EXPRESSION),
  merge: (tokens, found) => {
    skipTo(tokens, 'USING');
    readQuery(tokens, found, RELATION, SINGLE_RELATION);
  },
  unload: (tokens, found) => {
    found.exports = true;
    readQuery(tokens, found, QUERY_START, ONE_GROUP);
    skipTo(tokens, 'TO');
    readLocation(tokens, found);
  },
  view: (tokens, found) => {
    // Past columns, comment, security and dialect.
    skipTo(tokens, 'AS');
    readWholeQuery(tokens, found);
  },
  columns: (tokens, found) => {
    tokens.hiveStrings = tokens.dialect === 'athena';
    readColumns(tokens, found);
  },
  hiveTable: readHiveTable,
  location: readLocation,
  locations: readLocations,
  cqlSelect: readCqlSelect,
  cqlInsert: readColumnList,
  cqlUpdate: readCqlUpdate,
  cqlDelete: readCqlDelete,
  cqlBatch: readCqlBatch,
};

function readWholeQuery(tokens: Tokenizer, found: Findings): void {
  readQuery(tokens, found, QUERY_START);
}

/** `(a, b)`, if that comes next; `(SELECT …)` is a query. */
function readColumnList(tokens: Tokenizer, found: Findings): void {
  if (tokens.peekCode() === OPEN && !startsQuery(tokens)) readColumns(tokens, found);
}
