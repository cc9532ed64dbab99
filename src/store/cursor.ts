import { createHash } from 'node:crypto';
import * as z from 'zod';
import { RequestError } from '../errors';
import type { PageRequest } from './event-store';

/** Where a list goes on: strictly behind a place in its order. */
export interface CursorState {
  /** The range of the list's first page, so that a relative one stays where it was. */
  readonly from: string;
  readonly to: string;
  /** Of a list of events: a sort key, or a beginning of one. */
  readonly position: string;
}

/** What a list is asked for: a cursor is of one list only. */
type ListFilter = Pick<CursorState, 'from' | 'to'> & object;
type ListOrder = Pick<PageRequest, 'order' | 'range'>;

const VERSION = 1;
const CHECK_LENGTH = 12;

const payloadSchema = z.tuple([z.literal(VERSION), z.string(), z.string(), z.string(), z.string()]);

/** Packs a place into an opaque text that only the same list takes back. */
export function writeCursor(state: CursorState, filter: ListFilter, page: ListOrder): string {
  const list = hashOfList(filter, page);
  const payload = JSON.stringify([VERSION, list, state.from, state.to, state.position]);
  return Buffer.from(check(payload) + payload).toString('base64url');
}

/** @throws RequestError `request.cursor` for a text that is no cursor, or one of another list. */
export function readCursor(cursor: string, filter: ListFilter, page: ListOrder): CursorState {
  const text = Buffer.from(cursor, 'base64url').toString();
  const payload = text.slice(CHECK_LENGTH);
  const isWhole = Buffer.from(text).toString('base64url') === cursor;
  if (!isWhole || check(payload) !== text.slice(0, CHECK_LENGTH)) {
    throw wrongCursor(cursor, 'is damaged or was never given out');
  }
  const parsed = payloadSchema.safeParse(parseJson(payload));
  if (!parsed.success) throw wrongCursor(cursor, 'is of another version');
  const [, list, from, to, position] = parsed.data;
  if (hashOfList(filter, page) !== list) {
    throw wrongCursor(cursor, 'belongs to a list with other filters');
  }
  return { from, to, position };
}

function wrongCursor(value: string, why: string): RequestError {
  return new RequestError(400, 'request.cursor', `cursor ${why}`, {
    parameter: 'cursor',
    value,
    allowed: 'the cursor of the page before, with the same filters and order',
  });
}

/** Guards against mistakes, not against forgery: a cursor opens nothing that its filters do not. */
function check(payload: string): string {
  return digest(`querytrail cursor ${payload}`).slice(0, CHECK_LENGTH);
}

function hashOfList(filter: ListFilter, page: ListOrder): string {
  const { from, to, ...filters } = filter;
  const range = page.range ?? [from, to];
  const canonical = Object.entries({ ...filters, order: page.order, range })
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return digest(JSON.stringify(canonical)).slice(0, 16);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
