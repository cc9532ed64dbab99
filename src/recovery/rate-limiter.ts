/** Waits until one more call may be made. */
export type TakeTurn = () => Promise<void>;

export interface RateLimiterOptions {
  readonly callsPerSecond: number;
  /** Milliseconds, of any origin. */
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** A token bucket that holds one second's calls; those who wait are served in their order. */
export function createRateLimiter({ callsPerSecond, clock, sleep }: RateLimiterOptions): TakeTurn {
  const capacity = Math.max(1, callsPerSecond);
  let tokens = capacity;
  let filledAt = clock();
  let last: Promise<void> = Promise.resolve();

  async function take(): Promise<void> {
    const now = clock();
    tokens = Math.min(capacity, tokens + ((now - filledAt) / 1000) * callsPerSecond);
    filledAt = now;
    tokens -= 1;
    if (tokens < 0) await sleep((-tokens / callsPerSecond) * 1000);
  }

  return () => {
    last = last.then(take);
    return last;
  };
}
