import type { LogFileLocation } from '../cloudtrail/log-files';
import { parseObjectKey } from '../cloudtrail/object-key';
import { locationId, previousLocation } from './digest-chain';
import type { PublicKeys } from './public-keys';
import type { TrailObjects } from './trail-objects';
import { type CheckedDigest, verifyDigest } from './verify-digest';

/** Later digests of a trail that are looked at for one that continues a digest. */
const LOOK_AHEAD = 3;
/** Keys that may lie between them: digests of other trails, as they are sorted by day first. */
const MAX_KEYS = 1_000;

/**
 * Finds the digest that continues another one, where it has been delivered already: a digest that
 * comes late, again, or in the place of another.
 *
 * @returns a digest that is sound by itself and names `location` as the one before it.
 * @throws UpstreamError when the folder or a digest cannot be read for now.
 */
export async function findNextDigest(
  objects: TrailObjects,
  keys: PublicKeys,
  location: LogFileLocation,
): Promise<CheckedDigest | undefined> {
  const trail = trailOf(location.key);
  if (trail === undefined) return undefined;
  let [looked, passed] = [0, 0];
  for await (const later of objects.digestsAfter(location)) {
    if (++passed > MAX_KEYS || looked >= LOOK_AHEAD) return undefined;
    if (trailOf(later.key) !== trail) continue;
    looked++;
    const next = await verifyDigest(objects, keys, later);
    const named = previousLocation(next);
    if (named && locationId(named) === locationId(location)) return next;
  }
  return undefined;
}

function trailOf(key: string): string | undefined {
  const place = parseObjectKey(key);
  if (place.kind !== 'digest' || place.backfill) return undefined;
  return `${place.trailName} ${place.homeRegion}`;
}
