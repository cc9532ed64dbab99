import * as z from 'zod';
import { type AuditEvent, auditEventSchema } from '../../event/audit-event';
import type { EventPage } from '../../store/event-store';
import { CSV_HEADER, toCsvLine } from '../csv';
import { type EventQuery, eventQuerySchema, resolveRange, toEventFilter } from '../event-query';
import type { MediaType } from '../media-type';
import {
  type Answer,
  type ApiDependencies,
  continuationShape,
  countFitting,
  defineRoute,
} from '../route';

const CURSOR_HEADER = 'x-querytrail-cursor';
const SEARCHED_TO_HEADER = 'x-querytrail-searched-to';

export const eventListSchema = z
  .object({
    events: z.array(auditEventSchema),
    ...continuationShape,
  })
  .meta({ id: 'EventList' });

export const listEvents = defineRoute({
  path: '/v1/events',
  operationId: 'listEvents',
  summary: 'Events of a time range, newest first',
  query: eventQuerySchema,
  mediaTypes: ['application/json', 'text/csv', 'application/x-ndjson'],
  response: eventListSchema,
  responseHeaders: {
    [CURSOR_HEADER]: 'CSV and JSON lines: the cursor of the next page; absent at the end',
    [SEARCHED_TO_HEADER]: 'CSV and JSON lines: searchedTo of the JSON form',
  },
  errors: { 400: 'A wrong parameter' },
  handle: async ({ query, mediaType }, dependencies) => {
    const page = await readPage(query, mediaType, dependencies);
    return FORMATS[mediaType](page);
  },
});

const FORMATS: Readonly<Record<MediaType, (page: EventPage) => Answer>> = {
  'application/json': ({ events, cursor, searchedTo }) => ({
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify({ events, cursor, searchedTo }),
  }),
  'text/csv': (page) => ({
    contentType: 'text/csv; charset=utf-8; header=present',
    body: CSV_HEADER + page.events.map(toCsvLine).join(''),
    headers: continuation(page),
  }),
  'application/x-ndjson': (page) => ({
    contentType: 'application/x-ndjson; charset=utf-8',
    body: page.events.map(toJsonLine).join(''),
    headers: continuation(page),
  }),
};

async function readPage(
  query: EventQuery,
  mediaType: MediaType,
  { store, clock }: ApiDependencies,
): Promise<EventPage> {
  const filter = toEventFilter(query, resolveRange(query, clock()));
  const { order, cursor } = query;
  // The cursor goes on in the range of the first page, whatever `-7d` means by now.
  const request = { order, cursor, range: [query.from, query.to] };
  let page = await store.listEvents(filter, { ...request, limit: query.limit });
  const write = mediaType === 'text/csv' ? toCsvLine : toJsonLine;
  let fitting = countFitting(page.events, write);
  // The cursor has to stand behind the last event that is sent, so a shorter page is asked for.
  while (fitting < page.events.length) {
    page = await store.listEvents(filter, { ...request, limit: fitting });
    fitting = countFitting(page.events, write);
  }
  return page;
}

function toJsonLine(event: AuditEvent): string {
  return `${JSON.stringify(event)}\n`;
}

function continuation({ cursor, searchedTo }: EventPage): Record<string, string> {
  return {
    ...(cursor && { [CURSOR_HEADER]: cursor }),
    ...(searchedTo && { [SEARCHED_TO_HEADER]: searchedTo }),
  };
}
