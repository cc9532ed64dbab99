import * as z from 'zod';
import { readRecordBytes } from '../../cloudtrail/record-bytes';
import { LogFileError, RequestError } from '../../errors';
import type { AuditEvent } from '../../event/audit-event';
import { jsonText } from '../json-text';
import { textParameter } from '../parameters';
import { type ApiDependencies, defineRoute } from '../route';
import { unknownEvent } from './get-event';

/** Far above what CloudTrail writes (1 MB), and below what Lambda can answer. */
const MAX_RECORD_BYTES = 2_500_000;

const identitySchema = jsonText(
  z.object({ eventID: z.string().nullish(), eventName: z.string().nullish() }),
);

export const getRecord = defineRoute({
  path: '/v1/events/{eventId}/record',
  operationId: 'getRecord',
  summary: 'The original CloudTrail record, byte for byte from its log file',
  query: z.object({
    eventName: textParameter()
      .optional()
      .meta({ description: 'Which of the events that share the id', examples: ['Insert'] }),
  }),
  mediaTypes: ['application/json'],
  response: z.looseObject({}).meta({ id: 'CloudTrailRecord' }),
  errors: {
    400: 'A wrong parameter, or several events share the id',
    404: 'No event has this id',
    410: 'The log file is gone, or holds the record no more',
    413: 'The record is too large',
  },
  handle: async ({ path: { eventId = '' }, query }, { store, logFiles }) => {
    const event = choose(eventId, await store.getEvents(eventId), query.eventName);
    return {
      contentType: 'application/json; charset=utf-8',
      body: await readRecord(event, logFiles),
    };
  },
});

function choose(
  eventId: string,
  events: readonly AuditEvent[],
  eventName: string | undefined,
): AuditEvent {
  const named = events.filter((event) => eventName === undefined || event.eventName === eventName);
  const [event, second] = named;
  if (event === undefined) throw unknownEvent(eventId);
  if (second === undefined) return event;
  throw new RequestError(400, 'request.shared-event-id', 'Several events share this id', {
    parameter: 'eventName',
    allowed: events.map(({ eventName: name }) => name).join(', '),
  });
}

async function readRecord(
  event: AuditEvent,
  logFiles: ApiDependencies['logFiles'],
): Promise<Uint8Array> {
  const { evidence } = event;
  try {
    const bytes = await readRecordBytes(logFiles.open(evidence), evidence.index, MAX_RECORD_BYTES);
    if (isRecordOf(event, bytes)) return bytes;
  } catch (error) {
    if (!(error instanceof LogFileError)) throw error;
    if (error.code === 'log-file.too-large') {
      throw new RequestError(413, 'request.record-too-large', error.message);
    }
    throw gone(event, error.code);
  }
  throw gone(event, 'another record is in its place');
}

/** A trail file never changes; one that did must not speak for the event. */
function isRecordOf(event: AuditEvent, bytes: Buffer): boolean {
  const record = identitySchema.safeParse(bytes.toString());
  if (!record.success) return false;
  const { eventID, eventName } = record.data;
  return eventName === event.eventName && (eventID ?? event.eventId) === event.eventId;
}

function gone({ evidence, eventId }: AuditEvent, reason: string): RequestError {
  const place = `${evidence.bucket ? `s3://${evidence.bucket}/` : ''}${evidence.key}`;
  return new RequestError(
    410,
    'request.record-gone',
    `The record cannot be read at Records[${evidence.index}] of ${place}: ${reason}`,
    { parameter: 'eventId', value: eventId },
  );
}
