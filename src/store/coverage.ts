import { isOf, isWithin, onDay, sourceName } from './delivery';
import type { DeliveredFile, DeliveryRange, EventStore, LogSource } from './event-store';
import { type FileBounds, troublesOf } from './troubled-files';

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

export interface Coverage {
  /** Later than asked for where the days before are more than a call reads. */
  readonly from: string;
  /** In order of their names. */
  readonly sources: readonly SourceCoverage[];
}

/** What is known of a source while its files are read. */
interface Tally {
  readonly source: LogSource;
  readonly hours: Map<string, FileCounts>;
  lastDeliveredAt?: string;
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

export type CoverageStore = Pick<EventStore, 'listDays' | 'listSources' | 'listFiles'>;

/**
 * What arrived of each account and Region, from the receipts and the verdicts of the digests. They
 * are read once for all, the newest day first; months without files cost nothing.
 */
export async function readCoverage(
  store: CoverageStore,
  range: DeliveryRange,
  bounds?: FileBounds,
): Promise<Coverage> {
  const allDays = await store.listDays(range);
  const days = bounds ? allDays.slice(-bounds.days) : allDays;
  const sources = await store.listSources(days);
  const tallies = new Map<string, Tally>();
  for (const source of sources.filter((source) => isOf(source, range))) tallyOf(tallies, source);
  const read: string[] = [];
  let files = 0;
  for (const day of days.toReversed()) {
    if (bounds && files >= bounds.files) break;
    read.push(day);
    for await (const file of store.listFiles(onDay(range, day))) {
      files += 1;
      if (isWithin(file, range)) countFile(tallyOf(tallies, file), file);
    }
  }
  const oldest = read.at(-1);
  const isWhole = oldest === undefined || read.length === allDays.length;
  const ordered = [...tallies].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    from: isWhole ? range.from : onDay(range, oldest).from,
    sources: ordered.map(([, tally]) => summarize(tally, range.to)),
  };
}

function tallyOf(tallies: Map<string, Tally>, { accountId, region }: LogSource): Tally {
  const name = sourceName({ accountId, region });
  const tally = tallies.get(name) ?? { source: { accountId, region }, hours: new Map() };
  tallies.set(name, tally);
  return tally;
}

function countFile(tally: Tally, file: DeliveredFile): void {
  const counts = countsOf(file);
  const hour = `${file.deliveredAt.slice(0, 13)}:00:00Z`;
  tally.hours.set(hour, sum(tally.hours.get(hour) ?? NOTHING, counts));
  if (counts.received > 0) {
    tally.lastDeliveredAt = later(tally.lastDeliveredAt ?? '', file.deliveredAt);
  }
}

function countsOf({ receipt, verdict, deliveredAt }: DeliveredFile): FileCounts {
  const troubles = troublesOf({ receipt, verdict });
  const told = { ...NOTHING, ...Object.fromEntries(troubles.map((trouble) => [trouble, 1])) };
  if (receipt === undefined) return told;
  const { oldestEventTime, records, lagMs } = receipt;
  const delayMs =
    oldestEventTime === undefined ? 0 : Date.parse(deliveredAt) - Date.parse(oldestEventTime);
  return {
    ...told,
    received: verdict === 'missing' ? 0 : 1,
    late: delayMs > HOUR_MS ? 1 : 0,
    verified: verdict === 'verified' ? 1 : 0,
    events: records.kept,
    maxLagMs: lagMs ?? 0,
  };
}

function summarize({ source, hours, lastDeliveredAt }: Tally, to: string): SourceCoverage {
  const byHour = [...hours]
    .map(([hour, counts]) => ({ hour, ...counts }))
    .filter((counts) => counts.received + counts.missing > 0)
    .sort((a, b) => (a.hour < b.hour ? -1 : 1));
  return {
    ...source,
    total: [...hours.values()].reduce(sum, NOTHING),
    lastDeliveredAt,
    gaps: findGaps(
      byHour.filter((hour) => hour.received > 0).map(({ hour }) => hour),
      to,
    ),
    hours: byHour,
  };
}

function sum(a: FileCounts, b: FileCounts): FileCounts {
  return {
    received: a.received + b.received,
    late: a.late + b.late,
    quarantined: a.quarantined + b.quarantined,
    verified: a.verified + b.verified,
    failed: a.failed + b.failed,
    missing: a.missing + b.missing,
    unlisted: a.unlisted + b.unlisted,
    events: a.events + b.events,
    maxLagMs: Math.max(a.maxLagMs, b.maxLagMs),
  };
}

function later(a: string, b: string): string {
  return a > b ? a : b;
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
