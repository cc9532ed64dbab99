import type { GroupTotals, Interval } from '../src/api/stats';
import { DEFAULT_FROM, type Filters, isFiltered, toMs } from './filters';
import { formatCount, formatMinute } from './format';
import { countSample, readSample, type Sample } from './sample';
import { askStats, GROUPINGS, type Grouping, type Stats } from './stats';

/** All that stands above the list, and what it is of. */
export interface Counts {
  /** The most frequent first. */
  readonly groups: Readonly<Record<Grouping, readonly GroupTotals[]>>;
  /** The classes over time. */
  readonly course: Stats;
  readonly sample: Sample;
  /** In words. */
  readonly scope: string;
  /** Whether there are more events than were counted. */
  readonly isPartial: boolean;
}

/** Most events that are counted one by one: where filters are set, and for pairs of who and what. */
const MOST = { filtered: 2_000, whole: 500 } as const;

/**
 * Counts what the filters let through. The API keeps totals of whole ranges; with other filters the
 * events of the list are counted themselves, the newest as far as the bound goes.
 */
export async function askCounts(filters: Filters, signal: AbortSignal): Promise<Counts> {
  if (isFiltered(filters)) {
    const sample = await readSample(filters, MOST.filtered, signal);
    const course = countSample(sample, 'class', intervalOf(sample));
    const groups = byGrouping((name) => countSample(sample, name, 'month').groups);
    return { groups, course, sample, scope: scopeOf(sample), isPartial: !sample.isAll };
  }
  const { from = DEFAULT_FROM, to } = filters;
  const interval = intervalOf({ from, to: to ?? 'now' });
  const [sample, { groupings, behind = [], ...range }] = await Promise.all([
    readSample(filters, MOST.whole, signal),
    askStats(filters, interval, signal),
  ]);
  const groupingOf = (name: Grouping) => groupings.find(({ groupBy }) => groupBy === name);
  const groups = byGrouping((name) => groupingOf(name)?.groups ?? []);
  return {
    groups,
    course: { ...range, groups: groups.class, intervals: groupingOf('class')?.intervals ?? [] },
    sample,
    scope: behind.length === 0 ? '' : describeBehind(behind),
    isPartial: behind.length > 0,
  };
}

/** How many of the events a sample holds, in words; none where there are none. */
export function scopeOf({ events, isAll, from }: Sample): string {
  if (isAll && events.length === 0) return '';
  const count = formatCount(events.length);
  if (isAll)
    return events.length === 1 ? 'the only matching event' : `all ${count} matching events`;
  return `the newest ${count} matching events, back to ${formatMinute(from)} UTC`;
}

function describeBehind(hours: readonly string[]): string {
  const [first = ''] = hours;
  return hours.length === 1
    ? `all events but those of the hour from ${formatMinute(first)} UTC, which is still being counted`
    : `all events but those of ${hours.length} hours since ${formatMinute(first)} UTC, which are still being counted`;
}

function byGrouping(
  groupsOf: (name: Grouping) => readonly GroupTotals[],
): Record<Grouping, readonly GroupTotals[]> {
  return Object.fromEntries(GROUPINGS.map((name) => [name, groupsOf(name)])) as Record<
    Grouping,
    readonly GroupTotals[]
  >;
}

/** Hours up to two weeks, then days, then months: never more than a few hundred. */
function intervalOf({ from, to }: Pick<Sample, 'from' | 'to'>): Interval {
  const days = (toMs(to) - toMs(from)) / 86_400_000;
  return days <= 15 ? 'hour' : days <= 800 ? 'day' : 'month';
}
