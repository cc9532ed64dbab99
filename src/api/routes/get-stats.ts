import * as z from 'zod';
import { RequestError } from '../../errors';
import { GROUPS, OTHERS } from '../../store/event-store';
import { rangeParameters, resolveRange } from '../event-query';
import { integerParameter, invalidParameter, listParameter } from '../parameters';
import { answeredBytes, defineRoute, jsonAnswer, MAX_ANSWER_BYTES } from '../route';
import { INTERVALS, summarizeTotals } from '../stats';

const groupSchema = z.object({
  name: z.string().meta({ description: `The group; ${OTHERS} takes in all beyond \`limit\`` }),
  count: z.int().nonnegative().meta({ description: 'Events' }),
  scannedBytes: z.int().nonnegative(),
  costUsd: z.number().nonnegative(),
});

const groupsSchema = z
  .array(groupSchema)
  .meta({ description: 'Whole range, the most frequent first' });
const intervalsSchema = z
  .array(z.object({ start: z.iso.datetime(), groups: z.array(groupSchema) }))
  .meta({ description: 'Those that have events, oldest first; they start in UTC' });
const commonShape = {
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  interval: z.enum(INTERVALS),
  behind: z
    .array(z.iso.datetime())
    .optional()
    .meta({ description: 'Hours that changed so lately that their totals may be behind' }),
};

/** The answer to one `groupBy`. */
export const statsSchema = z.object({
  ...commonShape,
  groupBy: z.enum(GROUPS),
  groups: groupsSchema,
  intervals: intervalsSchema,
});

/** The answer to several. */
export const severalStatsSchema = z.object({
  ...commonShape,
  groupings: z
    .array(
      z.object({
        groupBy: z.enum(GROUPS),
        groups: groupsSchema,
        intervals: intervalsSchema.optional(),
      }),
    )
    .meta({ description: 'One for each `groupBy`; `intervals` where `intervalsOf` asks for them' }),
});

export const getStats = defineRoute({
  path: '/v1/stats',
  operationId: 'getStats',
  summary: 'Counts, scanned bytes and cost by group and interval',
  query: z.object({
    ...rangeParameters,
    groupBy: listParameter(z.enum(GROUPS))
      .default(['class'])
      .meta({
        description:
          'What to group by; several come as `groupings`, all counted in one go. An event counts ' +
          'in each table that it touches, a refusal of access under its error code and under ' +
          '`denied`',
      }),
    interval: z.enum(INTERVALS).default('day').meta({ description: 'Width of an interval, UTC' }),
    intervalsOf: listParameter(z.enum(GROUPS)).optional().meta({
      description: 'Of several `groupBy` those to answer by interval as well. Default: all',
    }),
    limit: integerParameter(1, 500)
      .default(500)
      .meta({ description: 'Most groups of a kind; the rest is added up' }),
  }),
  mediaTypes: ['application/json'],
  response: z.union([statsSchema, severalStatsSchema]).meta({ id: 'Stats' }),
  errors: { 400: 'A wrong parameter', 413: 'Too many groups and intervals for one answer' },
  handle: async ({ query }, { store, clock }) => {
    const { groupBy, interval, intervalsOf = groupBy, limit } = query;
    const stray = intervalsOf.find((name) => !groupBy.includes(name));
    if (stray !== undefined)
      throw invalidParameter('intervalsOf', stray, `of ${groupBy.join(', ')}`);
    const { from, to } = resolveRange(query, clock());
    const { hours, openHours } = await store.readTotals(from, to, groupBy);
    const behind = openHours.length > 0 ? openHours : undefined;
    const groupings = groupBy.map((name) => {
      const { groups, intervals } = summarizeTotals(hours.get(name) ?? [], interval, limit);
      return { groupBy: name, groups, ...(intervalsOf.includes(name) && { intervals }) };
    });
    const body = groupings.length === 1 ? groupings[0] : { groupings };
    const answer = jsonAnswer({ from, to, interval, ...body, behind });
    if (answeredBytes(answer.body) <= MAX_ANSWER_BYTES) return answer;
    throw new RequestError(413, 'request.too-large', 'These are too many for one answer', {
      parameter: 'limit',
      value: limit,
      allowed: 'a smaller limit, a wider interval or a shorter range',
    });
  },
});
