import type { AthenaHistory } from '../recovery/athena-history';
import { createRecovery } from '../recovery/recover';
import { recoverStore } from '../recovery/recover-store';
import type { RecoveryRequest } from '../recovery/request';
import type { EventStore } from '../store/event-store';

export interface LocalRecovery {
  /** Completes these events at once, as far as the history goes. */
  request(requests: readonly RecoveryRequest[]): Promise<void>;
  /** Completes what an earlier run, without this history, has left open. */
  requestStored(): Promise<void>;
  /** Forgets what was to be asked again later. */
  close(): void;
}

/** CloudTrail did not exist before. */
const BEGINNING = '2013-01-01T00:00:00Z';
/** AWS's price in most Regions. */
const PRICING = { usdPerTb: 5, tbBase: 'binary' } as const;

/** Recovery within this process: timers stand in for the delayed queue. */
export function createLocalRecovery(
  history: AthenaHistory,
  store: Pick<EventStore, 'findEvents' | 'putRecovered' | 'listEvents'>,
  onError: (error: unknown) => void,
): LocalRecovery {
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;
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
    async requestStored() {
      const canAsk = () => !closed;
      await recoverStore({ store, recover, canAsk, from: BEGINNING, to: new Date().toISOString() });
    },
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
