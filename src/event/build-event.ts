import {
  deriveEventId,
  isObject,
  type Json,
  objectOf,
  serviceOf,
  textOf,
  timeOf,
} from '../cloudtrail/record';
import { tellActor } from './actor';
import type { StatementOptions } from './apply-statement';
import { describeAthenaCall } from './athena-event';
import type { AuditEvent } from './audit-event';
import { defined } from './defined';
import { describeError } from './denial';
import { describeKeyspacesCall } from './keyspaces-event';
import { buildPrincipal } from './principal';

/** Where a record was read. */
export interface RecordSource {
  /** Absent for a local file. */
  readonly bucket?: string;
  /** Object key, or path of a local file. */
  readonly key: string;
  /** Position in `Records`. */
  readonly index: number;
  /** The account that the object key names. */
  readonly keyAccountId?: string;
}

/** An event, or the reason why the record must be set aside. */
export type BuiltEvent =
  | { readonly event: AuditEvent; readonly quarantined?: undefined }
  | { readonly event?: undefined; readonly quarantined: string };

type Error = NonNullable<AuditEvent['error']>;

/** Longer ids and names are none of AWS's; they would not fit the store's keys. */
const MAX_ID_LENGTH = 128;
const MAX_EVENT_NAME_LENGTH = 256;

/** Calls that only start something: how it ends is not in the record. */
const STARTS: ReadonlySet<string> = new Set([
  'StartQueryExecution',
  'StartCalculationExecution',
  'StartSession',
]);

/**
 * Makes the AuditEvent of one CloudTrail record of Athena or Keyspaces. Pure, and never throws.
 *
 * Unknown event names, identity types, Regions and members pass through. A record is set aside only
 * where no event can be told from it: no object, another service's, without a usable `eventTime` or
 * `eventName`, or nested too deeply.
 *
 * @param record - an element of `Records` as `JSON.parse` gives it.
 * @param source - becomes the event's evidence.
 */
export function buildAuditEvent(
  record: unknown,
  source: RecordSource,
  options: StatementOptions = {},
): BuiltEvent {
  if (!isObject(record)) return { quarantined: 'the record is not an object' };
  const service = serviceOf(record.eventSource);
  if (service === undefined) return { quarantined: 'eventSource is neither Athena nor Keyspaces' };
  const eventTime = timeOf(record.eventTime);
  if (eventTime === undefined) return { quarantined: 'eventTime is no time in UTC' };
  const eventName = textOf(record.eventName);
  if (eventName === undefined || eventName.length > MAX_EVENT_NAME_LENGTH) {
    return { quarantined: `eventName is no text of 1 to ${MAX_EVENT_NAME_LENGTH} characters` };
  }
  try {
    return { event: build(record, service, eventTime, eventName, source, options) };
  } catch (error) {
    // The message is not quoted: it could hold a piece of the record.
    const name = error instanceof Error ? error.name : 'error';
    return { quarantined: `the record cannot be read (${name})` };
  }
}

function build(
  record: Json,
  service: AuditEvent['service'],
  eventTime: string,
  eventName: string,
  source: RecordSource,
  options: StatementOptions,
): AuditEvent {
  const userIdentity = objectOf(record.userIdentity);
  const accountId =
    idOf(record.recipientAccountId) ??
    source.keyAccountId ??
    idOf(userIdentity.accountId) ??
    'unknown';
  const principal = buildPrincipal(userIdentity, accountId);
  const error = errorOf(record);
  const isFailed = error !== undefined;
  const region = idOf(record.awsRegion);
  const call =
    service === 'athena'
      ? describeAthenaCall(record, { eventName, region, isFailed }, options)
      : describeKeyspacesCall(record, eventName, options);
  return defined({
    eventId: idOf(record.eventID) ?? deriveEventId(record),
    eventTime,
    eventName,
    service,
    eventVersion: textOf(record.eventVersion),
    requestId: textOf(record.requestID),
    sharedEventId: textOf(record.sharedEventID),
    addendumOf: textOf(objectOf(record.addendum).originalEventID),
    principal,
    actor: tellActor(record, principal),
    userAgent: textOf(record.userAgent),
    accountId,
    region,
    sourceIp: textOf(record.sourceIPAddress),
    vpcEndpointId: textOf(record.vpcEndpointId),
    tls: textOf(objectOf(record.tlsDetails).tlsVersion),
    ...call,
    outcome: isFailed ? 'failed' : STARTS.has(eventName) ? 'accepted' : 'succeeded',
    error,
    evidence: defined({
      bucket: source.bucket,
      key: source.key,
      index: source.index,
      integrity: 'unverified',
    } as const),
  });
}

function idOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && text.length <= MAX_ID_LENGTH ? text : undefined;
}

function errorOf(record: Json): Error | undefined {
  const code = textOf(record.errorCode);
  const message = textOf(record.errorMessage);
  if (code === undefined && message === undefined) return undefined;
  return describeError({ code: code ?? 'UNKNOWN', message, stage: 'call' });
}
