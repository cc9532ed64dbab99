import type { AthenaHistory } from '../recovery/athena-history';
import { createRecovery } from '../recovery/recover';
import type { RecoveryRequest } from '../recovery/request';
import type { EventStore } from '../store/event-store';

export interface LocalRecovery {
  /** Completes these events at once, as far as the history goes. */
  request(requests: readonly RecoveryRequest[]): Promise<void>;
  /** Forgets what was to be asked again later. */
  close(): void;
}

/** AWS's price in most Regions. */
const PRICING = { usdPerTb: 5, tbBase: 'binary' } as const;

/** Recovery within this process: timers stand in for the delayed queue. */
export function createLocalRecovery(
  history: AthenaHistory,
  store: Pick<EventStore, 'findEvents' | 'putRecovered'>,
  onError: (error: unknown) => void,
): LocalRecovery {
  const timers = new Set<NodeJS.Timeout>();
  const recover = createRecovery({
    athenaFor: () => history,
    store,
    clock: () => new Date(),
    pricing: PRICING,
    async postpone(request, delaySeconds) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        recover(request).catch(onError);
      }, delaySeconds * 1_000);
      timers.add(timer);
    },
  });
  return {
    async request(requests) {
      for (const request of requests) await recover(request);
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
