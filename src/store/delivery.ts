import { parseObjectKey } from '../cloudtrail/object-key';
import type { DeliveredFile, DeliveryRange, FileIdentity, LogSource } from './event-store';

const DAY_MS = 86_400_000;
/** A log file is named by the digest of its hour or by one of the next two. */
export const LISTING_DELAY_MS = 2 * 3_600_000;

const IN_TIME_MS = 10 * 60_000;

/** Hours of one day, `hh`, both included. */
export interface DayHours {
  readonly day: string;
  readonly from: string;
  readonly to: string;
}

/** The order of sources, and a name for each. */
export function sourceName({ accountId, region }: LogSource): string {
  return `${accountId} ${region}`;
}

/** Whether a source is among those that a range asks for. */
export function isOf(source: LogSource, { accountId, region }: DeliveryRange): boolean {
  return (
    (accountId === undefined || source.accountId === accountId) &&
    (region === undefined || source.region === region)
  );
}

/**
 * When a file was delivered, as it is filed: by its name, as far as that agrees with the day of its
 * folder; else at that day's start. A function of the object key wherever the key says the place.
 */
export function deliveryTime({ day, deliveredAt }: Pick<FileIdentity, 'day' | 'deliveredAt'>) {
  return deliveredAt?.startsWith(`${day}T`) ? deliveredAt : `${day}T00:00:00Z`;
}

/**
 * Whether a file is taken in as it is delivered, give or take the clocks: hardly for the second time
 * then, nor after a digest of its time.
 *
 * @param takenInMs - milliseconds since 1970.
 */
export function isInTime(file: Pick<FileIdentity, 'day' | 'deliveredAt'>, takenInMs: number) {
  return Math.abs(takenInMs - Date.parse(deliveryTime(file))) <= IN_TIME_MS;
}

/** `hh` of a time. */
export function hourOf(time: string): string {
  return time.slice(11, 13);
}

/** The file an event came from, as its object key tells; undefined for other places. */
export function fileOfKey(key: string): FileIdentity | undefined {
  const object = parseObjectKey(key);
  if (object.kind !== 'log') return undefined;
  const { accountId, region, day, deliveredAt } = object;
  return { accountId, region, day, deliveredAt, key };
}

/** A digest, filed by the end of its window; undefined for other places. */
export function digestOfKey(key: string): FileIdentity | undefined {
  const object = parseObjectKey(key);
  if (object.kind !== 'digest') return undefined;
  const { accountId, region, day, endsAt } = object;
  return { accountId, region, day, deliveredAt: endsAt, key };
}

/** The hours that a range touches, day by day. */
export function dayHours(range: Pick<DeliveryRange, 'from' | 'to'>): DayHours[] {
  const { start, end } = timesOf(range);
  const days = daysBetween(start.slice(0, 10), end.slice(0, 10));
  return days.map((day) => ({
    day,
    from: start.startsWith(day) ? hourOf(start) : '00',
    to: end.startsWith(day) ? hourOf(end) : '23',
  }));
}

/** Whether a file of the hours that a range touches was delivered within it. */
export function isWithin(
  { deliveredAt }: Pick<DeliveredFile, 'deliveredAt'>,
  { from, to }: Pick<DeliveryRange, 'from' | 'to'>,
): boolean {
  return deliveredAt >= from && deliveredAt < to;
}

/** What of a range is on one day. */
export function onDay<Range extends DeliveryRange>(range: Range, day: string): Range {
  const [start, end] = [`${day}T00:00:00Z`, `${day}T23:59:59.999Z`];
  return {
    ...range,
    from: range.from > start ? range.from : start,
    to: range.to < end ? range.to : end,
  };
}

/** First and last day that a range touches. */
export function daysOf(range: Pick<DeliveryRange, 'from' | 'to'>): readonly [string, string] {
  const { start, end } = timesOf(range);
  return [start.slice(0, 10), end.slice(0, 10)];
}

function timesOf({ from, to }: Pick<DeliveryRange, 'from' | 'to'>) {
  const start = new Date(from).toISOString();
  const end = new Date(Math.max(Date.parse(from), Date.parse(to) - 1)).toISOString();
  return { start, end };
}

/** All days of a month `yyyy-mm`. */
export function daysOfMonth(month: string): string[] {
  const [year = 0, monthNumber = 1] = month.split('-').map(Number);
  const last = new Date(Date.UTC(year, monthNumber, 0)).toISOString().slice(0, 10);
  return daysBetween(`${month}-01`, last);
}

/** Days as `yyyy-mm-dd`, both included. */
function daysBetween(fromDay: string, toDay: string): string[] {
  const count = Math.floor((Date.parse(toDay) - Date.parse(fromDay)) / DAY_MS) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) =>
    new Date(Date.parse(fromDay) + at * DAY_MS).toISOString().slice(0, 10),
  );
}
