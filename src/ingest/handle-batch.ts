import { inParallel } from '../concurrency';
import { type AddMetric, METRICS } from '../names';
import type { EventStore, FileVerdict } from '../store/event-store';
import type { Receipt } from '../store/receipt';
import type { HandleMessage } from './handle-message';
import type { JointWrites } from './joint-writes';

interface IntakeMessage {
  readonly messageId: string;
  readonly body: string;
}

export interface BatchDependencies {
  readonly handleMessage: HandleMessage;
  readonly store: Pick<EventStore, 'putReceipts'>;
  /** What the files' events are written through. */
  readonly jointWrites: Pick<JointWrites, 'whileAtWork'>;
  /** Looks at the digests that have arrived before their files. Absent: none is verified. */
  readonly judgeLate?: EventStore['judgeLate'];
  readonly addMetric: AddMetric;
  /** Hears of each verdict that a file got because it came late, or again. */
  readonly onVerdict?: (verdict: FileVerdict) => void;
  /** Hears of each message that is to be delivered again. */
  readonly onFailure: (messageId: string, error: unknown) => void;
}

/** @returns ids of the messages to be delivered again; all others are done with. Never rejects. */
export type HandleBatch = (
  messages: readonly IntakeMessage[],
  isOutOfTime: () => boolean,
) => Promise<readonly string[]>;

/** Files read side by side: most of their time is waiting, and each holds some MB at most. */
export const MESSAGES_AT_ONCE = 32;

/**
 * Makes the handler of a batch of intake messages. The events of its files are written together, and
 * so are the receipts once all files are done, and before any of their messages is: should that fail,
 * the files come again, which changes nothing.
 */
export function createBatchHandler(dependencies: BatchDependencies): HandleBatch {
  const { handleMessage, store, jointWrites, judgeLate } = dependencies;
  const { addMetric, onVerdict, onFailure } = dependencies;
  return async (messages, isOutOfTime) => {
    const failed: string[] = [];
    const done: { readonly messageId: string; readonly receipt: Receipt }[] = [];
    const fail = (messageId: string, error: unknown) => {
      failed.push(messageId);
      onFailure(messageId, error);
    };

    await inParallel(
      messages,
      async ({ messageId, body }) => {
        try {
          const receipt = await jointWrites.whileAtWork(() => handleMessage(body, isOutOfTime));
          if (receipt) done.push({ messageId, receipt });
        } catch (error) {
          fail(messageId, error);
        }
      },
      MESSAGES_AT_ONCE,
    );
    try {
      const receipts = done.map(({ receipt }) => receipt);
      if (receipts.length > 0) await store.putReceipts(receipts);
      // After the receipts: a digest that arrives meanwhile sees them.
      const verdicts = (await judgeLate?.(receipts)) ?? [];
      for (const verdict of verdicts) onVerdict?.(verdict);
      for (const { receipt } of done) count(receipt, addMetric);
    } catch (error) {
      for (const { messageId } of done) fail(messageId, error);
    }
    return failed;
  };
}

function count({ status, records, lagMs }: Receipt, addMetric: AddMetric): void {
  addMetric(status === 'quarantined' ? METRICS.filesQuarantined : METRICS.filesStored, 1);
  addMetric(METRICS.eventsStored, records.kept);
  addMetric(METRICS.recordsSkipped, records.skipped);
  addMetric(METRICS.recordsQuarantined, records.quarantined);
  if (lagMs !== undefined) addMetric(METRICS.lagSeconds, lagMs / 1000);
}
