import { sourceName } from '../store/delivery';
import type { DeliveredFile, EventStore, LogSource } from '../store/event-store';

/** Log files of one account and Region that were taken in, or judged, by hour of delivery. */
export type RecentFiles = (
  source: LogSource,
  from: Date,
  to: Date,
) => Promise<readonly DeliveredFile[]>;

type HourFiles = ReadonlyMap<string, readonly DeliveredFile[]>;

const HOUR_MS = 3_600_000;
/** Digests of many accounts arrive side by side, and the receipts of an hour are those of all. */
const KEPT_MS = 10_000;

/** Reads an hour of receipts once for all digests that ask at about the same time. */
export function createRecentFiles(
  store: Pick<EventStore, 'listFiles'>,
  now: () => number,
): RecentFiles {
  const hours = new Map<number, { readonly readAt: number; readonly files: Promise<HourFiles> }>();

  async function read(hourMs: number): Promise<HourFiles> {
    const range = { from: toTime(hourMs), to: toTime(hourMs + HOUR_MS) };
    return Map.groupBy(await Array.fromAsync(store.listFiles(range)), sourceName);
  }

  function filesOf(hourMs: number): Promise<HourFiles> {
    for (const [hour, { readAt }] of hours) if (now() - readAt >= KEPT_MS) hours.delete(hour);
    const hour = hours.get(hourMs) ?? { readAt: now(), files: read(hourMs) };
    hours.set(hourMs, hour);
    return hour.files;
  }

  return async (source, from, to) => {
    const first = Math.floor(from.getTime() / HOUR_MS);
    const last = Math.floor(to.getTime() / HOUR_MS);
    const asked = Array.from({ length: last - first + 1 }, (_, at) =>
      filesOf((first + at) * HOUR_MS),
    );
    return (await Promise.all(asked)).flatMap((files) => files.get(sourceName(source)) ?? []);
  };
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
