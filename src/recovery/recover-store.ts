import type { AuditEvent } from '../event/audit-event';
import type { EventStore } from '../store/event-store';
import type { Recover } from './recover';
import { isRecoverable, type RecoveryRequest, toRecoveryRequests } from './request';

export interface StoreRecoveryOptions {
  readonly store: Pick<EventStore, 'listEvents'>;
  readonly recover: Recover;
  /** Whether this account can be asked at all; events of others stay as they are. */
  readonly canAsk: (accountId: string) => boolean;
  /** Inclusive, ISO UTC. */
  readonly from: string;
  /** Exclusive, ISO UTC. */
  readonly to: string;
  readonly onProgress?: (totals: StoreRecoveryTotals) => void;
}

export interface StoreRecoveryTotals {
  recovered: number;
  unavailable: number;
  /** Running, or Athena had no answer for now: run it again. */
  open: number;
  /** Left out by account. */
  readonly leftOut: Record<string, number>;
}

const PAGE = 500;

/** Asks Athena for everything in a store that it may still complete, page by page. */
export async function recoverStore(options: StoreRecoveryOptions): Promise<StoreRecoveryTotals> {
  const { store, recover, canAsk, from, to, onProgress } = options;
  // An account of any name counts, also `__proto__`.
  const leftOut: Record<string, number> = Object.create(null);
  const totals: StoreRecoveryTotals = { recovered: 0, unavailable: 0, open: 0, leftOut };
  let cursor: string | undefined;
  do {
    const filter = { from, to, service: 'athena' };
    const page = await store.listEvents(filter, { limit: PAGE, order: 'asc', cursor });
    for (const request of requestsOf(page.events)) {
      const { accountId, events } = request;
      if (!canAsk(accountId)) {
        leftOut[accountId] = (leftOut[accountId] ?? 0) + events.length;
        continue;
      }
      const { recovered, unavailable, postponed } = await recover(request);
      totals.recovered += recovered;
      totals.unavailable += unavailable;
      totals.open += postponed;
      onProgress?.(totals);
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return totals;
}

function requestsOf(events: readonly AuditEvent[]): readonly RecoveryRequest[] {
  return toRecoveryRequests(events.filter(isRecoverable));
}
