import type { GroupBy } from '../src/store/event-store';
import { ask } from './api';
import { DEFAULT_FROM, type Filters } from './filters';

/** What the page counts by. */
export type Grouping = Exclude<GroupBy, 'account'>;
export type Interval = 'hour' | 'day' | 'month';

export interface StatsGroup {
  readonly name: string;
  readonly count: number;
  readonly scannedBytes: number;
  readonly costUsd: number;
}

/** Counts of a time range, as `GET /v1/stats` answers them. */
export interface Stats {
  readonly from: string;
  readonly to: string;
  readonly interval: Interval;
  /** The most frequent first; what is beyond them last, as `OTHERS`. */
  readonly groups: readonly StatsGroup[];
  readonly intervals: readonly { readonly start: string; readonly groups: readonly StatsGroup[] }[];
  /** Hours that are missing from the counts. */
  readonly behind?: readonly string[];
}

/** The group that takes in all that is not told apart: no filter stands for it. */
export const OTHERS = '(others)';

/** Most groups that are told apart: of the kinds that are few, all. */
const MAX_GROUPS: Readonly<Record<Grouping, number>> = {
  class: 500,
  outcome: 500,
  error: 500,
  principal: 20,
  table: 20,
  operation: 20,
};

/** The counts of a whole range; it is asked for without other filters. */
export function askStats(
  { from = DEFAULT_FROM, to }: Filters,
  groupBy: Grouping,
  interval: Interval,
  signal: AbortSignal,
): Promise<Stats> {
  const limit = String(MAX_GROUPS[groupBy]);
  const query = new URLSearchParams({ from, groupBy, interval, limit });
  if (to) query.set('to', to);
  return ask<Stats>(`/v1/stats?${query}`, signal);
}

/** The sum over these groups, or over all. */
export function totalOf(
  { groups }: Stats,
  member: 'count' | 'scannedBytes' | 'costUsd',
  names?: readonly string[],
): number {
  return groups
    .filter(({ name }) => names === undefined || names.includes(name))
    .reduce((sum, group) => sum + group[member], 0);
}
