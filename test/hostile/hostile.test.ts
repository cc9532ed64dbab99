import { auditEvents, fakeStore } from '../api/factories';
import { runAttacks } from './run-attacks';

const RUNS = 400;
/**
 * Half of the function's memory. Jest's heap is not bounded, so much of this is garbage that V8 has not
 * collected; `npm run test:hostile` has a bounded heap, and half of this bound.
 */
const MAX_GROWTH_BYTES = 512 * 1024 * 1024;

test('hostile log files, statements, notifications and requests are taken or refused', async () => {
  const store = fakeStore(auditEvents(20));

  const { failures, kinds, growthBytes } = await runAttacks({ firstSeed: 1, runs: RUNS, store });

  expect(failures).toEqual([]);
  expect(Object.values(kinds).map(({ cases }) => cases)).toEqual(Array(4).fill(RUNS / 4));
  expect(growthBytes).toBeLessThan(MAX_GROWTH_BYTES);
}, 30_000);
