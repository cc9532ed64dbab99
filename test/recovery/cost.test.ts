import type { QueryExecution } from '@aws-sdk/client-athena';
import { costOf, type Pricing } from '../../src/recovery/cost';

const BINARY: Pricing = { usdPerTb: 5, tbBase: 'binary' };
const DECIMAL: Pricing = { usdPerTb: 5, tbBase: 'decimal' };
const SELECT = { class: 'DML', operation: 'SELECT' } as const;
const CTAS = { class: 'DDL', operation: 'CREATE_TABLE_AS_SELECT' } as const;
const DROP = { class: 'DDL', operation: 'DROP_TABLE' } as const;
const OPTIMIZE = { class: 'DDL', operation: 'OPTIMIZE' } as const;
const SHOW = { class: 'UTILITY', operation: 'SHOW_TABLES' } as const;
/** With and without ANALYZE, which alone runs the statement. */
const EXPLAIN = { class: 'DML', operation: 'EXPLAIN' } as const;
const TEN_MB = (10 * 1024 ** 2 * 5) / 1024 ** 4;

interface Case {
  readonly state?: 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  readonly scanned?: number;
  readonly type?: 'DDL' | 'DML' | 'UTILITY';
  readonly reused?: boolean;
  readonly dpus?: number;
  readonly pricing?: Pricing;
  readonly statement?: Parameters<typeof costOf>[1];
}

test.each<[string, Case, number | undefined]>([
  ['a terabyte, binary', { scanned: 1024 ** 4 }, 5],
  ['a terabyte, decimal', { scanned: 1000 ** 4, pricing: DECIMAL }, 5],
  ['half a terabyte', { scanned: 1024 ** 4 / 2 }, 2.5],
  ['another price', { scanned: 1024 ** 4, pricing: { ...BINARY, usdPerTb: 7.5 } }, 7.5],
  ['a price of nothing', { scanned: 1024 ** 4, pricing: { ...BINARY, usdPerTb: 0 } }, 0],
  ['a byte: 10 MB', { scanned: 1 }, TEN_MB],
  ['no byte of a query: 10 MB', { scanned: 0 }, TEN_MB],
  ['a byte, decimal: 10 MB', { scanned: 1, pricing: DECIMAL }, 0.00005],
  [
    'just more than 10 MB: 11 MB',
    { scanned: 10 * 1024 ** 2 + 1 },
    (11 * 1024 ** 2 * 5) / 1024 ** 4,
  ],
  ['just more than 10 MB, decimal: 11 MB', { scanned: 10_000_001, pricing: DECIMAL }, 0.000055],
  ['a definition', { type: 'DDL', statement: DROP, scanned: 0 }, 0],
  ['a definition whose type is missing', { type: undefined, statement: DROP }, 0],
  ['CREATE TABLE AS SELECT', { type: 'DDL', statement: CTAS, scanned: 1024 ** 4 }, 5],
  ['CREATE TABLE AS SELECT as DML', { statement: CTAS, scanned: 1024 ** 4 }, 5],
  ['OPTIMIZE, which rewrites data', { type: 'DDL', statement: OPTIMIZE, scanned: 1024 ** 4 }, 5],
  ['SHOW TABLES', { type: 'UTILITY', statement: SHOW, scanned: 0 }, 0],
  ['EXPLAIN', { statement: EXPLAIN, scanned: 0 }, 0],
  ['EXPLAIN whose statistics are missing', { statement: EXPLAIN }, 0],
  ['EXPLAIN ANALYZE', { statement: EXPLAIN, scanned: 1024 ** 4 }, 5],
  ['a failed query', { state: 'FAILED', scanned: 1024 ** 4 }, 0],
  ['a cancelled query, for what it scanned', { state: 'CANCELLED', scanned: 1024 ** 4 }, 5],
  ['a query cancelled before it scanned', { state: 'CANCELLED', scanned: 0 }, 0],
  ['a reused result', { scanned: 1024 ** 4, reused: true }, 0],
  ['reserved capacity: no price', { scanned: 1024 ** 4, dpus: 24 }, undefined],
  ['a query in the queue', { state: 'QUEUED' }, undefined],
  ['a running query', { state: 'RUNNING', scanned: 1024 ** 4 }, undefined],
])('%s', (_name, given, expected) => {
  const {
    state = 'SUCCEEDED',
    scanned,
    reused,
    dpus,
    pricing = BINARY,
    statement = SELECT,
  } = given;
  const execution: QueryExecution = {
    StatementType: 'type' in given ? given.type : 'DML',
    Status: { State: state },
    Statistics: {
      DataScannedInBytes: scanned,
      ResultReuseInformation: reused ? { ReusedPreviousResult: true } : undefined,
      DpuCount: dpus,
    },
  };

  const cost = costOf(execution, statement, pricing);

  if (expected === undefined) expect(cost).toBeUndefined();
  else expect(cost).toBeCloseTo(expected, 12);
});
