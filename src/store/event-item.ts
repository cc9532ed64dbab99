import { type AuditEvent, auditEventSchema, type Principal } from '../event/audit-event';
import { ATTRIBUTES, SPECIAL } from './attributes';
import type { StoredItem } from './dynamo-calls';
import { type AttributeValue, type Item, itemSize } from './item-size';
import {
  classPartition,
  eventKey,
  failurePartition,
  fromKeyPart,
  keyPart,
  keyTime,
  monthOf,
  principalKey,
  principalPartition,
  shardOf,
  tableRefs,
} from './keys';
import { INDEXES, TABLE } from './names';
import { packItem, unpackItem } from './packed-item';
import { cutText } from './statement-text';

export interface ItemSettings {
  readonly shards: number;
  /** Days from the event's time until its item expires; absent: never. */
  readonly retentionDays?: number;
}

/** Bounds of what is no statement: with them an item cannot reach DynamoDB's 400 KB. */
const MAX_STRING_BYTES = 2048;
const MAX_LIST_BYTES = 16 * 1024;
/** Longest list of databases that an index carries; more are marked as "any". */
const MAX_MARK_BYTES = 200;

const ANY_DATABASE = '*';
const FIELDS = Object.entries(ATTRIBUTES);

/** An event as it is stored. A pure function of the event: a replay makes the same item. */
export function toItem(event: AuditEvent, settings: ItemSettings): Item {
  const { pk, sk } = eventKey(event, settings.shards);
  const month = monthOf(sk);
  const shard = shardOf(event.eventId, settings.shards);
  const item: Item = {
    [TABLE.partitionKey]: pk,
    [TABLE.sortKey]: sk,
    [INDEXES.byEventId.partitionKey]: keyPart(event.eventId),
    [INDEXES.byClass.partitionKey]: classPartition(event.class, month, shard),
    [INDEXES.byPrincipal.partitionKey]: principalPartition(
      principalKey(event.principal),
      month,
      shard,
    ),
  };
  if (event.outcome === 'failed') {
    item[INDEXES.failures.partitionKey] = failurePartition(month, shard);
  }
  const expiresAt = expiryOf(event.eventTime, settings.retentionDays);
  if (expiresAt !== undefined) item[TABLE.ttl] = expiresAt;

  const shortened = new Set(event.shortened);
  addWhatKeysLack(item, event, shortened);
  addFields(item, event, shortened);
  addTables(item, event, shortened);
  addText(item, event.statement);
  if (shortened.size > 0) item[ATTRIBUTES.shortened] = [...shortened];
  return packItem(item);
}

/** The event of an item. Its verdict is not stored with it: `unverified` until it is joined. */
export function fromItem(stored: StoredItem): AuditEvent {
  const item = unpackItem(stored);
  const event: Record<string, unknown> = { tables: [], resources: [] };
  for (const [path, name] of FIELDS) {
    if (item[name] !== undefined) writePath(event, path, item[name]);
  }
  const [time = '', id = '', name = ''] = textOf(item[TABLE.sortKey]).split('#');
  const [, account = ''] = textOf(item[TABLE.partitionKey]).split('#');
  const [, eventClass] = textOf(item[INDEXES.byClass.partitionKey]).split('#');
  event.eventTime = item[SPECIAL.eventTime] ?? `${time}Z`;
  event.eventId = item[SPECIAL.eventId] ?? fromKeyPart(id);
  event.eventName = item[SPECIAL.eventName] ?? fromKeyPart(name);
  event.accountId = item[SPECIAL.accountId] ?? fromKeyPart(account);
  event.class = eventClass;
  readPrincipal(event, item);
  readTables(event, item);
  if (item[ATTRIBUTES['error.message']] === true) {
    writePath(event, 'error.message', item[ATTRIBUTES['execution.stateReason']]);
  }
  if (item[SPECIAL.text] !== undefined) writePath(event, 'statement.text', item[SPECIAL.text]);
  writePath(event, 'evidence.integrity', 'unverified');
  return auditEventSchema.parse(event);
}

/** TTL deletes late: an expired item is still there for days. */
export function isExpired(item: Readonly<Record<string, unknown>>, nowMs: number): boolean {
  const expiresAt = item[TABLE.ttl];
  return typeof expiresAt === 'number' && expiresAt * 1000 <= nowMs;
}

/** Epoch seconds at which an event of this time expires. */
export function expiryOf(eventTime: string, retentionDays: number | undefined): number | undefined {
  if (retentionDays === undefined) return undefined;
  return Math.floor(Date.parse(eventTime) / 1000) + retentionDays * 86_400;
}

/**
 * How far recovery got: 1 an answer that may still change, 2 the end. A lower one never
 * overwrites a higher one.
 */
export function recoveryRank(event: AuditEvent): 1 | 2 {
  const open = event.outcome === 'accepted' || event.outcome === 'running';
  return open || event.statement?.unavailable !== undefined ? 1 : 2;
}

/** The databases that an event touches, as an index carries them. */
function databaseMark(event: Pick<AuditEvent, 'tables' | 'database'>): string | undefined {
  const databases = new Set(tableRefs(event).map((ref) => ref.database));
  databases.delete('');
  if (databases.size === 0) return undefined;
  const mark = `\n${[...databases].join('\n')}\n`;
  return Buffer.byteLength(mark) <= MAX_MARK_BYTES ? mark : ANY_DATABASE;
}

function addWhatKeysLack(item: Item, event: AuditEvent, shortened: Set<string>): void {
  if (`${keyTime(event.eventTime)}Z` !== event.eventTime) item[SPECIAL.eventTime] = event.eventTime;
  for (const field of ['eventId', 'eventName', 'accountId'] as const) {
    if (isCutInKey(event[field])) item[SPECIAL[field]] = bounded(event[field], field, shortened);
  }
}

function addFields(item: Item, event: AuditEvent, shortened: Set<string>): void {
  for (const [path, name] of FIELDS) {
    const value = readPath(event, path);
    if (value !== undefined) item[name] = bounded(value, path, shortened);
  }
  const { error, execution } = event;
  if (error?.message !== undefined && error.message === execution?.stateReason) {
    item[ATTRIBUTES['error.message']] = true;
  }
  const { principal } = event;
  const key = principalKey(principal);
  if (isCutInKey(key)) return;
  if (principal.arn !== undefined && principal.arn === derivedArn(principal, key)) {
    item[ATTRIBUTES['principal.arn']] = true;
  }
  if (principal.roleArn !== undefined) item[ATTRIBUTES['principal.roleArn']] = true;
}

function readPrincipal(event: Record<string, unknown>, item: Readonly<Record<string, unknown>>) {
  const [, part = ''] = textOf(item[INDEXES.byPrincipal.partitionKey]).split('#');
  const key = fromKeyPart(part) ?? '';
  const role = item[ATTRIBUTES['principal.roleArn']] === true ? key : undefined;
  const sessionName = textOf(item[ATTRIBUTES['principal.sessionName']]);
  if (role !== undefined) writePath(event, 'principal.roleArn', role);
  if (item[ATTRIBUTES['principal.arn']] === true) {
    writePath(event, 'principal.arn', derivedArn({ roleArn: role, sessionName }, key));
  }
}

/** The ARN that goes without saying: of a role's session, else the principal's own key. */
function derivedArn(
  principal: Pick<Principal, 'roleArn' | 'sessionName'>,
  key: string,
): string | undefined {
  if (principal.roleArn === undefined) return key;
  const role = /^arn:([^:]+):iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(principal.roleArn);
  return role
    ? `arn:${role[1]}:sts::${role[2]}:assumed-role/${role[3]}/${principal.sessionName}`
    : undefined;
}

function addTables(item: Item, event: AuditEvent, shortened: Set<string>): void {
  const mark = databaseMark(event);
  if (mark !== undefined) item[SPECIAL.databases] = mark;
  if (event.tables.length > 0) {
    const tables = event.tables.map(
      ({ name, access }) => `${access === 'read' ? 'r' : 'w'}${name}`,
    );
    item[SPECIAL.tables] = bounded(tables, 'tables', shortened);
  }
  if (event.resources.length > 0) {
    const resources = event.resources.map(({ type, arn, uri, access }) => ({
      ...(type !== undefined && { t: type }),
      ...(arn !== undefined && { a: arn }),
      ...(uri !== undefined && { u: uri }),
      ...(access !== undefined && { x: access }),
    }));
    item[SPECIAL.resources] = bounded(resources, 'resources', shortened);
  }
}

function readTables(event: Record<string, unknown>, item: Readonly<Record<string, unknown>>): void {
  event.tables = listOf(item[SPECIAL.tables]).map((entry) => ({
    name: textOf(entry).slice(1),
    access: textOf(entry).startsWith('r') ? 'read' : 'write',
  }));
  event.resources = listOf(item[SPECIAL.resources]).map((entry) => ({
    type: readPath(entry, 't'),
    arn: readPath(entry, 'a'),
    uri: readPath(entry, 'u'),
    access: readPath(entry, 'x'),
  }));
}

function addText(item: Item, statement: AuditEvent['statement']): void {
  if (statement?.text === undefined) return;
  const { text, cut } = cutText(statement.text.toWellFormed());
  item[SPECIAL.text] = text;
  if (!cut) return;
  item[ATTRIBUTES['statement.truncated']] = true;
  item[ATTRIBUTES['statement.sizeBytes']] ??= cut.sizeBytes;
  item[ATTRIBUTES['statement.sha256']] ??= cut.sha256;
}

/** Text of an item's statement, without making the event of it. */
export function statementText(item: StoredItem): string | undefined {
  const text = unpackItem(item)[SPECIAL.text];
  return typeof text === 'string' ? text : undefined;
}

/** Cuts what no real record holds, and says so: the original record still has it whole. */
function bounded(value: unknown, path: string, shortened: Set<string>): AttributeValue {
  if (typeof value === 'string') {
    const whole = value.toWellFormed();
    if (whole.length * 3 <= MAX_STRING_BYTES || Buffer.byteLength(whole) <= MAX_STRING_BYTES) {
      return whole;
    }
    shortened.add(path);
    return Buffer.from(whole)
      .subarray(0, MAX_STRING_BYTES)
      .toString()
      .replace(/\uFFFD$/, '');
  }
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) {
    let size = 0;
    const kept: AttributeValue[] = [];
    for (const element of value) {
      const entry = bounded(element, path, shortened);
      size += itemSize({ e: entry });
      if (size > MAX_LIST_BYTES) {
        shortened.add(path);
        break;
      }
      kept.push(entry);
    }
    return kept;
  }
  return Object.fromEntries(
    Object.entries(value ?? {}).map(([name, member]) => [name, bounded(member, path, shortened)]),
  );
}

function isCutInKey(value: string): boolean {
  return fromKeyPart(keyPart(value)) !== value;
}

function readPath(from: unknown, path: string): unknown {
  let value = from;
  for (const name of path.split('.')) {
    if (!isRecord(value)) return undefined;
    value = value[name];
  }
  return value;
}

function writePath(into: Record<string, unknown>, path: string, value: unknown): void {
  const [head = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    into[head] = value;
    return;
  }
  const child = isRecord(into[head]) ? into[head] : {};
  into[head] = child;
  writePath(child, rest.join('.'), value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
