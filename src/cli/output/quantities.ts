const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** `2026-11-20T11:00:00Z` as people read it; the zone stands in the header. */
export function formatTime(isoTime: string): string {
  return isoTime.replace('T', ' ').replace(/(\.\d+)?Z$/, '');
}

/** Dollars: cents, and two digits that say something below a cent. */
export function formatCost(costUsd: number | undefined): string {
  if (costUsd === undefined) return '';
  if (costUsd === 0 || costUsd >= 0.01) return `$${costUsd.toFixed(2)}`;
  if (costUsd < 0.000001) return '<$0.000001';
  const digits = 1 - Math.floor(Math.log10(costUsd));
  return `$${costUsd.toFixed(digits)}`;
}

/** Bytes in decimal units, as AWS prices them. */
export function formatBytes(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), BYTE_UNITS.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${BYTE_UNITS[power]}`;
}

/** The two largest units that say something. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return twoUnits(ms / 1000, 60, 'min', 's');
  if (ms < 86_400_000) return twoUnits(ms / 60_000, 60, 'h', 'min');
  return twoUnits(ms / 3_600_000, 24, 'd', 'h');
}

function twoUnits(value: number, size: number, large: string, small: string): string {
  const whole = Math.floor(value);
  return `${Math.floor(whole / size)} ${large} ${whole % size} ${small}`;
}
