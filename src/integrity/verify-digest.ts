import { type KeyObject, verify } from 'node:crypto';
import type { LogFileLocation } from '../cloudtrail/log-files';
import { parseObjectKey } from '../cloudtrail/object-key';
import { LogFileError } from '../errors';
import { type Digest, parseDigest, sha256, signingString } from './digest';
import { readInflated } from './inflated';
import type { PublicKeys } from './public-keys';
import type { Relocate, TrailObjects } from './trail-objects';

export type DigestVerdict = 'verified' | 'failed' | 'missing' | 'unsigned';

/** A digest after its own checks. Whether its neighbours vouch for it is `checkLinks`. */
export interface CheckedDigest {
  readonly location: LogFileLocation;
  readonly verdict: DigestVerdict;
  /** Why it is not verified, in words that follow "the digest". */
  readonly reason?: string;
  /** Absent when the content cannot be read. */
  readonly content?: {
    readonly digest: Digest;
    readonly sha256: string;
    /** From the object's metadata; the next digest repeats it. */
    readonly signature?: string;
    /** The Region that the digest covers and whose key signs it. */
    readonly region?: string;
    /** Absent when the digest was moved. */
    readonly relocate?: Relocate;
  };
}

const SIGNATURE_ALGORITHM = 'SHA256withRSA';
/** Room for 150,000 log files in one hour of one account and Region. */
const MAX_DIGEST_BYTES = 64 * 1024 * 1024;

/**
 * Checks a digest by itself: container, members, own location, algorithms, public key, signature.
 *
 * @throws UpstreamError when the object or the public keys cannot be had for now.
 */
export async function verifyDigest(
  objects: TrailObjects,
  keys: PublicKeys,
  location: LogFileLocation,
): Promise<CheckedDigest> {
  let content: Content;
  try {
    content = await readDigest(objects, location);
  } catch (error) {
    if (!(error instanceof LogFileError)) throw error;
    const isMissing = error.code === 'log-file.not-found';
    const isUnread = error.code === 'log-file.access-denied';
    const reason = isUnread ? `could not be read: ${error.message}` : error.message;
    return { location, verdict: isMissing ? 'missing' : 'failed', reason };
  }
  const { digest, bytes, metadata } = content;
  const signed = { bucket: digest.digestS3Bucket, key: digest.digestS3Object };
  const place = parseObjectKey(signed.key);
  const region = place.kind === 'digest' ? place.region : undefined;
  const checked = {
    location,
    content: {
      digest,
      sha256: sha256(bytes),
      signature: metadata?.signature?.toLowerCase(),
      region,
      relocate: objects.relocation(location, signed),
    },
  };

  const reason = findFault(checked.content, metadata);
  if (reason !== undefined) return { ...checked, ...reason };
  const fingerprint = digest.digestPublicKeyFingerprint;
  const key = await keys.find(region ?? '', fingerprint, madeAt(digest, metadata));
  if (key === undefined) {
    const unknown = `is signed with the key ${fingerprint}, which is not among the public keys of CloudTrail in ${region}`;
    return { ...checked, verdict: 'failed', reason: unknown };
  }
  if (!isSigned(key, signingString(digest, bytes), metadata?.signature ?? '')) {
    return { ...checked, verdict: 'failed', reason: 'does not match its signature' };
  }
  return { ...checked, verdict: 'verified' };
}

interface Content {
  readonly digest: Digest;
  readonly bytes: Buffer;
  readonly metadata?: Readonly<Record<string, string>>;
}

async function readDigest(objects: TrailObjects, location: LogFileLocation): Promise<Content> {
  const pieces: Buffer[] = [];
  const { body, metadata } = await objects.openDigest(location);
  await readInflated(body, MAX_DIGEST_BYTES, (bytes) => {
    pieces.push(Buffer.from(bytes));
  });
  const bytes = Buffer.concat(pieces);
  return { bytes, digest: parseDigest(bytes), metadata };
}

/** What is wrong before any key is asked for. */
function findFault(
  content: NonNullable<CheckedDigest['content']>,
  metadata: Readonly<Record<string, string>> | undefined,
): { verdict: DigestVerdict; reason: string } | undefined {
  const failed = (reason: string) => ({ verdict: 'failed' as const, reason });
  const { digest, relocate, region } = content;
  if (relocate === undefined) {
    return failed(
      `was moved: CloudTrail wrote it to s3://${digest.digestS3Bucket}/${digest.digestS3Object}`,
    );
  }
  if (region === undefined) return failed('names an own location that is none of a digest');
  if (!metadata?.signature) {
    return { verdict: 'unsigned', reason: 'has no signature in its metadata' };
  }
  for (const algorithm of [digest.digestSignatureAlgorithm, metadata['signature-algorithm']]) {
    if (algorithm !== SIGNATURE_ALGORITHM) {
      const named = algorithm === undefined ? 'no signature algorithm' : `"${algorithm}"`;
      return failed(`names ${named} instead of ${SIGNATURE_ALGORITHM}`);
    }
  }
  const { previousDigestS3Object, previousDigestHashAlgorithm } = digest;
  if (previousDigestS3Object && previousDigestHashAlgorithm !== 'SHA-256') {
    return failed(
      `names the hash algorithm "${previousDigestHashAlgorithm}" for the previous digest instead of SHA-256`,
    );
  }
  return undefined;
}

/**
 * A backfill digest is made later than its window says. The time is not signed, so it serves to
 * look for the key and for nothing else.
 */
function madeAt(digest: Digest, metadata: Readonly<Record<string, string>> | undefined): Date {
  const generated = new Date(metadata?.['backfill-generation-timestamp'] ?? '');
  return Number.isNaN(generated.getTime()) ? new Date(digest.digestEndTime) : generated;
}

function isSigned(key: KeyObject, text: string, signature: string): boolean {
  // Node reads hex up to the first other letter: a signature must be hex from end to end.
  if (!/^(?:[0-9a-f]{2})+$/i.test(signature)) return false;
  return verify('RSA-SHA256', Buffer.from(text), key, Buffer.from(signature, 'hex'));
}
