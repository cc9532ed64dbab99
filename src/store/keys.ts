import { createHash } from 'node:crypto';
import type { AuditEvent, Principal } from '../event/audit-event';
import { TABLE } from './names';

/** What tells one event from all others. */
export interface EventIdentity {
  readonly accountId: string;
  readonly eventTime: string;
  readonly eventId: string;
  readonly eventName: string;
}

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** The key of an item as DynamoDB gives it. */
export function keyOf(item: Readonly<Record<string, unknown>>): ItemKey {
  return { pk: String(item[TABLE.partitionKey]), sk: String(item[TABLE.sortKey]) };
}

/** A key as text, to find an item by in a map. */
export function keyId({ pk, sk }: ItemKey): string {
  return `${pk}\n${sk}`;
}

/** A table as the store keeps it: its database (`''` if unknown) and bare name (`''`: none). */
export interface TableRef {
  readonly database: string;
  readonly table: string;
}

/** Longest part of a key in bytes; four of them fit the 1,024 bytes of a sort key. */
const MAX_PART_BYTES = 200;

/**
 * A value as part of a key: `#` (the separator) and `%` escaped; a long one cut and told apart by
 * its SHA-256.
 */
export function keyPart(value: string): string {
  const escaped = value.toWellFormed().replace(/[%#]/g, (mark) => (mark === '#' ? '%23' : '%25'));
  if (Buffer.byteLength(escaped) <= MAX_PART_BYTES) return escaped;
  const hash = createHash('sha256').update(value).digest('hex').slice(0, 32);
  return `${Buffer.from(escaped)
    .subarray(0, MAX_PART_BYTES - 36)
    .toString()
    .replace(/\uFFFD$/, '')}%~${hash}`;
}

/** The value back from its key part; undefined where it was cut. */
export function fromKeyPart(part: string): string | undefined {
  if (part.includes('%~')) return undefined;
  return part.replace(/%2[35]/g, (code) => (code === '%23' ? '#' : '%'));
}

/**
 * A time as part of a key: without `Z` and without trailing zeros of a fraction, so that times sort
 * as text however many digits were logged, and `#` behind it sorts before any further digit.
 */
export function keyTime(iso: string): string {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?Z$/.exec(iso);
  if (!parts) return keyTime(new Date(iso).toISOString());
  const fraction = parts[3]?.replace(/0+$/, '');
  return `${parts[1]}:${parts[2] ?? '00'}${fraction ? `.${fraction}` : ''}`;
}

/** `yyyy-mm` of a key time. */
export function monthOf(time: string): string {
  return time.slice(0, 7);
}

/** Which of the shards holds an event: a function of its id alone. */
export function shardOf(eventId: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < eventId.length; at++) {
    hash = Math.imul(hash ^ eventId.charCodeAt(at), 0x01000193);
  }
  hash ^= hash >>> 15;
  return (hash >>> 0) % shards;
}

/** The sort key of an event's item, and its place in the total order of all events. */
export function positionOf(event: Omit<EventIdentity, 'accountId'>): string {
  return `${keyTime(event.eventTime)}#${keyPart(event.eventId)}#${keyPart(event.eventName)}`;
}

/** Key of an event's item. */
export function eventKey(event: EventIdentity, shards: number): ItemKey {
  const sk = positionOf(event);
  return { pk: accountPartition(event.accountId, monthOf(sk), shardOf(event.eventId, shards)), sk };
}

export function accountPartition(accountId: string, month: string, shard: number): string {
  return `A#${keyPart(accountId)}#${month}#${shard}`;
}

export function classPartition(eventClass: string, month: string, shard: number): string {
  return `C#${eventClass}#${month}#${shard}`;
}

export function principalPartition(key: string, month: string, shard: number): string {
  return `P#${keyPart(key)}#${month}#${shard}`;
}

export function failurePartition(month: string, shard: number): string {
  return `F#${month}#${shard}`;
}

export function tablePartition(
  service: string,
  database: string,
  month: string,
  shard: number,
): string {
  return `T#${service}#${keyPart(database)}#${month}#${shard}`;
}

export function directoryPartition(kind: string, month: string): string {
  return `D#${kind}#${month}`;
}

/** Of the receipts of files delivered on a day. */
export function receiptPartition(day: string): string {
  return `L#${day}`;
}

/** Of the verdicts of files delivered on a day. */
export function verdictPartition(day: string): string {
  return `V#${day}`;
}

/** A role session's principal is its role, so that one partition holds all of its sessions. */
export function principalKey(principal: Principal): string {
  return principal.roleArn ?? principal.arn ?? principal.name;
}

/**
 * Splits a table name: the last part is the table, the one before it the database. Names are kept
 * in lower case, as both services compare them.
 */
export function tableRef(name: string): TableRef {
  const parts = name.toLowerCase().split('.');
  const table = parts.pop() ?? '';
  return { database: parts.pop() ?? '', table };
}

/**
 * Where an event is entered by table: each table once, a whole database as table `*`, and the
 * event's own database without a table when none of its tables lies in it.
 */
export function tableRefs(event: Pick<AuditEvent, 'tables' | 'database'>): TableRef[] {
  const refs = new Map<string, TableRef>();
  for (const { name } of event.tables) refs.set(name.toLowerCase(), tableRef(name));
  const database = event.database?.toLowerCase();
  if (database && ![...refs.values()].some((ref) => ref.database === database)) {
    refs.set('', { database, table: '' });
  }
  return [
    ...new Map([...refs.values()].map((ref) => [`${ref.database}\n${ref.table}`, ref])).values(),
  ];
}
