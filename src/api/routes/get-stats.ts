import * as z from 'zod';
import { RequestError } from '../../errors';
import { GROUPS, OTHERS } from '../../store/event-store';
import { rangeParameters, resolveRange } from '../event-query';
import { integerParameter } from '../parameters';
import { answeredBytes, defineRoute, jsonAnswer, MAX_ANSWER_BYTES } from '../route';
import { INTERVALS, summarizeTotals } from '../stats';

const groupSchema = z.object({
  name: z.string().meta({ description: `The group; ${OTHERS} takes in all beyond \`limit\`` }),
  count: z.int().nonnegative().meta({ description: 'Events' }),
  scannedBytes: z.int().nonnegative(),
  costUsd: z.number().nonnegative(),
});

export const statsSchema = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    groupBy: z.enum(GROUPS),
    interval: z.enum(INTERVALS),
    groups: z.array(groupSchema).meta({ description: 'Whole range, the most frequent first' }),
    intervals: z
      .array(z.object({ start: z.iso.datetime(), groups: z.array(groupSchema) }))
      .meta({ description: 'Those that have events, oldest first; they start in UTC' }),
    behind: z
      .array(z.iso.datetime())
      .optional()
      .meta({ description: 'Hours that changed so lately that their totals may be behind' }),
  })
  .meta({ id: 'Stats' });

export const getStats = defineRoute({
  path: '/v1/stats',
  operationId: 'getStats',
  summary: 'Counts, scanned bytes and cost by group and interval',
  query: z.object({
    ...rangeParameters,
    groupBy: z
      .enum(GROUPS)
      .default('class')
      .meta({
        description:
          'What to group by; an event counts in each table that it touches, a refusal of access ' +
          'under its error code and under `denied`',
      }),
    interval: z.enum(INTERVALS).default('day').meta({ description: 'Width of an interval, UTC' }),
    limit: integerParameter(1, 500)
      .default(500)
      .meta({ description: 'Most groups; the rest is added up' }),
  }),
  mediaTypes: ['application/json'],
  response: statsSchema,
  errors: { 400: 'A wrong parameter', 413: 'Too many groups and intervals for one answer' },
  handle: async ({ query }, { store, clock }) => {
    const { groupBy, interval, limit } = query;
    const { from, to } = resolveRange(query, clock());
    const { hours, openHours } = await store.readTotals(from, to, groupBy);
    const stats = summarizeTotals(hours, interval, limit);
    const behind = openHours.length > 0 ? openHours : undefined;
    const answer = jsonAnswer({ from, to, groupBy, interval, ...stats, behind });
    if (answeredBytes(answer.body) <= MAX_ANSWER_BYTES) return answer;
    throw new RequestError(413, 'request.too-large', 'These are too many for one answer', {
      parameter: 'limit',
      value: limit,
      allowed: 'a smaller limit, a wider interval or a shorter range',
    });
  },
});
