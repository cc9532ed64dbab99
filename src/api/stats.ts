import { type HourTotals, OTHERS, type Totals } from '../store/event-store';

export const INTERVALS = ['hour', 'day', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

export interface GroupTotals extends Totals {
  readonly name: string;
}

export interface Stats {
  /** Over the whole range, the most frequent first, what is left over last. */
  readonly groups: readonly GroupTotals[];
  /** Those that have events, oldest first. */
  readonly intervals: readonly {
    readonly start: string;
    readonly groups: readonly GroupTotals[];
  }[];
}

/** Costs are added in billionths of a dollar: whole numbers add up exactly. */
const NANO = 1e9;
const START_LENGTH = { hour: 13, day: 10, month: 7 } as const;
const START_TEMPLATE = '0000-01-01T00:00:00Z';

/**
 * Rolls hours up into intervals (of UTC), and groups beyond the `limit` most frequent into one.
 *
 * An event counts in each table that it touches, so sums over tables may exceed the events.
 */
export function summarizeTotals(
  hours: readonly HourTotals[],
  interval: Interval,
  limit: number,
): Stats {
  const overall = addUp(hours.flatMap(({ groups }) => Object.entries(groups)));
  const shown = new Set(
    sortByCount(overall)
      .filter(({ name }) => name !== OTHERS)
      .slice(0, limit)
      .map(({ name }) => name),
  );
  const fold = (entries: readonly NamedTotals[]) =>
    sortByCount(addUp(entries.map(([name, totals]) => [shown.has(name) ? name : OTHERS, totals])));
  const starts = Map.groupBy(hours, ({ hour }) => startOf(hour, interval));
  return {
    groups: fold(overall.map(({ name, ...totals }) => [name, totals])),
    intervals: [...starts].map(([start, members]) => ({
      start,
      groups: fold(members.flatMap(({ groups }) => Object.entries(groups))),
    })),
  };
}

/** How many intervals a range touches. */
export function countIntervals(from: string, to: string, interval: Interval): number {
  const [first, last] = [new Date(from), new Date(Date.parse(to) - 1)];
  if (interval === 'month') {
    const years = last.getUTCFullYear() - first.getUTCFullYear();
    return years * 12 + last.getUTCMonth() - first.getUTCMonth() + 1;
  }
  const unitMs = interval === 'hour' ? 3_600_000 : 86_400_000;
  return Math.floor(last.getTime() / unitMs) - Math.floor(first.getTime() / unitMs) + 1;
}

type NamedTotals = readonly [name: string, totals: Totals];

function addUp(entries: readonly NamedTotals[]): GroupTotals[] {
  const sums = new Map<string, { count: number; scannedBytes: number; nanoUsd: number }>();
  for (const [name, { count, scannedBytes, costUsd }] of entries) {
    const sum = sums.get(name) ?? { count: 0, scannedBytes: 0, nanoUsd: 0 };
    sum.count += count;
    sum.scannedBytes += scannedBytes;
    sum.nanoUsd += Math.round(costUsd * NANO);
    sums.set(name, sum);
  }
  return [...sums].map(([name, { nanoUsd, ...sum }]) => ({
    name,
    ...sum,
    costUsd: nanoUsd / NANO,
  }));
}

function sortByCount(groups: readonly GroupTotals[]): GroupTotals[] {
  const isOthers = ({ name }: GroupTotals) => Number(name === OTHERS);
  return groups.toSorted(
    (a, b) => isOthers(a) - isOthers(b) || b.count - a.count || (a.name < b.name ? -1 : 1),
  );
}

function startOf(hour: string, interval: Interval): string {
  const length = START_LENGTH[interval];
  return hour.slice(0, length) + START_TEMPLATE.slice(length);
}
