import { createHash } from 'node:crypto';

/** A JSON object whose members are not checked yet. */
export type Json = Readonly<Record<string, unknown>>;

const NOTHING: Json = Object.freeze({});

const SERVICE_OF_SOURCE: ReadonlyMap<unknown, 'athena' | 'keyspaces'> = new Map([
  ['athena.amazonaws.com', 'athena'],
  ['athena.amazonaws.com.cn', 'athena'],
  ['cassandra.amazonaws.com', 'keyspaces'],
  ['cassandra.amazonaws.com.cn', 'keyspaces'],
]);

/** What nearly every record has, on a day that every month has: nothing more to check. */
const USUAL_TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** The service that a record's `eventSource` names, in any partition; nothing for other services. */
export function serviceOf(eventSource: unknown): 'athena' | 'keyspaces' | undefined {
  return SERVICE_OF_SOURCE.get(eventSource);
}

/** The value where it is an object; else an empty one, so that members can be asked for anyway. */
export function objectOf(value: unknown): Json {
  return isObject(value) ? value : NOTHING;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The value where it is a string with something in it. Lone surrogates become U+FFFD, since no
 * store keeps them.
 */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.toWellFormed() : undefined;
}

/** The strings of an array. */
export function textsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.map(textOf).filter((text) => text !== undefined);
}

/** CloudTrail writes some booleans as strings. */
export function booleanOf(value: unknown): boolean | undefined {
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : undefined;
}

/**
 * A point in time in UTC, to the second where its fraction is zero: `2026-03-02T10:01:07Z`.
 * Nothing for other forms and for days that do not exist.
 */
export function timeOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (USUAL_TIME.test(value)) return value;
  const [whole, local] = TIME.exec(value) ?? [];
  if (whole === undefined || local === undefined) return undefined;
  const localMs = Date.parse(`${local}Z`);
  // 30 February would silently become 2 March.
  if (Number.isNaN(localMs) || !new Date(localMs).toISOString().startsWith(local)) return undefined;
  if (whole.length === local.length + 1) return whole;
  const ms = Date.parse(whole);
  if (Number.isNaN(ms)) return undefined;
  const utc = new Date(ms).toISOString().replace('.000Z', 'Z');
  return TIME.test(utc) ? utc : undefined;
}

/**
 * The id of a record that has none: `derived-` and the first 32 hex digits of the SHA-256 of the
 * UTF-8 bytes of `JSON.stringify(record)`, where `record` is the element of `Records` as
 * `JSON.parse` gives it. White space and escapes of the file do not count, members' order does.
 *
 * @throws RangeError where the record is nested too deeply to be written down again.
 */
export function deriveEventId(record: Json): string {
  const hash = createHash('sha256').update(JSON.stringify(record)).digest('hex');
  return `derived-${hash.slice(0, 32)}`;
}
