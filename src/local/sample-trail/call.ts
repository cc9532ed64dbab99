import type { Actor } from './actors';
import type { Place } from './places';
import type { Random } from './random';

/** One call of an AWS API, before it becomes a record. */
export interface Call extends Place {
  readonly timeMs: number;
  readonly actor: Actor;
  /** First label of the event source: `athena`, `cassandra`, `glue`. */
  readonly source: string;
  readonly eventName: string;
  readonly readOnly: boolean;
  readonly requestParameters?: unknown;
  readonly responseElements?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
  /** Members that replace or join those of an ordinary record. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** The record that CloudTrail writes of a call. */
export function toRecord(call: Call, random: Random): Record<string, unknown> {
  const { actor } = call;
  return {
    eventVersion: '1.11',
    userIdentity: actor.userIdentity,
    eventTime: isoSeconds(call.timeMs),
    eventSource: `${call.source}.amazonaws.com`,
    eventName: call.eventName,
    awsRegion: call.region,
    sourceIPAddress: actor.sourceIp,
    userAgent: actor.userAgent,
    ...(call.error && { errorCode: call.error.code, errorMessage: call.error.message }),
    requestParameters: call.requestParameters ?? null,
    responseElements: call.error ? null : (call.responseElements ?? null),
    requestID: random.uuid(),
    eventID: random.uuid(),
    readOnly: call.readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: call.account,
    eventCategory: 'Management',
    ...(actor.vpcEndpointId && { vpcEndpointId: actor.vpcEndpointId }),
    ...(!('invokedBy' in actor.userIdentity) && {
      tlsDetails: {
        tlsVersion: 'TLSv1.3',
        cipherSuite: 'TLS_AES_128_GCM_SHA256',
        clientProvidedHostHeader: `${call.source}.${call.region}.amazonaws.com`,
      },
    }),
    ...(actor.console && { sessionCredentialFromConsole: 'true' }),
    ...call.extra,
  };
}

/** ISO time in CloudTrail's form, without milliseconds. */
export function isoSeconds(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
