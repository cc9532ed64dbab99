import { createHash } from 'node:crypto';
import * as z from 'zod';
import { RequestError } from '../errors';
import type { EventQuery, TimeRange } from './event-query';
import { jsonText } from './json-text';

export interface Position {
  /** The range of the first page: `-7d` must not move from page to page. */
  readonly range: TimeRange;
  /** Where the store goes on. */
  readonly store: string;
}

const payloadSchema = jsonText(z.tuple([z.iso.datetime(), z.iso.datetime(), z.string().min(1)]));

/** The cursor of the next page: `<checksum over filters and payload>.<payload>`. */
export function encodeCursor(query: EventQuery, { range, store }: Position): string {
  const payload = Buffer.from(JSON.stringify([range.from, range.to, store])).toString('base64url');
  return `${checksum(query, payload)}.${payload}`;
}

/** @throws RequestError for a cursor of other filters, or one that was changed. */
export function decodeCursor(query: EventQuery, cursor: string): Position {
  const [sum, payload = ''] = cursor.split('.', 2);
  if (cursor !== `${sum}.${payload}` || sum !== checksum(query, payload)) throw foreign(cursor);
  const decoded = payloadSchema.safeParse(Buffer.from(payload, 'base64url').toString());
  if (!decoded.success) throw foreign(cursor);
  const [from, to, store] = decoded.data;
  return { range: { from, to }, store };
}

function checksum(query: EventQuery, payload: string): string {
  const { cursor: _cursor, limit: _limit, ...filters } = query;
  const bound = Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256').update(JSON.stringify([bound, payload]));
  return hash.digest('base64url').slice(0, 16);
}

function foreign(value: string): RequestError {
  return new RequestError(
    400,
    'request.cursor',
    'This cursor was changed, or belongs to other filters',
    {
      parameter: 'cursor',
      value: value.slice(0, 200),
      allowed: 'the cursor of the page before, unchanged, with the same filters and order',
    },
  );
}
