import { type Interval, summarizeTotals } from '../src/api/stats';
import type { AuditEvent } from '../src/event/audit-event';
import { DENIED } from '../src/event/denial';
import type { HourTotals } from '../src/store/event-store';
import { ask, type EventList } from './api';
import { DEFAULT_FROM, type Filters, toMs, toQuery } from './filters';
import type { Grouping, Stats } from './stats';

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

/** Counts these events as `GET /v1/stats` does. */
export function countSample(
  { events, from, to }: Sample,
  groupBy: Grouping,
  interval: Interval,
): Stats {
  const oldestFirst = events.toReversed().map((event) => toTotals(event, groupBy));
  const summary = summarizeTotals(oldestFirst, interval, Number.POSITIVE_INFINITY);
  return { from, to, interval, ...summary };
}

/** The totals of its hour, were there no other event. */
function toTotals(event: AuditEvent, groupBy: Grouping): HourTotals {
  const { eventTime, scannedBytes = 0, costUsd = 0 } = event;
  const totals = { count: 1, scannedBytes, costUsd };
  return {
    hour: `${eventTime.slice(0, 13)}:00:00Z`,
    groups: Object.fromEntries([...namesOf(event, groupBy)].map((name) => [name, totals])),
  };
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
