import type { AuditEvent, Verdict } from '../event/audit-event';
import type { EventIdentity } from './keys';
import type { Receipt } from './receipt';

/** Filters of a list, freely combined; values of one filter are alternatives. */
export interface EventFilter {
  /** Inclusive start, ISO UTC. */
  readonly from: string;
  /** Exclusive end, ISO UTC. */
  readonly to: string;
  readonly service?: string;
  readonly class?: readonly string[];
  readonly operation?: readonly string[];
  readonly access?: string;
  /** Name, ARN, role ARN or session name. */
  readonly principal?: readonly string[];
  readonly actor?: string;
  readonly account?: string;
  readonly region?: string;
  /** `db.table`, `db.*`, or a bare table name. */
  readonly table?: string;
  readonly database?: string;
  readonly outcome?: string;
  /** Error codes; `denied` stands for every refusal of access. Only a failure has an error. */
  readonly error?: readonly string[];
  readonly sourceIp?: string;
  readonly workgroup?: string;
  /** Text looked for in the statement, without regard to case. */
  readonly q?: string;
}

export interface PageRequest {
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly cursor?: string;
  /**
   * The range as the caller wrote it (`-7d`), where `from` and `to` were worked out from it: the
   * cursor is bound to these words, and goes on in the range of the first page.
   */
  readonly range?: readonly (string | undefined)[];
}

export interface EventPage {
  readonly events: readonly AuditEvent[];
  /** Absent at the end of the list. */
  readonly cursor?: string;
  /** Set when the bounded work ended before the page was full: everything up to here was looked at. */
  readonly searchedTo?: string;
}

/** Names seen, for suggestions and for skipping months without data. */
export type DirectoryKind = 'account' | 'region' | 'principal' | 'database' | 'table' | 'class';

export type { EventIdentity };

/**
 * What totals are grouped by. An event counts in one group; by table in each that it touches; by
 * error, if it failed, under its code, and under `denied` too where access was refused.
 */
export const GROUPS = [
  'class',
  'operation',
  'principal',
  'table',
  'outcome',
  'error',
  'account',
] as const;
export type GroupBy = (typeof GROUPS)[number];
/** The group that takes in all that are not told apart. */
export const OTHERS = '(others)';

export interface Totals {
  readonly count: number;
  readonly scannedBytes: number;
  readonly costUsd: number;
}

export interface HourTotals {
  /** Start of the hour, ISO UTC. */
  readonly hour: string;
  readonly groups: Readonly<Record<string, Totals>>;
}

export interface TotalsPage {
  /** For each that was asked for: hours that have any events, oldest first. */
  readonly hours: ReadonlyMap<GroupBy, readonly HourTotals[]>;
  /** Hours that changed so lately and hold so much that their totals may be behind. */
  readonly openHours: readonly string[];
}

/** A log file, and what it is filed under. */
export interface FileIdentity extends LogSource {
  /** Publish date, `yyyy-mm-dd`. */
  readonly day: string;
  /** From the file's name, where that says it. */
  readonly deliveredAt?: string;
  /** Object key. */
  readonly key: string;
}

export interface LogSource {
  readonly accountId: string;
  readonly region: string;
}

/** Whole hours, by delivery: those that begin before `to` and end after `from`, ISO UTC. */
export interface DeliveryRange extends Partial<LogSource> {
  readonly from: string;
  readonly to: string;
}

export interface FileVerdict {
  readonly file: FileIdentity;
  readonly verdict: Verdict;
  /** Of the hash that a digest signed, as `hashMark` shortens it; absent where none did. */
  readonly signed?: string;
  /** The proof that there was is none any more: `unlisted` then replaces every other verdict. */
  readonly takesBack?: boolean;
}

/** What is to be remembered of digests. */
export interface DigestNotes {
  /** One that was read, whatever was found. */
  readonly arrived?: FileIdentity;
  /** One that a later one names as the one before it. */
  readonly continued?: FileIdentity;
}

/** What is known of a file. */
export interface DeliveredFile extends LogSource {
  /** ISO UTC; of a file without receipt the start of its hour. */
  readonly deliveredAt: string;
  /** Absent: a digest names the file, but it was not taken in. */
  readonly receipt?: Receipt;
  readonly verdict: Verdict;
}

/** Where Querytrail keeps what it knows. Every write can be repeated without changing the result. */
export interface EventStore {
  /**
   * Writes events with their table and directory entries. Events may repeat; what recovery added
   * to an event that is already there stays.
   * @throws UpstreamError when DynamoDB did not take everything within the bounded retries.
   */
  putEvents(events: readonly AuditEvent[]): Promise<void>;
  /** Every event with this id: nearly always one. */
  getEvents(eventId: string): Promise<readonly AuditEvent[]>;
  /** The events with these identities that are there, strongly consistent, in any order. */
  findEvents(identities: readonly EventIdentity[]): Promise<readonly AuditEvent[]>;
  /** @throws RequestError `request.cursor` for a foreign or tampered cursor. */
  listEvents(filter: EventFilter, page: PageRequest): Promise<EventPage>;
  /** Overwrites the event (found by its own keys) with its recovered form, table entries included. */
  putRecovered(before: AuditEvent, after: AuditEvent): Promise<void>;

  /**
   * Writes the receipts of files that are done, many in an item. Of several receipts of a file one
   * that says `stored` counts, else the latest, whatever order they come in.
   */
  putReceipts(receipts: readonly Receipt[]): Promise<void>;
  /**
   * Sets verdicts, also of files that have no receipt (yet). `unlisted` replaces no other, unless
   * it takes that one back.
   */
  setVerdicts(verdicts: readonly FileVerdict[], digests?: DigestNotes): Promise<void>;
  /**
   * Judges files whose receipts were written long after their delivery, when their digests may have
   * arrived: by the hash that was signed, or as `unlisted`.
   *
   * @returns the verdicts that have changed.
   */
  judgeLate(receipts: readonly Receipt[]): Promise<readonly FileVerdict[]>;
  /** Whether a digest was noted as `continued`, strongly consistent. */
  isContinued(digest: FileIdentity): Promise<boolean>;
  /** Each file once, receipts joined with verdicts, day by day. */
  listFiles(range: DeliveryRange): AsyncIterable<DeliveredFile>;
  /** Days of a range in which there may be files, oldest first: those of months that have any. */
  listDays(range: Pick<DeliveryRange, 'from' | 'to'>): Promise<readonly string[]>;
  /** Accounts and Regions that sent files in the months of these days. */
  listSources(days: readonly string[]): Promise<readonly LogSource[]>;

  /**
   * Totals by hour of the events from `from` on and before `to`: few reads, however many events, and
   * little more for several kinds of groups than for one.
   */
  readTotals(from: string, to: string, groupBy: readonly GroupBy[]): Promise<TotalsPage>;
  /**
   * Keeps the totals of hours that have come to rest, some at a time; answers how many. To be called
   * now and then by whoever writes: totals are right without, but dearer to read.
   */
  rollUp(): Promise<number>;

  listNames(kind: DirectoryKind, from: string, to: string): Promise<readonly string[]>;
}
