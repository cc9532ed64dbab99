import { completeEvent } from '../../src/recovery/complete-event';
import { recoveryWriteUnits } from '../../src/store/write-units';
import { maskedAthenaEvent } from '../store/events';
import { wireExecution } from './athena-server';

const SETTINGS = { pricing: { usdPerTb: 5, tbBase: 'binary' } } as const;
const QUERY = `SELECT orders.id, orders.total, customers.name
FROM orders JOIN customers ON orders.customer_id = customers.id WHERE orders.day = '2026-11-20'`;
/** An item of more than a kilobyte takes one more for each that it starts. */
const LONG_QUERY = `SELECT ${Array.from({ length: 20 }, (_, at) => `column_${at}`).join(', ')} FROM orders`;

test.each([
  ['a query', QUERY, 'SUCCEEDED', 4],
  ['a definition', 'DROP TABLE orders', 'SUCCEEDED', 4],
  ['a failed query', QUERY, 'FAILED', 5],
  ['a long query', LONG_QUERY, 'SUCCEEDED', 5],
])('takes few write units to complete %s', (_name, Query, State, units) => {
  const { Status, ...execution } = wireExecution('3f2e1d0c-5b4a-4978-8695-a4b3c2d1e0f9', { Query });
  const before = maskedAthenaEvent();

  const after = completeEvent(before, { ...execution, Status: { State } } as never, SETTINGS);

  expect(recoveryWriteUnits(before, after, { shards: 4 })).toBe(units);
});
