import { type CoverageStore, readCoverage, type SourceCoverage } from './coverage';
import type { LogSource } from './event-store';

/** Accounts and Regions of which something came hour by hour, and then no more. */
export interface SilentSources {
  /** No log file comes. */
  readonly files: readonly LogSource[];
  /** Log files come, and digests name them no more. */
  readonly digests: readonly LogSource[];
}

type Hour = SourceCoverage['hours'][number];

const HOUR_MS = 3_600_000;
/** Whole hours with nothing that make a source silent. */
const SILENT_HOURS = 3;
/** Hours that a log file may wait for its verdict: digests name it within two, and come later. */
const VERDICT_HOURS = 4;
/** Hours before all those, and how many must have brought something for silence to mean anything. */
const RHYTHM_HOURS = 24;
const STEADY_HOURS = 20;

/**
 * Looks for sources that fell silent, in one read of the last 31 hours.
 *
 * CloudTrail writes no file where nothing happened, so a quiet Region proves nothing: only a source
 * with files in 20 of 24 hours can be missed, once it is silent for the next three. In the same way
 * digests are missed where log files of 20 of 24 hours got a verdict, and none of the next three,
 * which would have it by now; as long as log files go on, for else there is nothing to name.
 */
export async function findSilentSources(store: CoverageStore, now: Date): Promise<SilentSources> {
  const thisHour = Math.floor(now.getTime() / HOUR_MS);
  const longest = SILENT_HOURS + VERDICT_HOURS + RHYTHM_HOURS;
  const from = new Date((thisHour - longest) * HOUR_MS).toISOString();
  const { sources } = await readCoverage(store, { from, to: now.toISOString() });

  const silent: Record<keyof SilentSources, LogSource[]> = { files: [], digests: [] };
  for (const { accountId, region, hours } of sources) {
    const agesOf = (chosen: readonly Hour[]) =>
      chosen.map(({ hour }) => thisHour - Date.parse(hour) / HOUR_MS);
    const files = agesOf(hours.filter(({ received }) => received > 0));
    const verdicts = agesOf(hours.filter(hasVerdicts));
    const goesOn = files.some((age) => age <= SILENT_HOURS);
    const isOwed = files.some((age) => age > VERDICT_HOURS && age <= SILENT_HOURS + VERDICT_HOURS);
    if (fellSilent(files, SILENT_HOURS)) silent.files.push({ accountId, region });
    if (goesOn && isOwed && fellSilent(verdicts, SILENT_HOURS + VERDICT_HOURS)) {
      silent.digests.push({ accountId, region });
    }
  }
  return silent;
}

/** @param ages - of the hours that brought something, in hours; the current one is 0. */
function fellSilent(ages: readonly number[], silentHours: number): boolean {
  const before = ages.filter((age) => age > silentHours && age <= silentHours + RHYTHM_HOURS);
  return before.length >= STEADY_HOURS && ages.every((age) => age > silentHours);
}

function hasVerdicts({ verified, failed, missing, unlisted }: Hour): boolean {
  return verified + failed + missing + unlisted > 0;
}
