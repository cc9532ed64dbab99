import type { AuditEvent, Verdict } from '../event/audit-event';
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
  readonly sourceIp?: string;
  readonly workgroup?: string;
  /** Text looked for in the statement, without regard to case. */
  readonly q?: string;
}

export interface PageRequest {
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly cursor?: string;
}

export interface EventPage {
  readonly events: readonly AuditEvent[];
  /** Absent at the end of the list. */
  readonly cursor?: string;
  /** Set when the bounded work ended before the page was full: everything up to here was looked at. */
  readonly searchedTo?: string;
}

/** Names seen, for suggestions and for skipping months without data. */
export type DirectoryKind = 'account' | 'region' | 'principal' | 'database' | 'table';

/** What tells one event from all others; with these its item is found without an index. */
export interface EventIdentity {
  readonly accountId: string;
  readonly eventTime: string;
  readonly eventId: string;
  readonly eventName: string;
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

  putReceipt(receipt: Receipt): Promise<void>;
  getReceipt(file: {
    readonly accountId: string;
    readonly region: string;
    readonly day: string;
    readonly key: string;
  }): Promise<Receipt | undefined>;
  listReceipts(range: {
    readonly accountId: string;
    readonly region: string;
    readonly fromDay: string;
    readonly toDay: string;
  }): AsyncIterable<Receipt>;
  setVerdict(
    file: {
      readonly accountId: string;
      readonly region: string;
      readonly day: string;
      readonly key: string;
    },
    verdict: Verdict,
  ): Promise<void>;

  listNames(kind: DirectoryKind, from: string, to: string): Promise<readonly string[]>;
}
