import type { LogFileSummary } from '../cloudtrail/log-file';
import type { LogFileLocation } from '../cloudtrail/log-files';
import type { LogFileError } from '../errors';
import type { AuditEvent } from '../event/audit-event';
import { contentMark, type Receipt } from '../store/receipt';

/** Listed one by one in the receipt; all are counted. Keeps a receipt far below the item limit. */
const MAX_LISTED_QUARANTINED = 1_000;

/** Account or Region of a file whose place nobody knows. */
export const UNKNOWN_PLACE = 'unknown';

/** The account, Region and publish day that a file's receipt is filed under. */
export type FilePlace = Pick<Receipt, 'accountId' | 'region' | 'day' | 'deliveredAt'>;

/** Counts what becomes of a file's records while it is read. */
export interface Tally {
  addEvent(event: AuditEvent): void;
  addQuarantined(index: number, reason: string): void;
  toReceipt(summary: LogFileSummary, storedAt: Date): Receipt;
}

export function createTally(location: LogFileLocation, place: FilePlace): Tally {
  const classes: Record<string, number> = {};
  const outcomes: Record<string, number> = {};
  const quarantined: { index: number; reason: string }[] = [];
  let quarantinedCount = 0;
  let kept = 0;
  let oldest: string | undefined;
  let newest: string | undefined;

  return {
    addEvent(event) {
      kept += 1;
      classes[event.class] = (classes[event.class] ?? 0) + 1;
      outcomes[event.outcome] = (outcomes[event.outcome] ?? 0) + 1;
      if (oldest === undefined || event.eventTime < oldest) oldest = event.eventTime;
      if (newest === undefined || event.eventTime > newest) newest = event.eventTime;
    },
    addQuarantined(index, reason) {
      quarantinedCount += 1;
      if (quarantined.length < MAX_LISTED_QUARANTINED) quarantined.push({ index, reason });
    },
    toReceipt(summary, storedAt) {
      return {
        ...location,
        ...place,
        storedAt: storedAt.toISOString(),
        status: 'stored',
        records: {
          seen: summary.seen,
          kept,
          skipped: summary.seen - kept - quarantinedCount,
          quarantined: quarantinedCount,
        },
        quarantined,
        counts: { class: classes, outcome: outcomes },
        oldestEventTime: oldest,
        newestEventTime: newest,
        content: summary.sha256 && contentMark(summary.sha256),
        // The oldest event waited longest: the lag that an auditor has to reckon with.
        lagMs:
          oldest === undefined ? undefined : Math.max(0, storedAt.getTime() - Date.parse(oldest)),
      };
    },
  };
}

/** The receipt of a file that can never be read: nothing of it was stored. */
export function quarantineReceipt(
  location: LogFileLocation,
  place: FilePlace,
  error: LogFileError,
  storedAt: Date,
): Receipt {
  return {
    ...location,
    ...place,
    storedAt: storedAt.toISOString(),
    status: 'quarantined',
    reason: { code: error.code, message: error.message },
    records: { seen: 0, kept: 0, skipped: 0, quarantined: 0 },
    quarantined: [],
    counts: { class: {}, outcome: {} },
  };
}
