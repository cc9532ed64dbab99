import { readColumns } from './columns';
import { readCqlBatch, readCqlDelete, readCqlSelect, readCqlUpdate } from './cql';
import { addLocation, readHiveTable, readLocation, readLocations } from './definitions';
import type { Findings } from './findings';
import { QUERY_WORDS } from './names';
import {
  ASSIGNMENTS,
  EXPRESSION,
  ONE_GROUP,
  QUERY_START,
  RELATION,
  readQuery,
  SINGLE_RELATION,
} from './query-scope';
import { END, OPEN, STRING, type Tokenizer } from './tokenizer';

type TailReader = (tokens: Tokenizer, found: Findings) => void;

/** How what follows a pattern is read. The tails that are missing are the classifier's own. */
export const TAIL_READERS: Readonly<Record<string, TailReader>> = {
  query: (tokens, found) => readQuery(tokens, found, QUERY_START),
  with: (tokens, found) => readQuery(tokens, found, QUERY_START),
  insert: readInsert,
  update: (tokens, found) => readQuery(tokens, found, EXPRESSION, ASSIGNMENTS),
  delete: (tokens, found) => readQuery(tokens, found, EXPRESSION),
  merge: readMerge,
  unload: readUnload,
  hiveTable: (tokens, found) => readHiveTable(tokens, found, 'read'),
  view: readView,
  columns: readColumns,
  locations: readLocations,
  location: (tokens, found) => readLocation(tokens, found, 'read'),
  cqlSelect: readCqlSelect,
  cqlInsert: (tokens, found) => {
    if (tokens.peekCode() === OPEN) readColumns(tokens, found);
  },
  cqlUpdate: readCqlUpdate,
  cqlDelete: readCqlDelete,
  cqlBatch: readCqlBatch,
};

/** `(a, b) SELECT …`, `(SELECT …)`, `SELECT …` */
function readInsert(tokens: Tokenizer, found: Findings): void {
  if (tokens.peekCode() === OPEN) {
    tokens.next();
    const group = tokens.start;
    tokens.next();
    const isQuery = tokens.symbol === OPEN || QUERY_WORDS.has(tokens.keyword);
    tokens.moveTo(group);
    if (!isQuery) readColumns(tokens, found);
  }
  readQuery(tokens, found, QUERY_START);
}

function readMerge(tokens: Tokenizer, found: Findings): void {
  while (tokens.next() !== END && tokens.keyword !== 'USING');
  readQuery(tokens, found, RELATION, SINGLE_RELATION);
}

function readUnload(tokens: Tokenizer, found: Findings): void {
  readQuery(tokens, found, QUERY_START, ONE_GROUP);
  for (let kind = END; kind !== STRING; ) {
    kind = tokens.next();
    if (kind === END) return;
  }
  addLocation(tokens, found, 'write');
}

/** Skips columns, comment, security and dialect up to `AS`. */
function readView(tokens: Tokenizer, found: Findings): void {
  for (let depth = 0; tokens.next() !== END; depth += tokens.nesting) {
    if (depth === 0 && tokens.keyword === 'AS') break;
  }
  readQuery(tokens, found, QUERY_START);
}
