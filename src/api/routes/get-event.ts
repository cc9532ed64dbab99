import * as z from 'zod';
import { RequestError } from '../../errors';
import { auditEventSchema } from '../../event/audit-event';
import { defineRoute, jsonAnswer } from '../route';

export const eventsOfIdSchema = z
  .object({ events: z.array(auditEventSchema).min(1) })
  .meta({ id: 'EventsOfId' });

export const getEvent = defineRoute({
  path: '/v1/events/{eventId}',
  operationId: 'getEvent',
  summary: 'Every event with this id: nearly always one',
  query: z.object({}),
  mediaTypes: ['application/json'],
  response: eventsOfIdSchema,
  errors: { 400: 'A wrong parameter', 404: 'No event has this id' },
  handle: async ({ path: { eventId = '' } }, { store }) => {
    const events = await store.getEvents(eventId);
    if (events.length === 0) throw unknownEvent(eventId);
    return jsonAnswer({ events });
  },
});

export function unknownEvent(eventId: string): RequestError {
  return new RequestError(404, 'request.unknown-event', 'No event has this id', {
    parameter: 'eventId',
    value: eventId.slice(0, 200),
    allowed: 'the eventId of a stored event',
  });
}
