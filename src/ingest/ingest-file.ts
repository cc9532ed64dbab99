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
  readonly store: Pick<EventStore, 'putEvents' | 'putReceipt'>;
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
 * Makes the function that takes in one log file: read, normalize, classify, store, receipt.
 *
 * It can be repeated at any point: the events' keys follow from the records, and the receipt, which
 * says that the file is done, is written last. A file that can never be read gets a receipt with
 * the reason.
 *
 * @throws UpstreamError when S3, DynamoDB or SQS failed for now: nothing is lost by trying again.
 */
export function createIngest(dependencies: IngestDependencies): IngestFile {
  return async (location, options = {}) => {
    const objectKey = parseObjectKey(location.key);
    const place = options.place ?? placeOf(objectKey);
    if (place === undefined) return { kind: 'not-ours', objectKind: objectKey.kind };

    const tally = createTally(location, place);
    let nextIndex: number | undefined;
    try {
      const summary = await readLogFile(
        () => dependencies.logFiles.open(location),
        async (records) => {
          if (nextIndex !== undefined) return;
          const events = toEvents(records, location, place, dependencies, tally);
          nextIndex = await storeEvents(events, dependencies, options);
        },
        { maxInflatedBytes: dependencies.maxInflatedBytes },
      );
      if (nextIndex !== undefined) return { kind: 'unfinished', nextIndex };
      const receipt = tally.toReceipt(summary, dependencies.clock());
      await dependencies.store.putReceipt(receipt);
      return { kind: 'stored', receipt };
    } catch (error) {
      if (!(error instanceof LogFileError)) throw error;
      if (error.code === 'log-file.shape' && objectKey.kind !== 'log') {
        return { kind: 'not-ours', objectKind: objectKey.kind };
      }
      const receipt = quarantineReceipt(location, place, error, dependencies.clock());
      await dependencies.store.putReceipt(receipt);
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

/** @returns the position to go on from when time ran out before everything was stored. */
async function storeEvents(
  events: readonly AuditEvent[],
  { store, requestRecovery, eventsPerWrite = DEFAULT_EVENTS_PER_WRITE }: IngestDependencies,
  { fromIndex = 0, isOutOfTime = () => false }: IngestFileOptions,
): Promise<number | undefined> {
  const open = events.filter((event) => event.evidence.index >= fromIndex);
  for (let start = 0; start < open.length; start += eventsPerWrite) {
    const part = open.slice(start, start + eventsPerWrite);
    const index = part[0]?.evidence.index ?? fromIndex;
    // A run writes at least what it was asked to start with, so that each gets further.
    if (index > fromIndex && isOutOfTime()) return index;
    await store.putEvents(part);
    const requests = toRecoveryRequests(part);
    if (requests.length > 0) await requestRecovery?.(requests);
  }
  return undefined;
}
