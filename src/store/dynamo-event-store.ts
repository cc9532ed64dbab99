import { isDeepStrictEqual } from 'node:util';
import { inParallel } from '../concurrency';
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
   * a replay: a file that comes late then costs one read, and a replay reads instead of writes.
   */
  async function withoutStored(events: readonly AuditEvent[]): Promise<readonly AuditEvent[]> {
    const [first, ...rest] = events;
    if (!first) return [];
    const file = fileOfKey(first.evidence.key);
    if (file && isInTime(file, now())) return events;
    // What a read at half the price does not see yet is written again, which changes nothing.
    const found = await calls.getAll([eventKey(first, shards)]);
    if (found.length === 0) return events;
    found.push(...(await calls.getAll(rest.map((event) => eventKey(event, shards)))));
    const stored = new Map(found.map((item) => [keyId(keyOf(item)), item]));
    return events.filter((event) => {
      const item = toItem(event, settings);
      const before = stored.get(keyId(keyOf(item)));
      return !before || !(isRecovered(before) || isDeepStrictEqual(before, item));
    });
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
