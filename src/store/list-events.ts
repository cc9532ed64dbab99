import type { AuditEvent } from '../event/audit-event';
import { readCursor, writeCursor } from './cursor';
import type { DynamoCalls, StoredItem } from './dynamo-calls';
import { fromItem, isExpired, statementText } from './event-item';
import type { EventFilter, EventPage, PageRequest } from './event-store';
import { matches, matchesText } from './filter';
import { keyTime } from './keys';
import { type Candidate, createMerge, type Partition, type WorkBudget } from './merge';
import { TABLE } from './names';
import { isUnfiltered, listMonths, planMonth, type Window } from './plan';

/** How much one page may cost; whatever is over makes the page short. */
export interface WorkBounds {
  /** Queries that read partitions. */
  readonly queries: number;
  /** Items that those read before their filters. */
  readonly evaluated: number;
  /** Reads in all: those queries, and the events fetched and looked at. */
  readonly reads: number;
}

export const DEFAULT_BOUNDS: WorkBounds = { queries: 256, evaluated: 40_000, reads: 2_000 };

export interface ListSettings {
  readonly calls: DynamoCalls;
  readonly shards: number;
  readonly now: () => number;
  readonly bounds: WorkBounds;
}

type Merge = ReturnType<typeof createMerge>;
type End = 'exhausted' | 'stopped' | 'full';

/** Months whose plans are made at once. */
const MONTHS_AHEAD = 6;
/** Most events fetched at once where few of them match. */
const MAX_BATCH = 500;

/** One page of a list: partitions of one month after the other, merged in time order. */
export async function listEvents(
  settings: ListSettings,
  filter: EventFilter,
  page: PageRequest,
): Promise<EventPage> {
  const { calls, shards, bounds } = settings;
  const state = page.cursor === undefined ? undefined : readCursor(page.cursor, filter, page);
  const asked = state ? { ...filter, from: state.from, to: state.to } : filter;
  const window = windowOf(asked, page.order, state?.position);
  // A text is looked for in whole events only: without any filter each item read is one to open.
  const isSearch = asked.q !== undefined && isUnfiltered(asked);
  const budget: WorkBudget = {
    queries: bounds.queries,
    evaluated: isSearch ? bounds.reads : bounds.evaluated,
  };
  const events: AuditEvent[] = [];
  let fetched = 0;
  /** Everything up to here was looked at. */
  let position = state?.position ?? '';

  for await (const partitions of monthPlans()) {
    const end = await readMonth(partitions);
    if (end !== 'exhausted') return shortPage(end);
  }
  return { events };

  async function* monthPlans(): AsyncIterable<readonly Partition[]> {
    if (window.from >= window.to) return;
    const months = await listMonths(calls, window);
    if (page.order === 'desc') months.reverse();
    for (let at = 0; at < months.length; at += MONTHS_AHEAD) {
      const ahead = months.slice(at, at + MONTHS_AHEAD);
      yield* await Promise.all(
        ahead.map((month) => planMonth(calls, shards, asked, month, window, page.order)),
      );
    }
  }

  async function readMonth(partitions: readonly Partition[]): Promise<End> {
    const merge = createMerge(
      partitions,
      page.order,
      budget,
      firstChunk(page, shards, partitions.length),
    );
    for (;;) {
      const taken = await take(merge, batchSize());
      // Finding them took queries; those that are over are left to the next page.
      const candidates = taken.candidates.slice(0, readsLeft());
      const items = await load(calls, candidates);
      fetched += candidates.length;
      for (const candidate of candidates) {
        const item = items.get(candidate.position);
        const event = item && mayBeWanted(item) ? fromItem(item) : undefined;
        if (event && isWanted(event, candidate)) {
          if (events.length === page.limit) return 'full';
          events.push(event);
        }
        position = candidate.position;
      }
      if (candidates.length < taken.candidates.length) return 'stopped';
      if (taken.stop?.end === 'exhausted') return 'exhausted';
      if (taken.stop?.end === 'stopped') {
        position = taken.stop.position;
        return 'stopped';
      }
      if (reads() >= bounds.reads) return 'stopped';
    }
  }

  function reads(): number {
    return bounds.queries - budget.queries + fetched;
  }

  /** One at least, so that every page comes further. */
  function readsLeft(): number {
    return Math.max(1, bounds.reads - reads());
  }

  /** What can be told before the whole event is made of its item. */
  function mayBeWanted(item: StoredItem): boolean {
    return !isExpired(item, settings.now()) && matchesText(statementText(item), asked.q);
  }

  /** An entry stands for a table that may have been cut from the event's own list. */
  function isWanted(event: AuditEvent, { isEntry }: Candidate): boolean {
    const isCut = isEntry && event.shortened?.includes('tables');
    return matches(event, isCut ? { ...asked, table: undefined, database: undefined } : asked);
  }

  /** One event more than the page holds tells whether there is a next page. */
  function batchSize(): number {
    const wanted = Math.max(page.limit + 1 - events.length, Math.min(fetched, MAX_BATCH));
    return Math.min(wanted, readsLeft());
  }

  /** The next candidates; an event that several partitions hold comes once. */
  async function take(merge: Merge, count: number) {
    const candidates: Candidate[] = [];
    let last = position;
    while (candidates.length < count) {
      const step = await merge.next();
      if ('end' in step) return { candidates, stop: step };
      if (step.candidate.position !== last) candidates.push(step.candidate);
      last = step.candidate.position;
    }
    return { candidates };
  }

  function shortPage(end: End): EventPage {
    const { from, to } = asked;
    const cursor = writeCursor({ from, to, position }, filter, page);
    return end === 'full' ? { events, cursor } : { events, cursor, searchedTo: timeOf(position) };
  }
}

/** The events' own items by position: whole ones as they are, the others fetched. */
async function load(
  calls: DynamoCalls,
  candidates: readonly Candidate[],
): Promise<ReadonlyMap<string, StoredItem>> {
  const known = candidates.flatMap(({ item }) => (item ? [item] : []));
  const missing = candidates.flatMap(({ pk, position, item }) =>
    item ? [] : [{ pk, sk: position }],
  );
  const items = [...known, ...(await calls.getAll(missing))];
  return new Map(items.map((item) => [String(item[TABLE.sortKey]), item]));
}

function windowOf(filter: EventFilter, order: PageRequest['order'], position?: string): Window {
  const [from, to] = [keyTime(filter.from), keyTime(filter.to)];
  if (position === undefined) return { from, to };
  return order === 'asc' ? { from: position, to } : { from, to: position };
}

/**
 * Three times a partition's part of the page, since partitions differ; no more than is enough for a
 * page though one class or table should have all of it.
 */
function firstChunk({ limit }: PageRequest, shards: number, partitions: number): number {
  return Math.ceil(Math.min((limit * 3) / partitions + 4, (limit * 1.5) / shards + 8));
}

function timeOf(position: string): string {
  return `${position.split('#')[0]}Z`;
}
