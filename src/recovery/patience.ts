const FIRST_DELAY_SECONDS = 30;
/** The longest that SQS holds a message back. */
const LONGEST_DELAY_SECONDS = 900;
const PATIENCE_SECONDS = 24 * 60 * 60;

/**
 * How long to wait before Athena is asked again: 30 s, then twice as long each time up to 15 min.
 *
 * @param attempt - how often it was asked before this time.
 * @returns seconds; nothing when a day has gone by.
 */
export function delayBeforeNext(attempt: number): number | undefined {
  let waited = 0;
  let delay = FIRST_DELAY_SECONDS;
  for (let asked = 0; asked < attempt; asked++) {
    waited += delay;
    delay = Math.min(delay * 2, LONGEST_DELAY_SECONDS);
    if (waited + delay > PATIENCE_SECONDS) return undefined;
  }
  return delay;
}
