import { inParallel } from '../concurrency';
import { CLASSES } from '../event/audit-event';
import { DENIED } from '../event/denial';
import { ATTRIBUTES, SPECIAL } from './attributes';
import { DIRECTORY } from './directory';
import type { DynamoCalls, StoredItem } from './dynamo-calls';
import { expiryOf } from './event-item';
import {
  GROUPS,
  type GroupBy,
  type HourTotals,
  OTHERS,
  type Totals,
  type TotalsPage,
} from './event-store';
import { type Item, itemSize } from './item-size';
import { keyRange } from './key-range';
import { classPartition, directoryPartition, fromKeyPart, keyTime, monthOf } from './keys';
import { INDEXES, TABLE } from './names';
import { packItem, unpackItem } from './packed-item';
import { listMonths, type Window } from './plan';

/**
 * When an hour may be counted for good. A writer notes an hour before it writes and may rely on its
 * note for `noteMs`; `settleMs` after the last note nobody writes on the strength of it any more.
 */
export interface TotalsTiming {
  readonly noteMs: number;
  readonly settleMs: number;
}

export interface TotalsSettings {
  readonly calls: DynamoCalls;
  readonly shards: number;
  readonly now: () => number;
  readonly timing?: TotalsTiming;
  readonly retentionDays?: number;
  /** Most index entries that one call counts. */
  readonly maxCounted?: number;
}

/** Count, scanned bytes, cost in billionths of a dollar: whole numbers add up in any order. */
type Sums = [count: number, scannedBytes: number, nanoUsd: number];
type HourSums = Map<string, Sums>;

/** Hours are key times cut to `yyyy-mm-ddThh`. */
interface Note {
  readonly hour: string;
  readonly at: number;
}

const NOTES_PARTITION = 'S#open';
const AT = 'at';
/** Five minutes of a note, five until Lambda ends a function, five for clocks that differ. */
const DEFAULT_TIMING: TotalsTiming = { noteMs: 5 * 60_000, settleMs: 15 * 60_000 };
const DEFAULT_MAX_COUNTED = 50_000;
const HOUR_MS = 3_600_000;
/** Hours counted in one go where they follow each other. */
const MAX_RUN = 24;
const MAX_SUMS_BYTES = 300 * 1024;

/**
 * Totals by hour: a count of the index, kept so that it is not counted again.
 *
 * Nothing is ever added to a kept total. Whoever writes events of an hour notes the hour first; a
 * noted hour is counted from the index, and once it is quiet the count is kept and the note taken
 * away. A replay, a late file or a recovery notes the hour again, and it is counted anew.
 */
export function createTotals(settings: TotalsSettings) {
  const { calls, shards, now, retentionDays } = settings;
  const { timing = DEFAULT_TIMING, maxCounted = DEFAULT_MAX_COUNTED } = settings;
  const noted = new Map<string, { readonly until: number; readonly written: Promise<void> }>();

  /** To be awaited before events of these times are written. */
  async function note(eventTimes: readonly string[]): Promise<void> {
    const at = now();
    const hours = new Set(eventTimes.map((time) => hourOf(keyTime(time))));
    await inParallel([...hours], (hour) => noteHour(hour, at));
  }

  /** Files side by side write one note for all of them. */
  async function noteHour(hour: string, at: number): Promise<void> {
    const known = noted.get(hour);
    if (known && known.until > at) return known.written;
    const item = { [TABLE.partitionKey]: NOTES_PARTITION, [TABLE.sortKey]: hour, [AT]: at };
    const written = calls.putAll([item]);
    noted.set(hour, { until: at + timing.noteMs, written });
    try {
      await written;
    } catch (error) {
      noted.delete(hour);
      throw error;
    }
  }

  /** Keeps the counts of quiet hours, a bounded number at a time; answers how many. */
  async function rollUp(): Promise<number> {
    const budget = { left: maxCounted };
    const quiet = (await openHours()).filter(({ at }) => at + timing.settleMs <= now());
    let kept = 0;
    for (const run of runs(quiet.map(({ hour }) => hour))) {
      if (budget.left <= 0) break;
      const window = windowOf(run);
      const counted = await count(window, budget);
      if (!counted) break;
      await inParallel(run, async (hour) => {
        const { at = 0 } = quiet.find((open) => open.hour === hour) ?? {};
        await keep(hour, at, counted);
        await calls.deleteIf(
          { pk: NOTES_PARTITION, sk: hour },
          '#at = :at',
          { '#at': AT },
          { ':at': at },
        );
        kept++;
      });
    }
    return kept;
  }

  /** By group, totals of each hour that has any, of events from `from` on and before `to`. */
  async function readTotals(
    from: string,
    to: string,
    groupBy: readonly GroupBy[],
  ): Promise<TotalsPage> {
    const window: Window = { from: keyTime(from), to: keyTime(to) };
    const sums = new Map(groupBy.map((group) => [group, new Map<string, HourSums>()]));
    if (window.from >= window.to) return toPage(sums, []);
    const open = (await openHours(window)).map(({ hour }) => hour);
    const months = await listMonths(calls, window);
    await inParallel([...sums], ([group, hours]) => addKept(hours, window, months, group));

    const live = new Set([...open, ...cutHours(window)]);
    const budget = { left: maxCounted };
    const notCounted: string[] = [];
    for (const run of runs([...live].sort()).reverse()) {
      const counted = await count(intersection(windowOf(run), window), budget);
      if (!counted) {
        notCounted.push(...run);
        continue;
      }
      for (const [group, hours] of sums) {
        for (const hour of run) hours.set(hour, counted.get(hour)?.get(group) ?? new Map());
      }
    }
    return toPage(sums, notCounted);
  }

  async function openHours(window?: Window): Promise<Note[]> {
    const notes: Note[] = [];
    const range = window ?? { from: '0', to: '~' };
    const items = calls.queryAll({
      ...keyRange(NOTES_PARTITION, hourOf(range.from), range.to),
      ConsistentRead: true,
    });
    for await (const item of items) {
      notes.push({ hour: String(item[TABLE.sortKey]), at: Number(item[AT]) });
    }
    return notes;
  }

  /** Kept by a later note wins: of two counts at once the older cannot overwrite the newer. */
  async function keep(hour: string, at: number, counted: Counted): Promise<void> {
    const expiresAt = expiryOf(startOf(hour), retentionDays);
    await inParallel(GROUPS, async (groupBy) => {
      const key: Item = {
        [TABLE.partitionKey]: totalsPartition(groupBy, monthOf(hour)),
        [TABLE.sortKey]: hour,
        ...(expiresAt !== undefined && { [TABLE.ttl]: expiresAt }),
      };
      const sums = counted.get(hour)?.get(groupBy) ?? new Map();
      await calls.putIf(
        { ...packSums(key, sums), [AT]: at },
        'attribute_not_exists(#at) OR #at <= :at',
        { '#at': AT },
        { ':at': at },
      );
    });
  }

  async function addKept(
    hours: Map<string, HourSums>,
    window: Window,
    months: readonly string[],
    groupBy: GroupBy,
  ): Promise<void> {
    for (const month of months) {
      const items = calls.queryAll({
        ...keyRange(totalsPartition(groupBy, month), hourOf(window.from), window.to),
        ConsistentRead: true,
      });
      for await (const item of items) {
        const hour = String(item[TABLE.sortKey]);
        if (hour < window.to) hours.set(hour, unpackSums(item));
      }
    }
  }

  /** Counts a range of one month in the index of classes; undefined if the budget ends first. */
  async function count(window: Window, budget: { left: number }): Promise<Counted | undefined> {
    const month = monthOf(window.from);
    const present = await calls.getAll(
      CLASSES.map((sk) => ({ pk: directoryPartition(DIRECTORY.class, month), sk })),
      { consistent: true },
    );
    const partitions = present.flatMap((entry) =>
      Array.from({ length: shards }, (_, shard) =>
        classPartition(String(entry[TABLE.sortKey]), month, shard),
      ),
    );
    const counted: Counted = new Map();
    const seen = new Set<string>();
    await inParallel(partitions, async (pk) => {
      const entries = calls.queryAll(keyRange(pk, window.from, window.to, INDEXES.byClass));
      for await (const entry of entries) {
        if (--budget.left < 0) return;
        const position = String(entry[TABLE.sortKey]);
        // While an index moves an event to its new class it may show it in both.
        if (seen.has(position)) continue;
        seen.add(position);
        addEntry(counted, hourOf(position), entry);
      }
    });
    return budget.left < 0 ? undefined : counted;
  }

  return { note, rollUp, readTotals };
}

type Counted = Map<string, Map<GroupBy, HourSums>>;

function addEntry(counted: Counted, hour: string, entry: StoredItem): void {
  const groups = counted.get(hour) ?? new Map<GroupBy, HourSums>();
  counted.set(hour, groups);
  const bytes = Number(entry[ATTRIBUTES.scannedBytes] ?? 0);
  const nanoUsd = Math.round(Number(entry[ATTRIBUTES.costUsd] ?? 0) * 1e9);
  for (const groupBy of GROUPS) {
    const sums = groups.get(groupBy) ?? new Map<string, Sums>();
    groups.set(groupBy, sums);
    for (const name of namesOf(entry, groupBy)) {
      const [count, scannedBytes, cost] = sums.get(name) ?? [0, 0, 0];
      sums.set(name, [count + 1, scannedBytes + bytes, cost + nanoUsd]);
    }
  }
}

/** The groups that an event counts in: one, or each table that it touches. */
function namesOf(entry: StoredItem, groupBy: GroupBy): Iterable<string> {
  switch (groupBy) {
    case 'class':
      return [keyField(entry[INDEXES.byClass.partitionKey])];
    case 'account':
      return [keyField(entry[TABLE.partitionKey])];
    case 'operation':
      return [String(entry[ATTRIBUTES.operation])];
    case 'outcome':
      return [String(entry[ATTRIBUTES.outcome])];
    case 'error':
      return errorNames(entry);
    case 'principal':
      return [String(entry[ATTRIBUTES['principal.name']])];
    case 'table': {
      const tables = entry[SPECIAL.tables];
      return new Set(Array.isArray(tables) ? tables.map((table) => String(table).slice(1)) : []);
    }
  }
}

function errorNames(entry: StoredItem): string[] {
  const code = entry[ATTRIBUTES['error.code']];
  const isDenied = entry[ATTRIBUTES['error.denied']] === true;
  return [...(typeof code === 'string' ? [code] : []), ...(isDenied ? [DENIED] : [])];
}

function keyField(key: unknown): string {
  const part = String(key).split('#')[1] ?? '';
  return fromKeyPart(part) ?? part;
}

/** Packed with its key, which the packing refers to. */
function packSums(key: Item, sums: HourSums): Item {
  const packed = packItem({ ...key, [SPECIAL.text]: JSON.stringify([...sums]) });
  return itemSize(packed) <= MAX_SUMS_BYTES ? packed : packSums(key, withoutRarest(sums));
}

function unpackSums(item: StoredItem): HourSums {
  return new Map(JSON.parse(String(unpackItem(item)[SPECIAL.text])));
}

/** An hour with more groups than an item holds keeps the most frequent, and the rest as one. */
function withoutRarest(sums: HourSums): HourSums {
  const sorted = [...sums].sort(([, [a]], [, [b]]) => b - a);
  const kept = new Map(sorted.slice(0, Math.floor(sorted.length / 2)));
  const rest: Sums = [0, 0, 0];
  for (const [, [count, bytes, cost]] of sorted.slice(kept.size)) {
    rest[0] += count;
    rest[1] += bytes;
    rest[2] += cost;
  }
  return kept.set(OTHERS, rest);
}

function toPage(
  sums: ReadonlyMap<GroupBy, ReadonlyMap<string, HourSums>>,
  notCounted: readonly string[],
): TotalsPage {
  const toHours = (hours: ReadonlyMap<string, HourSums>) =>
    [...hours]
      .filter(([, groups]) => groups.size > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(toHourTotals);
  return {
    hours: new Map([...sums].map(([groupBy, hours]) => [groupBy, toHours(hours)])),
    openHours: notCounted.toSorted().map(startOf),
  };
}

function toHourTotals([hour, sums]: readonly [string, HourSums]): HourTotals {
  // Not by assignment: a principal may be called __proto__.
  const groups = Object.fromEntries(
    [...sums].map(([name, [count, scannedBytes, nanoUsd]]): [string, Totals] => [
      name,
      { count, scannedBytes, costUsd: nanoUsd / 1e9 },
    ]),
  );
  return { hour: startOf(hour), groups };
}

/** Hours of one month that follow each other, to be read as one range. */
function runs(hours: readonly string[]): string[][] {
  const found: string[][] = [];
  for (const hour of hours) {
    const run = found.at(-1);
    const last = run?.at(-1);
    const follows =
      run && last && run.length < MAX_RUN && next(last) === hour && monthOf(last) === monthOf(hour);
    if (follows) run.push(hour);
    else found.push([hour]);
  }
  return found;
}

/** First and last hour of a range that does not begin or end on the hour. */
function cutHours({ from, to }: Window): string[] {
  const isWhole = (time: string) => /T\d\d:00:00$/.test(time);
  return [from, to].filter((time) => !isWhole(time)).map(hourOf);
}

function windowOf(run: readonly string[]): Window {
  return { from: run[0] ?? '', to: next(run.at(-1) ?? '') };
}

function intersection(a: Window, b: Window): Window {
  return { from: a.from > b.from ? a.from : b.from, to: a.to < b.to ? a.to : b.to };
}

function next(hour: string): string {
  return hourOf(new Date(Date.parse(startOf(hour)) + HOUR_MS).toISOString());
}

function hourOf(time: string): string {
  return time.slice(0, 13);
}

function startOf(hour: string): string {
  return `${hour}:00:00Z`;
}

function totalsPartition(groupBy: GroupBy, month: string): string {
  return `S#${groupBy}#${month}`;
}
