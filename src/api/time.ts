const RELATIVE = /^-(\d{1,5})([mhdw])$/;
const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** No event is older, and no year has five digits. */
const EARLIEST_MS = 0;
const LATEST_MS = Date.parse('9999-12-31T23:59:59Z');

export const TIME_FORMS =
  'an ISO date (2026-11-01, UTC), an ISO date-time with Z or an offset (2026-11-01T08:30:00Z), ' +
  'a time before now (-30m, -12h, -7d, -4w) or now';

/**
 * Reads a point in time as the API and the command line take it.
 *
 * @returns milliseconds since 1970, or `undefined` where the text is not one of `TIME_FORMS`.
 */
export function parseTime(text: string, nowMs: number): number | undefined {
  if (text === 'now') return nowMs;
  const relative = RELATIVE.exec(text);
  if (relative) return nowMs - Number(relative[1]) * UNIT_MS[relative[2] as keyof typeof UNIT_MS];
  if (!ISO.test(text)) return undefined;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) || !isCalendarDay(text.slice(0, 10)) ? undefined : timeMs;
}

/**
 * The time as CloudTrail writes it: whole seconds, UTC. A part of a second is rounded up, which
 * selects the same events, both as an inclusive start and as an exclusive end.
 */
export function toEventTime(timeMs: number): string {
  const wholeSecondMs = Math.ceil(timeMs / 1000) * 1000;
  const writableMs = Math.min(Math.max(wholeSecondMs, EARLIEST_MS), LATEST_MS);
  return new Date(writableMs).toISOString().replace('.000Z', 'Z');
}

/** `Date.parse` takes 30 February for 2 March. */
function isCalendarDay(day: string): boolean {
  const parsed = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(day);
}
