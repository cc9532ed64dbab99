import type { LogFileLocation } from '../cloudtrail/log-files';
import { parseObjectKey } from '../cloudtrail/object-key';
import type { CheckedDigest } from './verify-digest';

/** Tells locations apart, across buckets. */
export function locationId({ bucket, key }: LogFileLocation): string {
  return bucket === undefined ? key : `${bucket}/${key}`;
}

/** Where the digest that a verified digest continues must stand; nothing for a starting digest. */
export function previousLocation({ verdict, content }: CheckedDigest): LogFileLocation | undefined {
  if (verdict !== 'verified' || content?.relocate === undefined) return undefined;
  const { previousDigestS3Bucket: bucket, previousDigestS3Object: key } = content.digest;
  if (!bucket || !key) return undefined;
  // Outside of the folder: by its own key, under which it will not be found.
  return content.relocate({ bucket, key }) ?? { key };
}

/**
 * Compares a digest with what the next one of its chain says of it. The AWS CLI does not: a digest
 * replaced by one that an old key of CloudTrail signed would pass there.
 *
 * @param next - a verified digest that names `digest` as its previous one.
 * @returns `digest` with the verdict that follows.
 */
export function checkLink(digest: CheckedDigest, next: CheckedDigest): CheckedDigest {
  const named = next.content?.digest;
  if (named === undefined) return digest;
  const nextKey = next.location.key;
  if (digest.verdict === 'missing') {
    return { ...digest, reason: `is named as the previous one by ${nextKey} but is not there` };
  }
  if (digest.content === undefined) return digest;
  const { sha256, signature } = digest.content;
  const part =
    sha256 !== named.previousDigestHashValue?.toLowerCase()
      ? 'SHA-256'
      : signature !== undefined && signature !== named.previousDigestSignature?.toLowerCase()
        ? 'signature'
        : undefined;
  if (part === undefined) return digest;
  const replaced = `was replaced: its ${part} is not the one that the next digest, ${nextKey}, names`;
  const reason = digest.verdict === 'failed' ? `${digest.reason}; it ${replaced}` : replaced;
  return { ...digest, verdict: 'failed', reason };
}

/**
 * Notes on digests that begin a new chain after an older one: logging or validation was switched
 * off in between, or somebody removed digests. The digest itself is sound.
 */
export function noteRestarts(digests: readonly CheckedDigest[]): readonly CheckedDigest[] {
  const lastEnd = new Map<string, string>();
  const oldestFirst = [...digests].sort((a, b) => startMs(a) - startMs(b));
  return oldestFirst.map((digest) => {
    if (digest.content === undefined) return digest;
    const { digestStartTime, digestEndTime, previousDigestS3Object, digestS3Object } =
      digest.content.digest;
    const name = parseObjectKey(digestS3Object);
    if (name.kind !== 'digest' || name.backfill) return digest;
    const trail = `${name.trailName} ${name.homeRegion}`;
    const before = lastEnd.get(trail);
    lastEnd.set(trail, digestEndTime);
    const isRestart = before !== undefined && !previousDigestS3Object;
    if (digest.verdict !== 'verified' || !isRestart) return digest;
    if (Date.parse(before) >= Date.parse(digestStartTime)) return digest;
    return {
      ...digest,
      reason: `starts a new chain: no digest vouches for the time from ${before} to ${digestStartTime}`,
    };
  });
}

function startMs({ content }: CheckedDigest): number {
  return content === undefined ? 0 : Date.parse(content.digest.digestStartTime);
}
