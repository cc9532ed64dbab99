import { statsSchema } from '../api/routes/get-stats';
import type { AuditEvent } from '../event/audit-event';
import type { ApiClient, QueryParameters } from './api-client';
import type { Io } from './io';
import type { EventPrinter } from './output/event-printer';
import { pagesOf } from './pages';

export interface FollowSettings {
  readonly client: ApiClient;
  /** Range and filters of the list; the range ends now. */
  readonly filters: QueryParameters & { readonly from: string };
  /** How many of the events that are there already are printed first. */
  readonly latest: number;
  readonly printer: EventPrinter;
  readonly sleep: Io['sleep'];
}

/** What each hour of the range holds, by outcome: whatever arrives or is completed changes it. */
interface Marks {
  readonly from: string;
  readonly to: string;
  readonly hours: ReadonlyMap<string, string>;
}

const EVERY_MS = 5000;
const HOUR_MS = 3_600_000;
/** An index may show an event some moments after the totals do: a changed hour is read so often. */
const LOOKS = 3;
/** Hours too busy to be counted are read every so many rounds. */
const UNCOUNTED_ROUNDS = 12;

/**
 * Prints the latest events, oldest first, then each event that comes to be in the range, once,
 * however late its log file is; also one that recovery completes so that it meets the filters now.
 * Never ends by itself.
 *
 * Totals tell in which hours something has changed, and only those are read again.
 */
export async function follow(settings: FollowSettings): Promise<void> {
  const { client, filters, latest, printer, sleep } = settings;
  const seen = new Map<string, Set<string>>();
  const looks = new Map<string, number>();
  // Before the list: what arrives while that is read has changed an hour since.
  const first = await readMarks(client, filters.from, 0);
  let marks = first;
  await printLatest();
  for (let round = 1; ; round++) {
    await sleep(EVERY_MS);
    const now = await readMarks(client, startOfRange(), round);
    for (const [hour, mark] of now.hours) {
      if (marks.hours.get(hour) !== mark) looks.set(hour, LOOKS);
    }
    marks = now;
    for (const hour of seen.keys()) if (!isInRange(hour)) seen.delete(hour);
    for (const [hour, left] of [...looks].sort()) {
      if (isInRange(hour)) await printNewOf(hour);
      if (left > 1) looks.set(hour, left - 1);
      else looks.delete(hour);
    }
  }

  async function printLatest(): Promise<void> {
    const events: AuditEvent[] = [];
    const query = { ...filters, from: first.from, order: 'desc' };
    for await (const page of pagesOf(client, query, Number.POSITIVE_INFINITY)) {
      const isPrinted = events.length >= latest;
      for (const event of page.events)
        if (isNew(event) && events.length < latest) events.push(event);
      const isComplete = events.length >= latest || page.cursor === undefined;
      if (!isPrinted && isComplete) await printer.print(events.toReversed());
    }
  }

  async function printNewOf(hour: string): Promise<void> {
    const from = hour < marks.from ? marks.from : hour;
    const to = new Date(Date.parse(hour) + HOUR_MS).toISOString();
    const query = { ...filters, from, to, order: 'asc' };
    for await (const { events } of pagesOf(client, query, Number.POSITIVE_INFINITY)) {
      await printer.print(events.filter(isNew));
    }
  }

  /** A range that was given as a span moves on by whole hours. */
  function startOfRange(): string {
    if (!filters.from.startsWith('-')) return first.from;
    const spanMs = Date.parse(first.to) - Date.parse(first.from);
    const hourMs = Math.floor((Date.parse(marks.to) - spanMs) / HOUR_MS) * HOUR_MS;
    return new Date(Math.max(Date.parse(first.from), hourMs)).toISOString();
  }

  function isInRange(hour: string): boolean {
    return Date.parse(hour) + HOUR_MS > Date.parse(marks.from);
  }

  /** Remembers by hour, so that what the range has left behind can be forgotten. */
  function isNew({ eventTime, eventId, eventName }: AuditEvent): boolean {
    const hour = `${eventTime.slice(0, 13)}:00:00Z`;
    const ids = seen.get(hour) ?? new Set();
    seen.set(hour, ids);
    const { size } = ids;
    return ids.add(`${eventTime} ${eventId} ${eventName}`).size > size;
  }
}

async function readMarks(client: ApiClient, from: string, round: number): Promise<Marks> {
  const query = { from, groupBy: 'outcome', interval: 'hour' };
  const { behind = [], ...stats } = await client.get('/v1/stats', query, statsSchema);
  const hours = new Map(
    stats.intervals.map(({ start, groups }) => [
      start,
      groups.map(({ name, count }) => `${name} ${count}`).join(),
    ]),
  );
  for (const hour of behind) hours.set(hour, `round ${Math.floor(round / UNCOUNTED_ROUNDS)}`);
  return { from: stats.from, to: stats.to, hours };
}
