import { type KeptRecord, readLogFile } from '../cloudtrail/log-file';
import type { LogFileLocation, LogFiles } from '../cloudtrail/log-files';
import { type ObjectKey, parseObjectKey } from '../cloudtrail/object-key';
import { LogFileError } from '../errors';
import type { AuditEvent } from '../event/audit-event';
import { buildAuditEvent } from '../event/build-event';
import { type RecoveryRequest, toRecoveryRequests, withoutRecovery } from '../recovery/request';
import type { EventStore } from '../store/event-store';
import type { Receipt } from '../store/receipt';
import { createTally, type FilePlace, quarantineReceipt, type Tally, UNKNOWN_PLACE } from './tally';

const DEFAULT_EVENTS_PER_WRITE = 500;

/** The calls that recovery itself makes. */
const RECOVERY_CALLS: ReadonlySet<string> = new Set([
  'BatchGetQueryExecution',
  'GetNamedQuery',
  'GetPreparedStatement',
]);

export interface IngestDependencies {
  readonly logFiles: LogFiles;
  readonly store: Pick<EventStore, 'putEvents'>;
  readonly clock: () => Date;
  /** Takes the events that the Athena API can complete. Absent: somebody may ask for them later. */
  readonly requestRecovery?: (requests: readonly RecoveryRequest[]) => Promise<void>;
  /** Nobody will ask Athena: masked texts say so. */
  readonly isRecoveryDisabled?: boolean;
  /**
   * Roles of Querytrail whose own recovery calls are left out of the trail; `*` in the place of the
   * account stands for the role of that name in every account.
   */
  readonly ownRoleArns?: ReadonlySet<string>;
  /** Events written between two looks at the clock. Default 500. */
  readonly eventsPerWrite?: number;
  readonly maxInflatedBytes?: number;
  readonly redactLiterals?: boolean;
}

export interface IngestFileOptions {
  /** Where a file belongs whose key does not say it, as in a plain folder. */
  readonly place?: FilePlace;
  /** Records before this position in `Records` are stored already. */
  readonly fromIndex?: number;
  /** Whether to leave the rest of the file to another run. */
  readonly isOutOfTime?: () => boolean;
}

/** Of a file that is done: its receipt is the caller's to write, before anybody is told so. */
export type IngestResult =
  | { readonly kind: 'stored'; readonly receipt: Receipt }
  | { readonly kind: 'quarantined'; readonly receipt: Receipt }
  | { readonly kind: 'not-ours'; readonly objectKind: ObjectKey['kind'] }
  | { readonly kind: 'unfinished'; readonly nextIndex: number };

export type IngestFile = (
  location: LogFileLocation,
  options?: IngestFileOptions,
) => Promise<IngestResult>;

/**
 * Makes the function that takes in one log file: read, normalize, classify, store.
 *
 * It can be repeated at any point: the events' keys follow from the records, and the receipt, which
 * says that the file is done, comes last. A file that can never be read gets a receipt with the
 * reason.
 *
 * @throws UpstreamError when S3, DynamoDB or SQS failed for now: nothing is lost by trying again.
 */
export function createIngest(dependencies: IngestDependencies): IngestFile {
  return async (location, options = {}) => {
    const objectKey = parseObjectKey(location.key);
    const place = options.place ?? placeOf(objectKey);
    if (place === undefined) return { kind: 'not-ours', objectKind: objectKey.kind };

    const tally = createTally(location, place);
    const writer = createWriter(dependencies, options);
    try {
      const summary = await readLogFile(
        () => dependencies.logFiles.open(location),
        (records) => writer.add(toEvents(records, location, place, dependencies, tally)),
        { maxInflatedBytes: dependencies.maxInflatedBytes, withHash: true },
      );
      const nextIndex = await writer.finish();
      if (nextIndex !== undefined) return { kind: 'unfinished', nextIndex };
      return { kind: 'stored', receipt: tally.toReceipt(summary, dependencies.clock()) };
    } catch (error) {
      if (!(error instanceof LogFileError)) throw error;
      if (error.code === 'log-file.shape' && objectKey.kind !== 'log') {
        return { kind: 'not-ours', objectKind: objectKey.kind };
      }
      const receipt = quarantineReceipt(location, place, error, dependencies.clock());
      return { kind: 'quarantined', receipt };
    }
  };
}

function placeOf(key: ObjectKey): FilePlace | undefined {
  if (key.kind !== 'log') return undefined;
  const { accountId, region, day, deliveredAt } = key;
  return { accountId, region, day, deliveredAt };
}

function toEvents(
  records: readonly KeptRecord[],
  location: LogFileLocation,
  place: FilePlace,
  dependencies: IngestDependencies,
  tally: Tally,
): AuditEvent[] {
  const { redactLiterals, ownRoleArns, isRecoveryDisabled } = dependencies;
  const keyAccountId = place.accountId === UNKNOWN_PLACE ? undefined : place.accountId;
  const events: AuditEvent[] = [];
  for (const { record, index } of records) {
    const built = buildAuditEvent(record, { ...location, index, keyAccountId }, { redactLiterals });
    if (built.quarantined !== undefined) {
      tally.addQuarantined(index, built.quarantined);
    } else if (!isOwnCall(built.event, ownRoleArns)) {
      const event = isRecoveryDisabled ? withoutRecovery(built.event) : built.event;
      tally.addEvent(event);
      events.push(event);
    }
  }
  return events;
}

function isOwnCall(event: AuditEvent, ownRoleArns: ReadonlySet<string> | undefined): boolean {
  const { roleArn } = event.principal;
  if (ownRoleArns === undefined || roleArn === undefined) return false;
  const inAnyAccount = roleArn.replace(/::\d+:/, '::*:');
  return (
    (ownRoleArns.has(roleArn) || ownRoleArns.has(inAnyAccount)) &&
    RECOVERY_CALLS.has(event.eventName)
  );
}

interface Writer {
  add(events: readonly AuditEvent[]): Promise<void>;
  /** @returns the position to go on from when time ran out before everything was stored. */
  finish(): Promise<number | undefined>;
}

/** Gathers events and stores them some hundred at a time; between two writes it looks at the clock. */
function createWriter(
  { store, requestRecovery, eventsPerWrite = DEFAULT_EVENTS_PER_WRITE }: IngestDependencies,
  { fromIndex = 0, isOutOfTime = () => false }: IngestFileOptions,
): Writer {
  let gathered: AuditEvent[] = [];
  let nextIndex: number | undefined;

  async function write(events: readonly AuditEvent[]): Promise<void> {
    const index = events[0]?.evidence.index ?? fromIndex;
    // A run writes at least what it was asked to start with, so that each gets further.
    if (index > fromIndex && isOutOfTime()) {
      nextIndex = index;
      return;
    }
    await store.putEvents(events);
    const requests = toRecoveryRequests(events);
    if (requests.length > 0) await requestRecovery?.(requests);
  }

  return {
    async add(events) {
      gathered.push(...events.filter(({ evidence }) => evidence.index >= fromIndex));
      while (gathered.length >= eventsPerWrite && nextIndex === undefined) {
        const part = gathered.slice(0, eventsPerWrite);
        gathered = gathered.slice(eventsPerWrite);
        await write(part);
      }
      if (nextIndex !== undefined) gathered = [];
    },
    async finish() {
      if (gathered.length > 0) await write(gathered);
      return nextIndex;
    },
  };
}
