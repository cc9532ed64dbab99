import { DEFAULT_FROM, type Filters, isFiltered, toMs } from './filters';
import { formatCount, formatMinute } from './format';
import { countSample, readSample, type Sample } from './sample';
import { askStats, type Grouping, type Interval, type Stats } from './stats';

/** All that stands above the list, and what it is of. */
export interface Counts {
  readonly stats: Readonly<Record<Grouping, Stats>>;
  readonly sample: Sample;
  /** In words. */
  readonly scope: string;
  /** Whether there are more events than were counted. */
  readonly isPartial: boolean;
}

/** Most events that are counted one by one: where filters are set, and for pairs of who and what. */
const MOST = { filtered: 2_000, whole: 500 } as const;
const GROUPINGS = ['class', 'outcome', 'error', 'principal', 'table', 'operation'] as const;

/**
 * Counts what the filters let through. The API keeps totals of whole ranges; with other filters the
 * events of the list are counted themselves, the newest as far as the bound goes.
 */
export async function askCounts(filters: Filters, signal: AbortSignal): Promise<Counts> {
  if (isFiltered(filters)) {
    const sample = await readSample(filters, MOST.filtered, signal);
    const interval = intervalOf(sample);
    const stats = byGrouping(GROUPINGS.map((name) => countSample(sample, name, interval)));
    return { stats, sample, scope: scopeOf(sample), isPartial: !sample.isAll };
  }
  const { from = DEFAULT_FROM, to } = filters;
  const interval = intervalOf({ from, to: to ?? 'now' });
  const [sample, ...all] = await Promise.all([
    readSample(filters, MOST.whole, signal),
    ...GROUPINGS.map((name) =>
      askStats(filters, name, name === 'class' ? interval : 'month', signal),
    ),
  ]);
  const stats = byGrouping(all);
  const behind = all.flatMap((each) => each.behind ?? []);
  return {
    stats,
    sample,
    scope: behind.length === 0 ? '' : describeBehind(new Set(behind)),
    isPartial: behind.length > 0,
  };
}

/** How many of the events a sample holds, in words. */
export function scopeOf({ events, isAll, from }: Sample): string {
  const count = formatCount(events.length);
  if (isAll)
    return events.length === 1 ? 'the only matching event' : `all ${count} matching events`;
  return `the newest ${count} matching events, back to ${formatMinute(from)} UTC`;
}

function describeBehind(hours: ReadonlySet<string>): string {
  const [first = ''] = [...hours].sort();
  return hours.size === 1
    ? `all events but those of the hour from ${formatMinute(first)} UTC, which is still being counted`
    : `all events but those of ${hours.size} hours since ${formatMinute(first)} UTC, which are still being counted`;
}

function byGrouping(stats: readonly Stats[]): Record<Grouping, Stats> {
  return Object.fromEntries(GROUPINGS.map((name, at) => [name, stats[at]])) as Record<
    Grouping,
    Stats
  >;
}

/** Hours up to two weeks, then days, then months: never more than a few hundred. */
function intervalOf({ from, to }: Pick<Sample, 'from' | 'to'>): Interval {
  const days = (toMs(to) - toMs(from)) / 86_400_000;
  return days <= 15 ? 'hour' : days <= 800 ? 'day' : 'month';
}
