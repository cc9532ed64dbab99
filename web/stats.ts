import { ask } from './api';
import { DEFAULT_FROM, type Filters } from './filters';

export type Grouping = 'class' | 'operation' | 'principal' | 'table' | 'outcome';

/** Counts of a time range, as `GET /v1/stats` answers them. */
export interface StatsGroup {
  readonly name: string;
  readonly count: number;
  readonly scannedBytes: number;
  readonly costUsd: number;
}

export interface Stats {
  readonly from: string;
  readonly to: string;
  readonly interval: Interval;
  /** The most frequent first; what is beyond them last, as `OTHERS`. */
  readonly groups: readonly StatsGroup[];
  readonly intervals: readonly { readonly start: string; readonly groups: readonly StatsGroup[] }[];
}

export type Interval = 'hour' | 'day' | 'month';

/** The group that takes in all that is not told apart: no filter stands for it. */
export const OTHERS = '(others)';

/** More are not told apart on a page. */
const MAX_GROUPS = 20;

/** The counts of the range that the filters name; the other filters do not narrow them. */
export function askStats(
  { from = DEFAULT_FROM, to }: Filters,
  groupBy: Grouping,
  interval: Interval,
  signal: AbortSignal,
): Promise<Stats> {
  const query = new URLSearchParams({ from, groupBy, interval, limit: String(MAX_GROUPS) });
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
