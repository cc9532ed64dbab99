import { type CoverageStore, readCoverage } from './coverage';
import type { LogSource } from './event-store';

const HOUR_MS = 3_600_000;
/** Hours without a file that make a source silent. */
const SILENT_HOURS = 3;
/** Hours before those, and how many of them must have brought files for silence to mean anything. */
const RHYTHM_HOURS = 24;
const STEADY_HOURS = 20;

/**
 * Accounts and Regions that delivered files hour by hour and then stopped.
 *
 * CloudTrail writes no file where nothing happened, so a quiet Region proves nothing: only a source
 * with files in 20 of the 24 hours before can be missed, once it is silent for three.
 */
export async function findSilentSources(store: CoverageStore, now: Date): Promise<LogSource[]> {
  const to = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
  const silentFrom = new Date(to.getTime() - SILENT_HOURS * HOUR_MS);
  const from = new Date(silentFrom.getTime() - RHYTHM_HOURS * HOUR_MS);
  const range = { from: from.toISOString(), to: now.toISOString() };

  const { sources } = await readCoverage(store, range);
  return sources
    .filter((source) => {
      const hours = source.hours.filter(({ received }) => received > 0);
      const isQuiet = hours.every(({ hour }) => Date.parse(hour) < silentFrom.getTime());
      return isQuiet && hours.length >= STEADY_HOURS;
    })
    .map(({ accountId, region }) => ({ accountId, region }));
}
