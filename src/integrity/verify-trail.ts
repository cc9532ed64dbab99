import type { LogFileLocation } from '../cloudtrail/log-files';
import { concurrently } from '../concurrency';
import { LogFileError, UpstreamError } from '../errors';
import { LISTING_DELAY_MS } from '../store/delivery';
import type { ListedLogFile } from './digest';
import { checkLink, locationId, noteRestarts, previousLocation } from './digest-chain';
import type { PublicKeys } from './public-keys';
import { deliveryTime, digestEnd, isSelected, listDigests, listLogFiles } from './stream-files';
import { findStreams, type Selection, type Stream } from './streams';
import type { ListedTrailObjects } from './trail-objects';
import { type CheckedDigest, type DigestVerdict, verifyDigest } from './verify-digest';
import { type LogFileVerdict, verifyLogFile } from './verify-log-file';

interface DigestFinding {
  readonly kind: 'digest';
  readonly key: string;
  readonly verdict: DigestVerdict;
  readonly reason?: string;
  /** What the digest says of itself, where it can be read. */
  readonly says?: {
    readonly startsAt: string;
    readonly endsAt: string;
    readonly region?: string;
    readonly fingerprint: string;
  };
}

interface LogFinding extends LogFileVerdict {
  readonly kind: 'log';
  readonly key: string;
  /** Delivered so lately that CloudTrail need not have listed it yet. */
  readonly isTooNew?: boolean;
}

/** A folder that cannot be looked into: nothing is known of what lies there. */
export interface FolderFinding {
  readonly kind: 'folder';
  /** Ends in `/`. */
  readonly key: string;
  readonly verdict: 'unverified';
  readonly reason: string;
}

export type Finding = DigestFinding | LogFinding | FolderFinding;

export interface VerifyTrailOptions {
  readonly objects: ListedTrailObjects;
  readonly keys: PublicKeys;
  /** Folder to begin at; ends in `/` unless it is empty. */
  readonly root?: string;
  readonly selection?: Selection;
  /** Decides which log files are too new to be listed. */
  readonly now: Date;
  /** Told of files that will be read, and of each that was. */
  readonly progress?: { expect(files: number): void; done(): void };
}

/** Files that are read at the same time. */
const CONCURRENCY = 16;
const HOUR_MS = 3_600_000;
const CONTRADICTED: LogFileVerdict = {
  verdict: 'failed',
  reason: 'is named by two verified digests, with different hashes',
};

/**
 * Verifies everything below a folder: each digest by itself and by its chain, each log file that a
 * verified digest names, and then looks for log files that none names.
 *
 * Works through one account and Region after the other; memory holds the names of one of them.
 *
 * @returns one finding per digest and log file, in no particular order.
 * @throws UpstreamError when files cannot be listed or public keys cannot be had.
 */
export async function* verifyTrail(options: VerifyTrailOptions): AsyncGenerator<Finding> {
  const { objects, root = '', selection = {} } = options;
  for (const stream of await findStreams(objects, root, selection)) {
    yield* verifyStream({ ...options, selection }, stream);
  }
}

type StreamOptions = VerifyTrailOptions & { readonly selection: Selection };

async function* verifyStream(options: StreamOptions, stream: Stream): AsyncGenerator<Finding> {
  const digests = await verifyDigests(options, stream);
  for (const digest of noteRestarts([...digests.values()])) {
    if (startsBefore(digest, options.selection.to)) yield toFinding(digest);
  }
  const listed = collectLogFiles(options, digests.values());
  options.progress?.expect(listed.verified.size);
  yield* concurrently(listed.verified.values(), CONCURRENCY, (file) => check(options, file));
  yield* findUnlisted(options, stream, listed, newestEnd(digests.values()));
}

/** By location: the listed digests, and older ones that the chain leads to elsewhere. */
async function verifyDigests(
  { objects, keys, selection, progress }: StreamOptions,
  stream: Stream,
): Promise<Map<string, CheckedDigest>> {
  const checkOne = async (location: LogFileLocation) => {
    progress?.expect(1);
    const digest = await verifyDigest(objects, keys, location).catch((error) =>
      unreadDigest(location, error),
    );
    progress?.done();
    return digest;
  };
  const digests = new Map<string, CheckedDigest>();
  const found = listDigests(objects, stream, selection);
  for await (const digest of concurrently(found, CONCURRENCY, checkOne)) {
    digests.set(locationId(digest.location), digest);
  }
  // From the newest on, so that a digest found to be replaced says nothing of those before it.
  const newestFirst = [...digests].sort(([, a], [, b]) => endMs(b) - endMs(a));
  for (const [id] of newestFirst) {
    let next = digests.get(id);
    while (next !== undefined) {
      const location = previousLocation(next);
      if (location === undefined || isBefore(location.key, selection.from)) break;
      const known = digests.get(locationId(location));
      const previous = checkLink(known ?? (await checkOne(location)), next);
      digests.set(locationId(location), previous);
      next = known === undefined ? previous : undefined;
    }
  }
  return digests;
}

/** Without CloudTrail's keys no digest can be judged; without S3 only this one. */
function unreadDigest(location: LogFileLocation, error: unknown): CheckedDigest {
  if (!(error instanceof UpstreamError) || error.code.startsWith('cloudtrail.')) throw error;
  return { location, verdict: 'failed', reason: `could not be read: ${error.message}` };
}

function isBefore(digestKey: string, from: Date | undefined): boolean {
  const endsMs = digestEnd(digestKey);
  return from !== undefined && endsMs !== undefined && endsMs <= from.getTime();
}

function startsBefore({ location, content }: CheckedDigest, to: Date | undefined): boolean {
  const endsMs = digestEnd(location.key);
  const startsMs = content
    ? Date.parse(content.digest.digestStartTime)
    : endsMs && endsMs - HOUR_MS;
  return to === undefined || startsMs === undefined || startsMs < to.getTime();
}

interface NamedLogFile {
  readonly key: string;
  readonly location: LogFileLocation | undefined;
  readonly listed: ListedLogFile;
  /** Another verified digest signs another content: one of them is not CloudTrail's. */
  readonly isContradicted: boolean;
}

interface NamedLogFiles {
  readonly verified: ReadonlyMap<string, NamedLogFile>;
  /** Named by digests that prove nothing. */
  readonly unproven: ReadonlySet<string>;
}

function collectLogFiles(
  { selection }: StreamOptions,
  digests: Iterable<CheckedDigest>,
): NamedLogFiles {
  const verified = new Map<string, NamedLogFile>();
  const unproven = new Set<string>();
  for (const { verdict, content } of digests) {
    if (content?.relocate === undefined) continue;
    for (const listed of content.digest.logFiles) {
      const signed = { bucket: listed.s3Bucket, key: listed.s3Object };
      if (!isSelected(signed.key, selection)) continue;
      const location = content.relocate(signed);
      const id = locationId(location ?? signed);
      if (verdict !== 'verified') unproven.add(id);
      else {
        const { isContradicted = false, listed: before = listed } = verified.get(id) ?? {};
        const isSame = before.hashValue.toLowerCase() === listed.hashValue.toLowerCase();
        const { key } = location ?? signed;
        verified.set(id, { key, location, listed, isContradicted: isContradicted || !isSame });
      }
    }
  }
  return { verified, unproven };
}

async function check(
  { objects, progress }: StreamOptions,
  { key, location, listed, isContradicted }: NamedLogFile,
): Promise<LogFinding> {
  const verdict = isContradicted
    ? CONTRADICTED
    : await verifyLogFile(objects, location, listed).catch((error): LogFileVerdict => {
        if (!(error instanceof UpstreamError || error instanceof LogFileError)) throw error;
        return { verdict: 'unverified', reason: `could not be read: ${error.message}` };
      });
  progress?.done();
  return { kind: 'log', key, ...verdict };
}

async function* findUnlisted(
  { objects, selection, now }: StreamOptions,
  stream: Stream,
  named: NamedLogFiles,
  newestEndMs: number,
): AsyncGenerator<LogFinding> {
  for await (const location of listLogFiles(objects, stream, selection)) {
    const id = locationId(location);
    if (named.verified.has(id)) continue;
    const { key } = location;
    const judged = judgeUnnamed(key, named.unproven.has(id), newestEndMs);
    const deliveredMs = deliveryTime(key) ?? 0;
    const isTooNew = deliveredMs > now.getTime() - LISTING_DELAY_MS;
    yield {
      kind: 'log',
      key,
      ...judged,
      ...(judged.verdict === 'unverified' && isTooNew && { isTooNew }),
    };
  }
}

function judgeUnnamed(key: string, isUnproven: boolean, newestEndMs: number): LogFileVerdict {
  if (isUnproven) {
    return { verdict: 'unlisted', reason: 'is named only by a digest that is not verified' };
  }
  if (newestEndMs === 0) {
    return { verdict: 'unverified', reason: 'has no digest in its account and Region' };
  }
  const deliveredMs = deliveryTime(key);
  if (deliveredMs !== undefined && deliveredMs > newestEndMs - LISTING_DELAY_MS) {
    return { verdict: 'unverified', reason: 'is named by no digest yet' };
  }
  return { verdict: 'unlisted', reason: 'is named by no digest' };
}

function newestEnd(digests: Iterable<CheckedDigest>): number {
  let newestMs = 0;
  for (const digest of digests) {
    if (digest.verdict !== 'missing') newestMs = Math.max(newestMs, endMs(digest));
  }
  return newestMs;
}

function endMs({ location, content }: CheckedDigest): number {
  if (content === undefined) return digestEnd(location.key) ?? 0;
  return Date.parse(content.digest.digestEndTime);
}

function toFinding({ location, verdict, reason, content }: CheckedDigest): DigestFinding {
  return {
    kind: 'digest',
    key: location.key,
    verdict,
    ...(reason !== undefined && { reason }),
    ...(content !== undefined && {
      says: {
        startsAt: content.digest.digestStartTime,
        endsAt: content.digest.digestEndTime,
        region: content.region,
        fingerprint: content.digest.digestPublicKeyFingerprint,
      },
    }),
  };
}
