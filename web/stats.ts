import type { GroupTotals, Interval, Stats as Summary } from '../src/api/stats';
import type { GroupBy } from '../src/store/event-store';
import { ask } from './api';
import { DEFAULT_FROM, type Filters } from './filters';

/** What the page counts by. */
export const GROUPINGS = ['class', 'outcome', 'error', 'principal', 'table', 'operation'] as const;
export type Grouping = (typeof GROUPINGS)[number];

interface StatsRange {
  readonly from: string;
  readonly to: string;
  readonly interval: Interval;
  /** Hours that are missing from the counts. */
  readonly behind?: readonly string[];
}

/** `GET /v1/stats`, asked for one `groupBy`. */
export interface Stats extends StatsRange, Summary {}

/** `GET /v1/stats`, asked for several. */
interface SeveralStats extends StatsRange {
  readonly groupings: readonly (Pick<Summary, 'groups'> &
    Partial<Summary> & { readonly groupBy: GroupBy })[];
}

/**
 * The counts of a whole range, those of classes by interval as well; it is asked for without other
 * filters.
 */
export function askStats(
  { from = DEFAULT_FROM, to }: Filters,
  interval: Interval,
  signal: AbortSignal,
): Promise<SeveralStats> {
  const groupBy = GROUPINGS.join(',');
  const query = new URLSearchParams({ from, groupBy, interval, intervalsOf: 'class' });
  if (to) query.set('to', to);
  return ask<SeveralStats>(`/v1/stats?${query}`, signal);
}

/** The sum over these groups, or over all. */
export function totalOf(
  groups: readonly GroupTotals[],
  member: 'count' | 'scannedBytes' | 'costUsd',
  names?: readonly string[],
): number {
  return groups
    .filter(({ name }) => names === undefined || names.includes(name))
    .reduce((sum, group) => sum + group[member], 0);
}
