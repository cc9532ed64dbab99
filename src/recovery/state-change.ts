import * as z from 'zod';
import type { AwaitedExecutions } from '../store/awaited-executions';
import type { Recover, RecoveryResult } from './recover';

/**
 * EventBridge's word that an execution has changed its state: no statement, no identity.
 * @see https://docs.aws.amazon.com/athena/latest/ug/athena-events.html
 */
export const stateChangeSchema = z.object({
  'detail-type': z.literal('Athena Query State Change'),
  account: z.string().min(1),
  region: z.string().min(1),
  detail: z.object({ queryExecutionId: z.string().min(1), currentState: z.string() }),
});

export type StateChange = z.infer<typeof stateChangeSchema>;

const NOTHING: RecoveryResult = { recovered: 0, unavailable: 0, postponed: 0 };
const END_STATES: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED']);

/**
 * The fast path: completes the events that wait for an execution as soon as it has ended, instead of
 * at the next turn. Most executions end before their log file is even delivered; nothing waits then.
 */
export async function followStateChange(
  { account, region, detail }: StateChange,
  awaited: Pick<AwaitedExecutions, 'find'>,
  recover: Recover,
): Promise<RecoveryResult> {
  if (!END_STATES.has(detail.currentState)) return NOTHING;
  const events = await awaited.find(detail.queryExecutionId);
  if (events.length === 0) return NOTHING;
  return recover({ accountId: account, region, attempt: 0, events: [...events] });
}
