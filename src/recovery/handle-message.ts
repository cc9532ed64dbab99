import type { AwaitedExecutions } from '../store/awaited-executions';
import type { Recover, RecoveryResult } from './recover';
import { recoveryRequestSchema } from './request';
import { followStateChange, stateChangeSchema } from './state-change';

/**
 * Handles one message of the recovery queue: a request for events, or Athena's word that an
 * execution has ended. It is done with when the promise is fulfilled.
 *
 * @throws ZodError for a message of neither shape, and whatever recovery throws: it is to be
 *   delivered again.
 */
export async function handleRecoveryMessage(
  body: string,
  awaited: Pick<AwaitedExecutions, 'find'>,
  recover: Recover,
): Promise<RecoveryResult> {
  const message: unknown = JSON.parse(body);
  const change = stateChangeSchema.safeParse(message);
  if (change.success) return followStateChange(change.data, awaited, recover);
  return recover(recoveryRequestSchema.parse(message));
}
