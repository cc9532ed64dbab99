export type Fault = 'throttled' | 'denied' | 'invalid' | 'trouble';

const THROTTLED = /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/;
const DENIED = /AccessDenied|NotAuthorized|UnauthorizedOperation/;
const INVALID = /InvalidRequest|ResourceNotFound|ValidationException|NotFound/;
const TROUBLE = /InternalServer|ServiceUnavailable|Timeout|ECONN|EPIPE|EAI_AGAIN|ENOTFOUND/i;

/**
 * Sorts an error of the SDK by what can be done about it.
 * @returns nothing for one that is neither Athena's nor the network's: it must be seen by a person.
 */
export function faultOf(error: unknown): Fault | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { name, code, message, $metadata } = error as Readonly<Record<string, unknown>> & {
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? 0;
  if (status === 429) return 'throttled';
  // The SDK wraps what is no Error by its own reckoning, and keeps the name in the message only.
  const wrapped = /^AWS SDK error wrapper for (\w+)/.exec(String(message))?.[1];
  return faultOfCode(`${name} ${code} ${wrapped}`) ?? (status >= 500 ? 'trouble' : undefined);
}

/** The same for the name of an error, as in `UnprocessedQueryExecutionIds`. */
export function faultOfCode(code: string): Fault | undefined {
  if (THROTTLED.test(code)) return 'throttled';
  if (DENIED.test(code)) return 'denied';
  if (INVALID.test(code)) return 'invalid';
  return TROUBLE.test(code) ? 'trouble' : undefined;
}
