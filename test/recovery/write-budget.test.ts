import { completeEvent } from '../../src/recovery/complete-event';
import { recoveryWriteUnits } from '../../src/store/write-units';
import { ATHENA_STATEMENTS } from '../fixtures/statements/athena';
import { maskedAthenaEvent } from '../store/events';
import { wireExecution } from './athena-server';

const ID = '3f2e1d0c-5b4a-4978-8695-a4b3c2d1e0f9';
const SETTINGS = { pricing: { usdPerTb: 5, tbBase: 'binary' } } as const;
const QUERY = `SELECT orders.id, orders.total, customers.name
FROM orders JOIN customers ON orders.customer_id = customers.id WHERE orders.day = '2026-11-20'`;
const LONG_QUERY = selectOf(30);
const REASON = `TABLE_NOT_FOUND: line 27:15: Table 'awsdatacatalog.sales.custmers' does not exist. This query ran against the "sales" database, unless qualified by the query. Please post the error message on our forum or contact customer support with Query Id: ${ID}`;
const SUCCEEDED = { State: 'SUCCEEDED' };
const FAILED = {
  State: 'FAILED',
  StateChangeReason: REASON,
  AthenaError: { ErrorCategory: 2, ErrorType: 1301, Retryable: false, ErrorMessage: REASON },
};

test.each([
  ['a query', QUERY, SUCCEEDED, 4],
  ['a definition', 'DROP TABLE orders', SUCCEEDED, 4],
  ['a failed query', QUERY, FAILED, 5],
  ['a long query', LONG_QUERY, SUCCEEDED, 4],
  ['a long query that failed', LONG_QUERY, FAILED, 5],
  // What does not fit a kilobyte even when packed takes one more for each that it starts.
  ['a very long query', selectOf(200), SUCCEEDED, 5],
  ['a very long query that failed', selectOf(200), FAILED, 6],
])('takes few write units to complete %s', (_name, Query, Status, units) => {
  expect(unitsToComplete(Query, Status)).toBe(units);
});

test('takes at most five units for any documented statement, failed or not', () => {
  const texts = Object.values(ATHENA_STATEMENTS).flatMap((cases) => cases.map(([text]) => text));

  const dear = texts.filter(
    (text) => Math.max(unitsToComplete(text, SUCCEEDED), unitsToComplete(text, FAILED)) > 5,
  );

  expect(texts.length).toBeGreaterThan(100);
  expect(dear).toEqual([]);
});

function unitsToComplete(Query: string, Status: object): number {
  const before = maskedAthenaEvent();
  const execution = { ...wireExecution(ID, { Query }), Status } as never;
  return recoveryWriteUnits(before, completeEvent(before, execution, SETTINGS), { shards: 4 });
}

function selectOf(columns: number): string {
  const list = Array.from(
    { length: columns },
    (_, at) => `  coalesce(o.amount_${at}, cast(0 AS double)) AS amount_${(at * 7919) % 1000}`,
  );
  return `SELECT\n${list.join(',\n')}\nFROM sales.orders o JOIN sales.customers c ON o.id = c.id`;
}
