import { auditEvents, fakeStore } from '../api/factories';
import { MAX_GROWTH_BYTES, runAttacks } from './run-attacks';

const RUNS = 400;

test('hostile log files, statements, notifications and requests are taken or refused', async () => {
  const store = fakeStore(auditEvents(20));

  const { failures, kinds, growthBytes } = await runAttacks({ firstSeed: 1, runs: RUNS, store });

  expect(failures).toEqual([]);
  expect(Object.values(kinds).map(({ cases }) => cases)).toEqual(Array(4).fill(RUNS / 4));
  expect(growthBytes).toBeLessThan(MAX_GROWTH_BYTES);
}, 30_000);
