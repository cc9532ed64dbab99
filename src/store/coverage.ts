import { parseObjectKey } from '../cloudtrail/object-key';
import type { EventStore, LogSource } from './event-store';
import type { Receipt } from './receipt';

/** Counts of log files, by the hour in which CloudTrail delivered them. */
export interface FileCounts {
  /** Stored, or quarantined. */
  readonly received: number;
  /** Delivered more than an hour after the oldest event in them. */
  readonly late: number;
  /** Not stored in whole: the file, or records of it, could not be read. */
  readonly quarantined: number;
  readonly verified: number;
  /** The digest has another hash for it. */
  readonly failed: number;
  /** Named by a digest, and not there. */
  readonly missing: number;
  /** Named by no digest. */
  readonly unlisted: number;
  /** Events of Athena and Keyspaces in these files. */
  readonly events: number;
  /** Longest time from an event to its being stored; 0 where there are no events. */
  readonly maxLagMs: number;
}

export interface SourceCoverage extends LogSource {
  readonly total: FileCounts;
  readonly lastDeliveredAt?: string;
  /** Hours without a file, after the first and before the end; CloudTrail writes none where nothing happened. */
  readonly gaps: readonly { readonly from: string; readonly to: string }[];
  readonly hours: readonly (FileCounts & { readonly hour: string })[];
}

interface Range {
  readonly from: string;
  readonly to: string;
}

/** One file as it counts. */
interface CountedFile {
  readonly at: string;
  readonly counts: FileCounts;
}

const HOUR_MS = 3_600_000;
const NOTHING: FileCounts = {
  received: 0,
  late: 0,
  quarantined: 0,
  verified: 0,
  failed: 0,
  missing: 0,
  unlisted: 0,
  events: 0,
  maxLagMs: 0,
};

/**
 * What arrived of one account and Region, from its receipts and the verdicts of its digests.
 *
 * @returns the coverage, and how many files it was made of.
 */
export async function readCoverage(
  store: Pick<EventStore, 'listReceipts' | 'listVerdicts'>,
  source: LogSource,
  range: Range,
): Promise<{ readonly coverage: SourceCoverage; readonly files: number }> {
  const days = { ...source, fromDay: range.from.slice(0, 10), toDay: range.to.slice(0, 10) };
  const receipts = await Array.fromAsync(store.listReceipts(days));
  const withReceipt = new Set(receipts.map(({ key }) => key));
  const files = receipts.map(countReceipt);
  for await (const { key, day, verdict } of store.listVerdicts(days)) {
    if (withReceipt.has(key) || verdict !== 'missing') continue;
    files.push({ at: deliveryOf(key) ?? `${day}T00:00:00Z`, counts: { ...NOTHING, missing: 1 } });
  }
  const inRange = files.filter(({ at }) => at >= range.from && at < range.to);
  return { coverage: summarize(source, range, inRange), files: files.length };
}

function countReceipt(receipt: Receipt): CountedFile {
  const { deliveredAt, oldestEventTime, storedAt, status, integrity, records, lagMs } = receipt;
  const at = deliveredAt ?? deliveryOf(receipt.key) ?? storedAt;
  const delayMs = oldestEventTime === undefined ? 0 : Date.parse(at) - Date.parse(oldestEventTime);
  const isMissing = integrity === 'missing';
  return {
    at,
    counts: {
      ...NOTHING,
      received: isMissing ? 0 : 1,
      late: delayMs > HOUR_MS ? 1 : 0,
      quarantined: status === 'stored' ? 0 : 1,
      ...(integrity !== 'unverified' && { [integrity]: 1 }),
      events: records.kept,
      maxLagMs: lagMs ?? 0,
    },
  };
}

function summarize(
  { accountId, region }: LogSource,
  range: Range,
  files: readonly CountedFile[],
): SourceCoverage {
  const byHour = [...Map.groupBy(files, ({ at }) => `${at.slice(0, 13)}:00:00Z`)]
    .map(([hour, members]) => ({ hour, ...addUp(members.map(({ counts }) => counts)) }))
    .sort((a, b) => (a.hour < b.hour ? -1 : 1));
  const received = files.filter(({ counts }) => counts.received > 0);
  const delivered = received.map(({ at }) => at).sort();
  return {
    accountId,
    region,
    total: addUp(byHour),
    lastDeliveredAt: delivered.at(-1),
    gaps: findGaps(
      byHour.filter((hour) => hour.received > 0).map(({ hour }) => hour),
      range.to,
    ),
    hours: byHour,
  };
}

function addUp(all: readonly FileCounts[]): FileCounts {
  const sum = (name: keyof FileCounts) => all.reduce((total, counts) => total + counts[name], 0);
  return {
    received: sum('received'),
    late: sum('late'),
    quarantined: sum('quarantined'),
    verified: sum('verified'),
    failed: sum('failed'),
    missing: sum('missing'),
    unlisted: sum('unlisted'),
    events: sum('events'),
    maxLagMs: Math.max(0, ...all.map(({ maxLagMs }) => maxLagMs)),
  };
}

/** Whole hours between hours with files; the last one is not over for CloudTrail yet. */
function findGaps(hours: readonly string[], to: string): SourceCoverage['gaps'] {
  const end = new Date(Math.floor(Date.parse(to) / HOUR_MS) * HOUR_MS - HOUR_MS);
  const bounds = [...hours, toHour(end)];
  return hours.flatMap((hour, index) => {
    const from = toHour(new Date(Date.parse(hour) + HOUR_MS));
    const next = bounds[index + 1] ?? from;
    return next > from ? [{ from, to: next }] : [];
  });
}

function toHour(time: Date): string {
  return time.toISOString().replace('.000Z', 'Z');
}

function deliveryOf(key: string): string | undefined {
  const parsed = parseObjectKey(key);
  return parsed.kind === 'log' ? parsed.deliveredAt : undefined;
}
