import { isDeepStrictEqual } from 'node:util';
import { inParallel } from '../concurrency';
import type { AuditEvent } from '../event/audit-event';
import { SPECIAL } from './attributes';
import { createDeliveredFiles } from './delivered-files';
import { fileOfKey } from './delivery';
import {
  createDirectoryWriter,
  DIRECTORY,
  type DirectoryWriter,
  directoryEntries,
  ENTRY,
} from './directory';
import { type CallSettings, createDynamoCalls, type StoredItem } from './dynamo-calls';
import { fromItem, type ItemSettings, isExpired, recoveryRank, toItem } from './event-item';
import type { DirectoryKind, EventIdentity, EventStore } from './event-store';
import { directoryPartition, eventKey, keyId, keyOf, keyPart, keyTime } from './keys';
import { createLateJudge } from './late-files';
import { DEFAULT_BOUNDS, listEvents, type WorkBounds } from './list-events';
import { createLogSources } from './log-sources';
import { INDEXES, TABLE } from './names';
import { listMonths } from './plan';
import { createReceiptPacks } from './receipt-packs';
import { tableEntries } from './table-entry';
import { createTotals, type TotalsTiming } from './totals';
import { createVerdicts } from './verdicts';

export interface DynamoEventStoreOptions extends CallSettings {
  /** Partitions per account, class, principal … and month. Never changed once events are stored. */
  readonly shards?: number;
  /** Days until an event expires; absent: never. */
  readonly retentionDays?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  readonly bounds?: WorkBounds;
  /** When an hour's totals are kept; shorter where one process is the only writer. */
  readonly totalsTiming?: TotalsTiming;
  /** Most index entries that totals count at once. */
  readonly maxCounted?: number;
}

const DEFAULT_SHARDS = 4;

/** Single puts at once, where a batch cannot carry the condition. */
const PARALLEL_PUTS = 32;

/** The event store in one DynamoDB table; see docs/storage.md for its keys. */
export function createDynamoEventStore(options: DynamoEventStoreOptions): EventStore {
  const { retentionDays, shards = DEFAULT_SHARDS, now = Date.now } = options;
  const { bounds = DEFAULT_BOUNDS } = options;
  const settings: ItemSettings = { shards, retentionDays };
  const calls = createDynamoCalls(options);
  const directory: DirectoryWriter = createDirectoryWriter(calls);
  const sources = createLogSources({ calls, directory, retentionDays });
  const receipts = createReceiptPacks(calls, retentionDays);
  const verdicts = createVerdicts(calls, retentionDays);
  const { totalsTiming: timing, maxCounted } = options;
  const totals = createTotals({ calls, shards, now, retentionDays, timing, maxCounted });

  async function putEvents(events: readonly AuditEvent[]): Promise<void> {
    const unique = new Map<string, AuditEvent>();
    for (const event of events) {
      const id = keyId(eventKey(event, shards));
      const twin = unique.get(id);
      if (!twin || isEarlier(event, twin)) unique.set(id, event);
    }
    const missing = await withoutStored([...unique.values()]);
    if (missing.length === 0) return;

    // The event comes last: once it is there, so is everything that leads to it.
    await noteAndEnter(missing);
    await calls.putAll(missing.flatMap((event) => tableEntries(event, settings)));
    const plain = missing.filter((event) => !mayBeRecovered(event));
    await calls.putAll(plain.map((event) => toItem(event, settings)));
    await inParallel(
      missing.filter(mayBeRecovered),
      async (event) => {
        await calls.putIf(toItem(event, settings), 'attribute_not_exists(#rv)', {
          '#rv': SPECIAL.recovered,
        });
      },
      PARALLEL_PUTS,
    );
  }

  /**
   * Leaves out what is stored already. Only asked about at all when the first event is there, as in
   * a replay: a new file then costs one read, and a replay reads instead of writes.
   */
  async function withoutStored(events: readonly AuditEvent[]): Promise<readonly AuditEvent[]> {
    const [first, ...rest] = events;
    if (!first) return [];
    // What a read at half the price does not see yet is written again, which changes nothing.
    const stored = await getItems([first], { consistent: false });
    if (stored.size === 0) return events;
    for (const [id, item] of await getItems(rest, { consistent: false })) stored.set(id, item);
    return events.filter((event) => {
      const item = toItem(event, settings);
      const before = stored.get(keyId(keyOf(item)));
      return !before || !(isRecovered(before) || isDeepStrictEqual(before, item));
    });
  }

  async function getItems(
    events: readonly EventIdentity[],
    options: { readonly consistent: boolean },
  ): Promise<Map<string, StoredItem>> {
    const keys = events.map((event) => eventKey(event, shards));
    const items = await calls.getAll(keys, options);
    return new Map(items.map((item) => [keyId(keyOf(item)), item]));
  }

  async function noteAndEnter(events: readonly AuditEvent[]): Promise<void> {
    await Promise.all([
      totals.note(events.map((event) => event.eventTime)),
      directory.write(events.flatMap((event) => directoryEntries(event, retentionDays))),
    ]);
  }

  async function putRecovered(_before: AuditEvent, after: AuditEvent): Promise<void> {
    const rank = recoveryRank(after);
    await noteAndEnter([after]);
    await calls.putAll(tableEntries(after, settings));
    await calls.putIf(
      { ...toItem(after, settings), [SPECIAL.recovered]: rank },
      'attribute_not_exists(#rv) OR #rv <= :rank',
      { '#rv': SPECIAL.recovered },
      { ':rank': rank },
    );
  }

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
    return toEvents([...(await getItems(identities, { consistent: true })).values()]);
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
    putEvents,
    getEvents,
    findEvents,
    async listEvents(filter, page) {
      const list = await listEvents({ calls, shards, now, bounds }, filter, page);
      return { ...list, events: await joinVerdicts(list.events) };
    },
    putRecovered,
    async putReceipts(done) {
      await sources.note(done);
      await receipts.putReceipts(done);
    },
    async setVerdicts(found, digests) {
      await sources.note(found.map(({ file }) => file));
      await verdicts.setVerdicts(found, digests);
    },
    judgeLate: createLateJudge(verdicts),
    isContinued: verdicts.isContinued,
    listFiles: createDeliveredFiles({ receipts, verdicts }),
    listDays: sources.listDays,
    listSources: sources.listSources,
    readTotals: totals.readTotals,
    rollUp: totals.rollUp,
    listNames,
  };
}

/** Of two records of one event the first in the trail is kept, whatever order they come in. */
function isEarlier({ evidence: a }: AuditEvent, { evidence: b }: AuditEvent): boolean {
  return a.key === b.key ? a.index < b.index : a.key < b.key;
}

/** Whether recovery may come to this event, now or earlier: then it must not be overwritten. */
function mayBeRecovered(event: AuditEvent): boolean {
  return (
    event.service === 'athena' &&
    (event.statement?.unavailable !== undefined ||
      event.outcome === 'accepted' ||
      event.outcome === 'running')
  );
}

function isRecovered(item: StoredItem): boolean {
  return item[SPECIAL.recovered] !== undefined;
}
