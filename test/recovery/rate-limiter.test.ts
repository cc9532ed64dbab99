import { createRateLimiter } from '../../src/recovery/rate-limiter';

test('lets no more calls through than the rate, after one second of calls at once', async () => {
  let now = 0;
  const takeTurn = createRateLimiter({
    callsPerSecond: 2,
    clock: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  });
  const times: number[] = [];

  await Promise.all(
    Array.from({ length: 8 }, async () => {
      await takeTurn();
      times.push(now);
    }),
  );

  expect(times).toEqual([0, 0, 500, 1000, 1500, 2000, 2500, 3000]);
});

test('fills up while nobody calls, to one second of calls at most', async () => {
  let now = 0;
  const sleeps: number[] = [];
  const takeTurn = createRateLimiter({
    callsPerSecond: 4,
    clock: () => now,
    sleep: async (ms) => sleeps.push(ms),
  });
  for (let call = 0; call < 4; call++) await takeTurn();

  now = 60_000;
  for (let call = 0; call < 5; call++) await takeTurn();

  expect(sleeps).toEqual([250]);
});
