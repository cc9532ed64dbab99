import * as z from 'zod';
import type { AuditEvent } from '../event/audit-event';

/** Most ids that one BatchGetQueryExecution takes. */
export const MAX_EVENTS_PER_REQUEST = 50;

/** Reasons that may have gone by now. */
const WORTH_ASKING: ReadonlySet<UnavailableReason> = new Set([
  'pending',
  'disabled',
  'throttled-out',
  'access-denied',
]);

type UnavailableReason = NonNullable<NonNullable<AuditEvent['statement']>['unavailable']>;

/** One message of the recovery queue: events of one account and Region that Athena can complete. */
export const recoveryRequestSchema = z.object({
  accountId: z.string().min(1),
  region: z.string().min(1),
  /** How often Athena was asked already. */
  attempt: z.number().int().nonnegative(),
  events: z
    .array(
      z.object({
        accountId: z.string().min(1),
        eventTime: z.string().min(1),
        eventId: z.string().min(1),
        eventName: z.string().min(1),
      }),
    )
    .min(1)
    .max(MAX_EVENTS_PER_REQUEST),
});

export type RecoveryRequest = z.infer<typeof recoveryRequestSchema>;

/** Groups the events that have something to recover by account and Region, 50 to a request. */
export function toRecoveryRequests(events: readonly AuditEvent[]): RecoveryRequest[] {
  const requests = new Map<string, RecoveryRequest>();
  const full: RecoveryRequest[] = [];
  for (const event of events) {
    if (event.region === undefined || !isRecoverable(event)) continue;
    const { accountId, region, eventTime, eventId, eventName } = event;
    const group = `${accountId} ${region}`;
    const request = requests.get(group) ?? { accountId, region, attempt: 0, events: [] };
    request.events.push({ accountId, eventTime, eventId, eventName });
    requests.set(group, request);
    if (request.events.length === MAX_EVENTS_PER_REQUEST) {
      requests.delete(group);
      full.push(request);
    }
  }
  return [...full, ...requests.values()];
}

/** The event as it is kept where nobody will ask Athena for its text. */
export function withoutRecovery(event: AuditEvent): AuditEvent {
  if (event.statement?.unavailable !== 'pending') return event;
  return { ...event, statement: { ...event.statement, unavailable: 'disabled' } };
}

/**
 * Whether the Athena API may still add something to this event: its masked text, or how its
 * execution ended.
 */
export function isRecoverable(event: AuditEvent): boolean {
  if (event.service !== 'athena') return false;
  const reason = event.statement?.unavailable;
  if (reason !== undefined) return WORTH_ASKING.has(reason);
  const isOpen = event.outcome === 'accepted' || event.outcome === 'running';
  return isOpen && event.queryExecutionId !== undefined;
}
