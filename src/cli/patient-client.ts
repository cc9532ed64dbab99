import { toOneLine } from '../safe-text';
import { type ApiClient, ApiError, NoAnswerError } from './api-client';
import type { Io } from './io';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** The longest that an API may ask us to wait. */
const LONGEST_RETRY_AFTER_MS = 15 * 60_000;

/**
 * Asks again, for as long as it takes, where another time may bring an answer: of a throttled or
 * faulty API, or where the network failed. It says once what it waits for, and when it goes on.
 * What no waiting mends, such as refused credentials, is thrown as it comes; so is an address at
 * which nobody is, until somebody has answered there.
 */
export function createPatientClient(
  client: ApiClient,
  { clock, sleep, random, stderr }: Pick<Io, 'clock' | 'sleep' | 'random' | 'stderr'>,
): ApiClient {
  let wasAnswered = false;

  async function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      try {
        const answer = await ask();
        wasAnswered = true;
        if (tries > 1) await stderr.write('querytrail: the API answers again\n');
        return answer;
      } catch (error) {
        if (!isPassing(error)) throw error;
        wasAnswered ||= error instanceof ApiError;
        if (tries === 1) {
          await stderr.write(
            `querytrail: waiting for the API to answer again: ${toOneLine(error.message)}\n`,
          );
        }
        await sleep(waitMs(tries, error));
      }
    }
  }

  function isPassing(error: unknown): error is ApiError | NoAnswerError {
    if (error instanceof ApiError) return error.retryable;
    if (!(error instanceof NoAnswerError)) return false;
    return error.retryable && (wasAnswered || !error.isNobodyThere);
  }

  function waitMs(tries: number, error: ApiError | NoAnswerError): number {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
    const ownMs = longest * (0.5 + random() / 2);
    const askedMs = error instanceof ApiError ? retryAfterMs(error.retryAfter, clock()) : 0;
    return Math.max(ownMs, Math.min(askedMs, LONGEST_RETRY_AFTER_MS));
  }

  return {
    get: (path, query, schema) => patiently(() => client.get(path, query, schema)),
    getBytes: (path, query) => patiently(() => client.getBytes(path, query)),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/**
 * Seconds, or a date.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
 */
function retryAfterMs(header: string | undefined, nowMs: number): number {
  if (header === undefined) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? 0 : ms;
}
