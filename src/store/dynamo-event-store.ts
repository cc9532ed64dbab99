import { isDeepStrictEqual } from 'node:util';
import { allOf, inParallel } from '../concurrency';
import type { AuditEvent } from '../event/audit-event';
import { SPECIAL } from './attributes';
import { fileOfKey, isInTime } from './delivery';
import { createDirectoryWriter, directoryEntries } from './directory';
import { createDynamoCalls, type StoredItem } from './dynamo-calls';
import { type ItemSettings, recoveryRank, toItem } from './event-item';
import { createEventReader, DEFAULT_SHARDS, type DynamoEventStoreOptions } from './event-reader';
import type { EventStore } from './event-store';
import { eventKey, keyId, keyOf } from './keys';
import { createLateJudge } from './late-files';
import { sourceItems } from './log-sources';
import { createReceiptPacks } from './receipt-packs';
import { tableEntries } from './table-entry';
import { createTotals } from './totals';
import { createVerdicts } from './verdicts';

/** Single puts at once, where a batch cannot carry the condition. */
const PARALLEL_PUTS = 32;

/** The event store in one DynamoDB table; see docs/storage.md for its keys. */
export function createDynamoEventStore(options: DynamoEventStoreOptions): EventStore {
  const { retentionDays, shards = DEFAULT_SHARDS, now = Date.now } = options;
  const settings: ItemSettings = { shards, retentionDays };
  const calls = createDynamoCalls(options);
  const directory = createDirectoryWriter(calls);
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
    await enter(missing);
    const plain = missing.filter((event) => !mayBeRecovered(event));
    await allOf([
      () => calls.putAll(plain.map((event) => toItem(event, settings))),
      () => inParallel(missing.filter(mayBeRecovered), putUnlessRecovered, PARALLEL_PUTS),
    ]);
  }

  async function putUnlessRecovered(event: AuditEvent): Promise<void> {
    await calls.putIf(toItem(event, settings), 'attribute_not_exists(#rv)', {
      '#rv': SPECIAL.recovered,
    });
  }

  /**
   * Leaves out what is stored already. Only asked about at all where the first event of a file is
   * there, as in a replay: a file that comes late then costs one read, and a replay reads instead of
   * writes.
   */
  async function withoutStored(events: readonly AuditEvent[]): Promise<readonly AuditEvent[]> {
    const files = [...Map.groupBy(events, ({ evidence }) => evidence.key).values()];
    const late = files.filter(([first]) => first && !isOnTime(first));
    const keyFor = (event: AuditEvent) => eventKey(event, shards);
    const stored = new Map<string, StoredItem>();
    const find = async (wanted: readonly AuditEvent[]) => {
      // What a read at half the price does not see yet is written again, which changes nothing.
      for (const item of await calls.getAll(wanted.map(keyFor)))
        stored.set(keyId(keyOf(item)), item);
    };
    await find(late.flatMap(([first]) => first ?? []));
    const replayed = late.filter(([first]) => first && stored.has(keyId(keyFor(first))));
    await find(replayed.flatMap(([, ...rest]) => rest));
    return events.filter((event) => {
      const before = stored.get(keyId(keyFor(event)));
      return (
        !before || !(isRecovered(before) || isDeepStrictEqual(before, toItem(event, settings)))
      );
    });
  }

  function isOnTime({ evidence }: AuditEvent): boolean {
    const file = fileOfKey(evidence.key);
    return file !== undefined && isInTime(file, now());
  }

  /** Writes what leads to the events, and notes their hours. */
  async function enter(events: readonly AuditEvent[]): Promise<void> {
    await allOf([
      () => totals.note(events.map((event) => event.eventTime)),
      () => directory.write(events.flatMap((event) => directoryEntries(event, retentionDays))),
      () => calls.putAll(events.flatMap((event) => tableEntries(event, settings))),
    ]);
  }

  async function putRecovered(_before: AuditEvent, after: AuditEvent): Promise<void> {
    const rank = recoveryRank(after);
    await enter([after]);
    await calls.putIf(
      { ...toItem(after, settings), [SPECIAL.recovered]: rank },
      'attribute_not_exists(#rv) OR #rv <= :rank',
      { '#rv': SPECIAL.recovered },
      { ':rank': rank },
    );
  }

  return {
    ...createEventReader(options),
    putEvents,
    putRecovered,
    async putReceipts(done) {
      await directory.write(sourceItems(done, retentionDays));
      await receipts.putReceipts(done);
    },
    async setVerdicts(found, digests) {
      const files = found.map(({ file }) => file);
      await directory.write(sourceItems(files, retentionDays));
      await verdicts.setVerdicts(found, digests);
    },
    judgeLate: createLateJudge(verdicts),
    isContinued: verdicts.isContinued,
    rollUp: totals.rollUp,
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
