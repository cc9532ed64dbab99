import * as z from 'zod';
import { ACCESSES, ACTORS, CLASSES, OUTCOMES, SERVICES } from '../event/audit-event';
import type { EventFilter } from '../store/event-store';
import { integerParameter, invalidParameter, listParameter, textParameter } from './parameters';
import { parseTime, TIME_FORMS, toEventTime } from './time';

const DEFAULT_RANGE_MS = 7 * 86_400_000;
const TABLE_FORMS = 'db.table, db.* or a bare name';

const timeParameter = () =>
  z.string({ error: TIME_FORMS }).refine((text) => parseTime(text, 0) !== undefined, {
    error: TIME_FORMS,
  });

/** The time range of every route that takes one: start inclusive, end exclusive. */
export const rangeParameters = {
  from: timeParameter()
    .optional()
    .meta({
      description: `Start, inclusive: ${TIME_FORMS}. Default: 7 days before the end.`,
      examples: ['-7d', '2026-11-01'],
    }),
  to: timeParameter()
    .optional()
    .meta({ description: `End, exclusive: ${TIME_FORMS}. Default: now.`, examples: ['now'] }),
};

/** The query string of `GET /v1/events`. */
export const eventQuerySchema = z.object({
  ...rangeParameters,
  service: z.enum(SERVICES).optional().meta({ description: 'The service that was called' }),
  class: listParameter(z.enum(CLASSES), (name) => name.toUpperCase())
    .optional()
    .meta({ description: 'Statement classes, in any case' }),
  operation: listParameter(textParameter())
    .optional()
    .meta({ description: 'Operations, in any case', examples: [['CREATE_TABLE', 'DROP_TABLE']] }),
  access: z.enum(ACCESSES).optional().meta({ description: 'What the call does to data' }),
  principal: listParameter(textParameter(2048))
    .optional()
    .meta({
      description: 'Name, ARN, role ARN or session name of who made the call',
      examples: [['alice']],
    }),
  actor: z.enum(ACTORS).optional().meta({ description: 'The kind of caller' }),
  account: textParameter()
    .optional()
    .meta({ description: 'Account id', examples: ['111122223333'] }),
  region: textParameter()
    .optional()
    .meta({ description: 'Region', examples: ['eu-central-1'] }),
  table: textParameter(1024)
    .refine(isTable, { error: TABLE_FORMS })
    .optional()
    .meta({
      description: 'A table that the statement reads or writes: db.table, db.* or a bare name',
      examples: ['shop.orders', 'shop.*', 'orders'],
    }),
  database: textParameter(1024)
    .optional()
    .meta({ description: 'Athena database or Keyspaces keyspace', examples: ['shop'] }),
  outcome: z.enum(OUTCOMES).optional().meta({ description: 'How it went' }),
  error: listParameter(textParameter())
    .optional()
    .meta({
      description: 'Error codes of failures, as logged; `denied`: every refusal of access',
      examples: [['denied'], ['AccessDeniedException']],
    }),
  sourceIp: textParameter()
    .refine((address) => !address.includes('/'), { error: 'one address, no range of them' })
    .optional()
    .meta({ description: 'Source address as logged', examples: ['192.0.2.10'] }),
  workgroup: textParameter()
    .optional()
    .meta({ description: 'Athena workgroup', examples: ['primary'] }),
  q: textParameter(1024)
    .optional()
    .meta({ description: 'Text in the statement, without regard to case', examples: ['orders'] }),
  limit: integerParameter(1, 500).default(50).meta({ description: 'Most events of this page' }),
  cursor: textParameter(8192)
    .optional()
    .meta({ description: 'The cursor of the page before; every filter stays as it was' }),
  order: z
    .enum(['desc', 'asc'])
    .default('desc')
    .meta({ description: 'desc: newest first · asc: oldest first' }),
});

/** No name holds an asterisk, and none is empty: such a filter would find nothing and not say why. */
function isTable(name: string): boolean {
  const parts = name.split('.');
  const bare = parts.length > 1 && parts.at(-1) === '*' ? parts.slice(0, -1) : parts;
  return bare.every((part) => part !== '' && !part.includes('*'));
}

export type EventQuery = z.output<typeof eventQuerySchema>;
export type TimeRange = Pick<EventFilter, 'from' | 'to'>;

/**
 * Turns the spelled range into times.
 *
 * @throws RequestError where it does not start before it ends.
 */
export function resolveRange(query: { from?: string; to?: string }, nowMs: number): TimeRange {
  const toMs = parseTime(query.to ?? 'now', nowMs) ?? nowMs;
  const fromMs = parseTime(query.from ?? '', nowMs) ?? toMs - DEFAULT_RANGE_MS;
  const range = { from: toEventTime(fromMs), to: toEventTime(toMs) };
  if (range.from >= range.to) {
    const [parameter, value] = query.from ? ['from', query.from] : ['to', query.to ?? 'now'];
    throw invalidParameter(parameter, value, 'a range that starts before it ends');
  }
  return range;
}

/** What the store is asked for, once the range is known. */
export function toEventFilter(query: EventQuery, range: TimeRange): EventFilter {
  const { limit: _limit, cursor: _cursor, order: _order, ...filters } = query;
  const operation = query.operation && [...new Set(query.operation.flatMap(spellings))];
  return { ...filters, operation, ...range };
}

/** As it was put, and as operations are spelt: `create table` is CREATE_TABLE. */
function spellings(operation: string): string[] {
  return [operation, operation.toUpperCase().replaceAll(' ', '_')];
}
