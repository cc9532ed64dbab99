import type { LogFileLocation } from '../cloudtrail/log-files';
import { parseObjectKey } from '../cloudtrail/object-key';
import { locationId, previousLocation } from './digest-chain';
import type { PublicKeys } from './public-keys';
import { dayFolder, digestEnd } from './stream-files';
import { regionFolder, type TrailObjects } from './trail-objects';
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
  if (trail === undefined || isBackfill(location.key)) return undefined;
  let [looked, passed] = [0, 0];
  for await (const later of objects.digestsAfter(location)) {
    if (++passed > MAX_KEYS || looked >= LOOK_AHEAD) return undefined;
    if (trailOf(later.key) !== trail || isBackfill(later.key)) continue;
    looked++;
    const next = await verifyDigest(objects, keys, later);
    const named = previousLocation(next);
    if (named && locationId(named) === locationId(location)) return next;
  }
  return undefined;
}

/**
 * Digests of the same account, Region and trail, ordinary ones and backfilled ones, whose windows end
 * between two times (both included), by their names.
 *
 * @throws UpstreamError when the folder cannot be listed for now.
 */
export async function* digestsAround(
  objects: TrailObjects,
  location: LogFileLocation,
  { from, to }: { readonly from: Date; readonly to: Date },
): AsyncIterable<LogFileLocation> {
  const folder = regionFolder(location.key);
  const trail = trailOf(location.key);
  let passed = 0;
  const firstDay = { ...location, key: `${folder}${dayFolder(from)}/` };
  for await (const near of objects.digestsAfter(firstDay)) {
    if (++passed > MAX_KEYS || near.key > `${folder}${dayFolder(to)}/~`) return;
    const endMs = digestEnd(near.key);
    if (endMs === undefined || endMs < from.getTime() || endMs > to.getTime()) continue;
    if (trail !== undefined && trailOf(near.key) === trail) yield near;
  }
}

/** With its home Region: two trails may share a name. */
function trailOf(key: string): string | undefined {
  const place = parseObjectKey(key);
  return place.kind === 'digest' ? `${place.trailName} ${place.homeRegion}` : undefined;
}

function isBackfill(key: string): boolean {
  const place = parseObjectKey(key);
  return place.kind === 'digest' && place.backfill;
}
