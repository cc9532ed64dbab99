import { delayBeforeNext } from '../../src/recovery/patience';

test('asks after 30 seconds, then ever more rarely, for a day', () => {
  const delays: number[] = [];
  for (
    let delay = delayBeforeNext(0);
    delay !== undefined;
    delay = delayBeforeNext(delays.length)
  ) {
    delays.push(delay);
  }

  expect(delays.slice(0, 7)).toEqual([30, 60, 120, 240, 480, 900, 900]);
  const seconds = delays.reduce((sum, delay) => sum + delay, 0);
  expect(seconds).toBeLessThanOrEqual(86_400);
  expect(seconds).toBeGreaterThan(86_400 - 900);
});
