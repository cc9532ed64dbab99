import type { AuditEvent } from '../event/audit-event';
import { createDeliveredFiles } from './delivered-files';
import { fileOfKey } from './delivery';
import { DIRECTORY, ENTRY } from './directory';
import { type CallSettings, createDynamoCalls, type StoredItem } from './dynamo-calls';
import { fromItem, isExpired } from './event-item';
import type { DirectoryKind, EventIdentity, EventStore } from './event-store';
import { directoryPartition, eventKey, keyOf, keyPart, keyTime } from './keys';
import { DEFAULT_BOUNDS, listEvents, type WorkBounds } from './list-events';
import { createLogSources } from './log-sources';
import { INDEXES, TABLE } from './names';
import { listMonths } from './plan';
import { createReceiptPacks } from './receipt-packs';
import { createTotals, type TotalsTiming } from './totals';
import { createVerdicts } from './verdicts';

export interface DynamoEventStoreOptions extends CallSettings {
  /** Partitions per account, class, principal … and month. Never changed once events are stored. */
  readonly shards?: number;
  /** Days until what is written expires; absent: never. */
  readonly retentionDays?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  readonly bounds?: WorkBounds;
  /** When an hour's totals are kept; shorter where one process is the only writer. */
  readonly totalsTiming?: TotalsTiming;
  /** Most index entries that totals count at once. */
  readonly maxCounted?: number;
}

/** The part of the store that only reads. */
export type EventReader = Pick<
  EventStore,
  | 'getEvents'
  | 'findEvents'
  | 'listEvents'
  | 'listFiles'
  | 'listDays'
  | 'listSources'
  | 'readTotals'
  | 'listNames'
>;

export const DEFAULT_SHARDS = 4;

/** Reads the table: all that the API needs, so that its function does not load how to write. */
export function createEventReader(options: DynamoEventStoreOptions): EventReader {
  const { retentionDays, shards = DEFAULT_SHARDS, now = Date.now } = options;
  const { bounds = DEFAULT_BOUNDS } = options;
  const calls = createDynamoCalls(options);
  const sources = createLogSources(calls);
  const receipts = createReceiptPacks(calls);
  const verdicts = createVerdicts(calls);
  const { totalsTiming: timing, maxCounted } = options;
  const totals = createTotals({ calls, shards, now, retentionDays, timing, maxCounted });

  async function getEvents(eventId: string): Promise<AuditEvent[]> {
    const entries = calls.queryAll({
      IndexName: INDEXES.byEventId.name,
      KeyConditionExpression: '#i = :i',
      ExpressionAttributeNames: { '#i': INDEXES.byEventId.partitionKey },
      ExpressionAttributeValues: { ':i': keyPart(eventId) },
    });
    const keys = await Array.fromAsync(entries, keyOf);
    const events = await toEvents(await calls.getAll(keys));
    return events.sort((a, b) => (keyTime(a.eventTime) < keyTime(b.eventTime) ? -1 : 1));
  }

  async function findEvents(identities: readonly EventIdentity[]): Promise<AuditEvent[]> {
    const keys = identities.map((identity) => eventKey(identity, shards));
    return toEvents(await calls.getAll(keys, { consistent: true }));
  }

  async function toEvents(items: readonly StoredItem[]): Promise<AuditEvent[]> {
    return joinVerdicts(items.filter((item) => !isExpired(item, now())).map(fromItem));
  }

  /** A file's verdict lives by itself, so that digests need not touch events. */
  async function joinVerdicts(events: readonly AuditEvent[]): Promise<AuditEvent[]> {
    const files = new Map(
      events.flatMap(({ evidence }) => {
        const file = fileOfKey(evidence.key);
        return file ? [[file.key, file] as const] : [];
      }),
    );
    const found = await verdicts.proofsOf([...files.values()]);
    return events.map((event) => {
      const integrity = found.get(event.evidence.key)?.verdict ?? 'unverified';
      return { ...event, evidence: { ...event.evidence, integrity } };
    });
  }

  async function listNames(kind: DirectoryKind, from: string, to: string): Promise<string[]> {
    const names = new Set<string>();
    for (const month of await listMonths(calls, { from: keyTime(from), to: keyTime(to) })) {
      const entries = calls.queryAll({
        KeyConditionExpression: '#pk = :pk',
        ExpressionAttributeNames: { '#pk': TABLE.partitionKey },
        ExpressionAttributeValues: { ':pk': directoryPartition(DIRECTORY[kind], month) },
      });
      for await (const entry of entries) names.add(String(entry[ENTRY.name]));
    }
    names.delete('');
    return [...names].sort();
  }

  return {
    getEvents,
    findEvents,
    async listEvents(filter, page) {
      const list = await listEvents({ calls, shards, now, bounds }, filter, page);
      return { ...list, events: await joinVerdicts(list.events) };
    },
    listFiles: createDeliveredFiles({ receipts, verdicts }),
    ...sources,
    readTotals: totals.readTotals,
    listNames,
  };
}
