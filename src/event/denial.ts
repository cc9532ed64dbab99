import type { AuditEvent } from './audit-event';
import { defined } from './defined';

type EventError = NonNullable<AuditEvent['error']>;

/** Asks for, and counts, every refusal of access among error codes: no code is spelt like this. */
export const DENIED = 'denied';

const CODE = /denied|unauthorized|not.?authorized|forbidden/i;
/**
 * Athena's executions tell a refusal by S3 or Lake Formation in the message only. That a column
 * "cannot be resolved or requester is not authorized" is no word of a refusal: Athena says so of
 * every misspelt one.
 */
const MESSAGE =
  /access ?denied|permission denied|(?<!or requester is )not authorized|insufficient (?:lake formation )?permission|status code: 403|cannot access the requested resource/i;

/** The error with its verdict whether access was refused: services spell that in several ways. */
export function describeError(error: Omit<EventError, 'denied'>): EventError {
  const isDenied = CODE.test(error.code) || MESSAGE.test(error.message ?? '');
  return defined({ ...error, denied: isDenied || undefined });
}
