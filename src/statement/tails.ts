import { readCqlBatch, readCqlDelete, readCqlSelect, readCqlUpdate } from './cql';
import { readHiveTable, readListedColumns, readLocation, readLocations } from './definitions';
import type { Findings } from './findings';
import type { Tail } from './grammar';
import { EXPRESSION, QUERY_START, RELATION, readQuery } from './query-scope';
import { END, OPEN, STRING, type Tokenizer } from './tokenizer';

type TailReader = (tokens: Tokenizer, found: Findings) => void;

export const QUERY_WORDS: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE']);

/** How what follows a pattern is read. A tail that is missing is a statement of its own. */
export const TAIL_READERS: { readonly [tail in Tail]?: TailReader } = {
  query: (tokens, found) => readQuery(tokens, found, QUERY_START),
  with: (tokens, found) => readQuery(tokens, found, QUERY_START),
  insert: readInsert,
  update: (tokens, found) => readQuery(tokens, found, EXPRESSION, { assignments: true }),
  delete: (tokens, found) => readQuery(tokens, found, EXPRESSION),
  merge: readMerge,
  unload: readUnload,
  hiveTable: (tokens, found) => readHiveTable(tokens, found, 'read'),
  view: readView,
  columns: readListedColumns,
  locations: readLocations,
  location: (tokens, found) => readLocation(tokens, found, 'read'),
  cqlSelect: readCqlSelect,
  cqlInsert: (tokens, found) => {
    if (tokens.peekCode() === OPEN) readListedColumns(tokens, found);
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
    if (!isQuery) readListedColumns(tokens, found);
  }
  readQuery(tokens, found, QUERY_START);
}

function readMerge(tokens: Tokenizer, found: Findings): void {
  while (tokens.next() !== END && tokens.keyword !== 'USING');
  readQuery(tokens, found, RELATION, { singleRelation: true });
}

function readUnload(tokens: Tokenizer, found: Findings): void {
  readQuery(tokens, found, QUERY_START, { oneGroup: true });
  for (let kind = END; kind !== STRING; ) {
    kind = tokens.next();
    if (kind === END) return;
  }
  found.addLocation(tokens.value(), 'write');
}

/** Skips columns, comment, security and dialect up to `AS`. */
function readView(tokens: Tokenizer, found: Findings): void {
  for (let depth = 0; tokens.next() !== END; depth += tokens.nesting) {
    if (depth === 0 && tokens.keyword === 'AS') break;
  }
  readQuery(tokens, found, QUERY_START);
}
