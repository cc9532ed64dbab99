import { readCqlBatch, readCqlDelete, readCqlSelect, readCqlUpdate } from './cql';
import { readHiveTable, readListedColumns, readLocation, readLocations } from './definitions';
import type { Findings } from './findings';
import type { Tail } from './grammar';
import { CLAUSE, readQuery } from './query-scope';
import { SYMBOL, TOKEN, type Tokenizer } from './tokenizer';

type TailReader = (tokens: Tokenizer, found: Findings) => void;

/** How what follows a pattern is read. A tail that is missing is a statement of its own. */
export const TAIL_READERS: { readonly [tail in Tail]?: TailReader } = {
  query: readWholeQuery,
  with: readWholeQuery,
  insert: readInsert,
  update: (tokens, found) =>
    readQuery(tokens, found, { start: CLAUSE.expression, assignments: true }),
  delete: (tokens, found) => readQuery(tokens, found, { start: CLAUSE.expression }),
  merge: readMerge,
  unload: readUnload,
  createExternalTable: (tokens, found) => readHiveTable(tokens, found, 'read'),
  createView: readCreateView,
  columns: readListedColumns,
  location: readLocations,
  setLocation: (tokens, found) => {
    readLocation(tokens, found, 'read');
  },
  cqlSelect: readCqlSelect,
  cqlInsert: (tokens, found) => {
    if (tokens.peekCode() === SYMBOL.open) readListedColumns(tokens, found);
  },
  cqlUpdate: readCqlUpdate,
  cqlDelete: readCqlDelete,
  cqlBatch: readCqlBatch,
};

function readWholeQuery(tokens: Tokenizer, found: Findings): void {
  readQuery(tokens, found, { start: CLAUSE.queryStart });
}

function readInsert(tokens: Tokenizer, found: Findings): void {
  if (tokens.peekCode() === SYMBOL.open) {
    tokens.next();
    const group = tokens.start;
    tokens.next();
    const isQuery = tokens.symbol === SYMBOL.open || QUERY_WORDS.has(tokens.keyword);
    tokens.moveTo(group);
    if (!isQuery) readListedColumns(tokens, found);
  }
  readQuery(tokens, found, { start: CLAUSE.queryStart });
}

const QUERY_WORDS: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE']);

function readMerge(tokens: Tokenizer, found: Findings): void {
  while (tokens.next() !== TOKEN.end && tokens.keyword !== 'USING');
  readQuery(tokens, found, { start: CLAUSE.relation, singleRelation: true });
}

function readUnload(tokens: Tokenizer, found: Findings): void {
  readQuery(tokens, found, { start: CLAUSE.queryStart, oneGroup: true });
  while (tokens.next() !== TOKEN.end) {
    if (tokens.kind !== TOKEN.string) continue;
    found.addLocation(tokens.value(), 'write');
    return;
  }
}

function readCreateView(tokens: Tokenizer, found: Findings): void {
  let depth = 0;
  while (tokens.next() !== TOKEN.end) {
    if (tokens.symbol === SYMBOL.open) depth += 1;
    else if (tokens.symbol === SYMBOL.close) depth -= 1;
    else if (depth === 0 && tokens.keyword === 'AS') break;
  }
  readQuery(tokens, found, { start: CLAUSE.queryStart });
}
