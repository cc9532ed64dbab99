const number = new Intl.NumberFormat('en');
const local = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'long' });
const day = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeZone: 'UTC' });

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

export const formatCount = (count: number): string => number.format(count);

/** Decimal units, as Athena's console shows them. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(5, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[power]}`;
}

/** Dollars; small amounts keep the digits that tell them apart. */
export function formatCost(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.01) return `$${usd.toPrecision(2)}`;
  return `$${usd.toFixed(2)}`;
}

export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000)
    return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(ms / 3_600_000)} h ${Math.round((ms % 3_600_000) / 60_000)} min`;
}

/** `2026-03-02T10:01:07Z` → `10:01:07`. All times are UTC, as in the records. */
export const formatTime = (isoTime: string): string => isoTime.slice(11, 19);

/** The time as logged, and that of the reader's own clock. */
export function formatBothTimes(isoTime: string): string {
  const time = new Date(isoTime);
  return time.getTimezoneOffset() === 0 ? isoTime : `${isoTime} (${local.format(time)})`;
}

/** `2026-03-02T10:01:07Z` → `2026-03-02 10:01`. */
export const formatMinute = (isoTime: string): string => isoTime.slice(0, 16).replace('T', ' ');

export const formatDay = (isoTime: string): string => day.format(new Date(isoTime));

/** `SELECT` stays; `CREATE_TABLE_AS_SELECT` becomes readable. */
export const formatOperation = (operation: string): string => operation.replaceAll('_', ' ');
