import * as z from 'zod';
import { readCoverage } from '../../store/coverage';
import { sourceName } from '../../store/delivery';
import type { FileBounds } from '../../store/troubled-files';
import { rangeParameters, resolveRange } from '../event-query';
import { jsonText } from '../json-text';
import { invalidParameter, textParameter } from '../parameters';
import { countFitting, defineRoute, jsonAnswer } from '../route';

/** Work of one request that reads receipts. */
export const FILE_BOUNDS: FileBounds = { files: 100_000, days: 92 };

const count = z.int().nonnegative();
const counts = {
  received: count.meta({ description: 'Log files stored, or quarantined' }),
  late: count.meta({ description: 'Delivered more than an hour after their oldest event' }),
  quarantined: count.meta({ description: 'That could not be read, in whole or in part' }),
  verified: count,
  failed: count.meta({ description: 'The digest has another hash' }),
  missing: count.meta({ description: 'Named by a digest, and not there' }),
  unlisted: count.meta({ description: 'Named by no digest' }),
  events: count.meta({ description: 'Events of Athena and Keyspaces' }),
  maxLagMs: count.meta({ description: 'Longest time from an event to its being stored' }),
};

export const coverageSchema = z
  .object({
    from: z.iso.datetime(),
    askedFrom: z.iso.datetime().optional().meta({
      description: 'Where `from` is later: so many days, or so many files, are not read at once',
    }),
    to: z.iso.datetime(),
    sources: z.array(
      z.object({
        accountId: z.string(),
        region: z.string(),
        total: z.object(counts),
        lastDeliveredAt: z.iso.datetime().optional(),
        gaps: z.array(z.object({ from: z.iso.datetime(), to: z.iso.datetime() })).meta({
          description:
            'Hours without a file after the first one; CloudTrail writes none where nothing happened',
        }),
        hours: z
          .array(z.object({ hour: z.iso.datetime(), ...counts }))
          .meta({ description: 'By the hour of delivery, those with files, oldest first' }),
      }),
    ),
    cursor: z.string().optional().meta({ description: 'There are more accounts and Regions' }),
  })
  .meta({ id: 'Coverage' });

const positionSchema = jsonText(z.tuple([z.iso.datetime(), z.iso.datetime(), z.string()]));

export const getCoverage = defineRoute({
  path: '/v1/coverage',
  operationId: 'getCoverage',
  summary: 'Log files per account, Region and hour: received, late, missing, quarantined, verified',
  query: z.object({
    ...rangeParameters,
    account: textParameter().optional().meta({ description: 'Only this account' }),
    region: textParameter().optional().meta({ description: 'Only this Region' }),
    cursor: textParameter(2048).optional().meta({ description: 'The cursor of the page before' }),
  }),
  mediaTypes: ['application/json'],
  response: coverageSchema,
  errors: { 400: 'A wrong parameter' },
  handle: async ({ query }, { store, clock }) => {
    const { from, to, after } = query.cursor
      ? decodeCursor(query.cursor)
      : { ...resolveRange(query, clock()), after: '' };
    const { account: accountId, region } = query;
    const coverage = await readCoverage(store, { from, to, accountId, region }, FILE_BOUNDS);
    const asked = coverage.sources.filter((source) => sourceName(source) > after);

    const sources = asked.slice(
      0,
      countFitting(asked, (source) => JSON.stringify(source)),
    );
    const last = sources.at(-1);
    const isEnd = last === undefined || sources.length === asked.length;
    const cursor = isEnd ? undefined : encodeCursor(coverage.from, to, sourceName(last));
    const askedFrom = coverage.from === from ? undefined : from;
    return jsonAnswer({ from: coverage.from, askedFrom, to, sources, cursor });
  },
});

function encodeCursor(from: string, to: string, after: string): string {
  return Buffer.from(JSON.stringify([from, to, after])).toString('base64url');
}

function decodeCursor(cursor: string): { from: string; to: string; after: string } {
  const decoded = positionSchema.safeParse(Buffer.from(cursor, 'base64url').toString());
  if (!decoded.success) throw invalidParameter('cursor', cursor, 'the cursor of the page before');
  const [from, to, after] = decoded.data;
  return { from, to, after };
}
