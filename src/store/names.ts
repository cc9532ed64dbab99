/**
 * Names of the table's keys and indexes, free of any client, so that the stack and the embedded
 * store create the very same table.
 */
export interface IndexName {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey?: string;
  /** Attributes besides the keys; none = keys only. */
  readonly includes: readonly string[];
}

/** What an index carries to filter by; the whole event is fetched for matches only. */
const FILTER_ATTRIBUTES = ['s', 'o', 'a', 'k', 'r', 'd', 'x', 'ip', 'w'] as const;

/** A failure's error code, and whether access was refused: where failures are looked for. */
const ERROR_ATTRIBUTES = ['ec', 'ed'] as const;

/** What totals are counted from: the principal's name, tables, scanned bytes and cost. */
const COUNTED_ATTRIBUTES = ['pn', 't', 'sc', 'cu'] as const;

export const INDEXES = {
  byEventId: { name: 'byEventId', partitionKey: 'i', includes: [] },
  byClass: {
    name: 'byClass',
    partitionKey: 'c',
    sortKey: 'sk',
    includes: ['p', ...FILTER_ATTRIBUTES, ...ERROR_ATTRIBUTES, ...COUNTED_ATTRIBUTES],
  },
  byPrincipal: {
    name: 'byPrincipal',
    partitionKey: 'p',
    sortKey: 'sk',
    includes: ['c', ...FILTER_ATTRIBUTES],
  },
  failures: {
    name: 'failures',
    partitionKey: 'f',
    sortKey: 'sk',
    includes: ['c', 'p', ...FILTER_ATTRIBUTES, ...ERROR_ATTRIBUTES],
  },
} as const satisfies Record<string, IndexName>;

/** The one table. Every key attribute is a string. */
export const TABLE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  ttl: 'expiresAt',
  indexes: Object.values(INDEXES) as readonly IndexName[],
} as const;
