import * as z from 'zod';
import type { AwaitedExecutions } from '../store/awaited-executions';
import type { Recover, RecoveryResult } from './recover';
import { MAX_EVENTS_PER_REQUEST } from './request';

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

const NOTHING: RecoveryResult = { recovered: 0, unavailable: 0, postponed: 0, unanswered: 0 };
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
  let told = NOTHING;
  for (let start = 0; start < events.length; start += MAX_EVENTS_PER_REQUEST) {
    const some = events.slice(start, start + MAX_EVENTS_PER_REQUEST);
    told = add(told, await recover({ accountId: account, region, attempt: 0, events: some }));
  }
  return told;
}

function add(a: RecoveryResult, b: RecoveryResult): RecoveryResult {
  return {
    recovered: a.recovered + b.recovered,
    unavailable: a.unavailable + b.unavailable,
    postponed: a.postponed + b.postponed,
    unanswered: a.unanswered + b.unanswered,
  };
}
