import type { AuditEvent } from '../src/event/audit-event';
import { DENIED } from '../src/event/denial';
import { ask, type EventList } from './api';
import { DEFAULT_FROM, type Filters, toMs, toQuery } from './filters';
import type { Grouping, Interval, Stats, StatsGroup } from './stats';

/** The newest events that match, as far as was looked. */
export interface Sample {
  readonly events: readonly AuditEvent[];
  /** Whether these are all that match. */
  readonly isAll: boolean;
  /** The range that was looked through, ISO UTC. */
  readonly from: string;
  readonly to: string;
}

const PAGE_SIZE = 500;
/** A rare word may be looked for through page after page that holds none. */
const MAX_REQUESTS = 8;

/** Reads the list of these filters from the newest, up to `most` events. */
export async function readSample(
  filters: Filters,
  most: number,
  signal: AbortSignal,
): Promise<Sample> {
  const query = new URLSearchParams(toQuery(filters));
  query.set('limit', String(PAGE_SIZE));
  const events: AuditEvent[] = [];
  let page: EventList | undefined;
  for (let requests = 0; requests < MAX_REQUESTS && events.length < most; requests++) {
    page = await ask<EventList>(`/v1/events?${query}`, signal);
    events.push(...page.events);
    if (page.cursor === undefined) break;
    query.set('cursor', page.cursor);
  }
  const isAll = page?.cursor === undefined;
  const reached = page?.searchedTo ?? events.at(-1)?.eventTime;
  return {
    events,
    isAll,
    from: (!isAll && reached) || new Date(toMs(filters.from ?? DEFAULT_FROM)).toISOString(),
    to: new Date(toMs(filters.to ?? 'now')).toISOString(),
  };
}

/** Counts these events as `GET /v1/stats` would. */
export function countSample(sample: Sample, groupBy: Grouping, interval: Interval): Stats {
  const { events, from, to } = sample;
  const starts = Map.groupBy(events, ({ eventTime }) => startOf(eventTime, interval));
  return {
    from,
    to,
    interval,
    groups: groupsOf(events, groupBy),
    intervals: [...starts].map(([start, members]) => ({
      start,
      groups: groupsOf(members, groupBy),
    })),
  };
}

function groupsOf(events: readonly AuditEvent[], groupBy: Grouping): StatsGroup[] {
  const groups = new Map<string, { count: number; scannedBytes: number; costUsd: number }>();
  for (const event of events) {
    for (const name of namesOf(event, groupBy)) {
      const group = groups.get(name) ?? { count: 0, scannedBytes: 0, costUsd: 0 };
      group.count++;
      group.scannedBytes += event.scannedBytes ?? 0;
      group.costUsd += event.costUsd ?? 0;
      groups.set(name, group);
    }
  }
  return [...groups]
    .map(([name, group]) => ({ name, ...group }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

function namesOf(event: AuditEvent, groupBy: Grouping): Iterable<string> {
  switch (groupBy) {
    case 'principal':
      return [event.principal.name];
    case 'table':
      return new Set(event.tables.map(({ name }) => name));
    case 'error':
      return event.error ? [event.error.code, ...(event.error.denied ? [DENIED] : [])] : [];
    default:
      return [event[groupBy]];
  }
}

function startOf(time: string, interval: Interval): string {
  const length = { hour: 13, day: 10, month: 7 }[interval];
  return time.slice(0, length) + '0000-01-01T00:00:00Z'.slice(length);
}
