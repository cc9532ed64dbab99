import type { LogFileLocation } from '../cloudtrail/log-files';
import { parseObjectKey } from '../cloudtrail/object-key';
import { inParallel } from '../concurrency';
import type { Verdict } from '../event/audit-event';
import { fileOfKey } from '../store/delivery';
import type { DeliveredFile, EventStore, FileVerdict } from '../store/event-store';
import type { Receipt } from '../store/receipt';
import type { ListedLogFile } from './digest';
import { checkLink, previousLocation } from './digest-chain';
import type { PublicKeys } from './public-keys';
import { createRecentFiles } from './recent-files';
import { LISTING_DELAY_MS } from './stream-files';
import type { TrailObjects } from './trail-objects';
import { type CheckedDigest, type DigestVerdict, verifyDigest } from './verify-digest';
import { verifyLogFile } from './verify-log-file';

export interface IntegrityDependencies {
  readonly objects: TrailObjects;
  readonly keys: PublicKeys;
  readonly store: Pick<EventStore, 'setVerdicts' | 'listFiles'>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

interface CheckedFile<AnyVerdict> {
  readonly key: string;
  readonly verdict: AnyVerdict;
  readonly reason?: string;
}

/** What the arrival of one digest has shown. */
export interface DigestReport {
  /** The digest, and the one before it where the chain breaks there. */
  readonly digests: readonly CheckedFile<DigestVerdict>[];
  /** The log files that got a verdict. */
  readonly logs: readonly CheckedFile<Verdict>[];
}

export interface Integrity {
  /**
   * Verifies a digest that has arrived and sets the verdict of each log file that it names, and of
   * those that it and all before it should have named but did not. Doing it again is harmless.
   *
   * What was taken in is judged by the hash that it was taken in with, so that it is not read again;
   * only other files are read.
   *
   * @throws UpstreamError when something cannot be read or written for now, LogFileError
   *   `log-file.access-denied` when a log file may not be read.
   */
  verifyDigest(location: LogFileLocation): Promise<DigestReport>;
}

/** Log files that are read at the same time. */
const CONCURRENCY = 8;

/** Verifies digests as they arrive. */
export function createIntegrity({ objects, keys, store, now }: IntegrityDependencies): Integrity {
  const recentFiles = createRecentFiles(store, now ?? Date.now);

  async function arrive(location: LogFileLocation): Promise<DigestReport> {
    const digest = await verifyDigest(objects, keys, location);
    const broken = await findBrokenLink(digest);
    const named = digest.content?.digest.logFiles ?? [];
    const recent = digest.verdict === 'verified' ? await filesAround(digest) : [];
    const logs: CheckedFile<Verdict>[] = findUnlisted(digest, recent);
    const receipts = new Map(recent.map(({ receipt }) => [receipt?.key, receipt]));
    const failures: unknown[] = [];
    await inParallel(
      named,
      async (listed) => {
        try {
          logs.push(await judge(digest, listed, receipts));
        } catch (error) {
          failures.push(error);
        }
      },
      CONCURRENCY,
    );
    // Where a file cannot be read for now, the others keep what was found.
    await store.setVerdicts(logs.flatMap(toFileVerdict));
    if (failures.length > 0) throw failures[0];
    return { digests: [digest, ...broken].map(toCheckedFile), logs };
  }

  /** Reads the digest before: it may have been replaced, or removed, since it was verified. */
  async function findBrokenLink(digest: CheckedDigest): Promise<CheckedDigest[]> {
    const location = previousLocation(digest);
    if (location === undefined) return [];
    const previous = checkLink(await verifyDigest(objects, keys, location), digest);
    return previous.verdict === 'verified' ? [] : [previous];
  }

  /** Those that this digest may name, and those that it is the last one to name. */
  async function filesAround({ content }: CheckedDigest): Promise<readonly DeliveredFile[]> {
    if (content === undefined) return [];
    const place = parseObjectKey(content.digest.digestS3Object);
    if (place.kind !== 'digest') return [];
    const { digestStartTime, digestEndTime } = content.digest;
    const from = new Date(Date.parse(digestStartTime) - LISTING_DELAY_MS);
    return recentFiles(place, from, new Date(digestEndTime));
  }

  async function judge(
    digest: CheckedDigest,
    listed: ListedLogFile,
    receipts: ReadonlyMap<string | undefined, Receipt | undefined>,
  ): Promise<CheckedFile<Verdict>> {
    const signed = { bucket: listed.s3Bucket, key: listed.s3Object };
    const location = digest.content?.relocate?.(signed);
    const key = location?.key ?? signed.key;
    if (digest.verdict !== 'verified') {
      return { key, verdict: 'unlisted', reason: 'is named only by a digest that is not verified' };
    }
    const receipt = receipts.get(key);
    const sha256 = receipt?.bucket === location?.bucket ? receipt?.sha256 : undefined;
    return { key, ...(await verifyLogFile(objects, location, listed, sha256)) };
  }

  return { verifyDigest: arrive };
}

/** Files that are old enough to have been named by this digest or an earlier one. */
function findUnlisted(
  { content }: CheckedDigest,
  recent: readonly DeliveredFile[],
): CheckedFile<Verdict>[] {
  if (content === undefined) return [];
  const before = Date.parse(content.digest.digestEndTime) - LISTING_DELAY_MS;
  const named = new Set(
    content.digest.logFiles.map(({ s3Bucket: bucket, s3Object: key }) => {
      return content.relocate?.({ bucket, key })?.key ?? key;
    }),
  );
  return recent.flatMap(({ receipt, verdict }) => {
    if (receipt?.deliveredAt === undefined || verdict !== 'unverified') return [];
    if (Date.parse(receipt.deliveredAt) > before || named.has(receipt.key)) return [];
    return [{ key: receipt.key, verdict: 'unlisted', reason: 'is named by no digest' }];
  });
}

function toCheckedFile({ location, verdict, reason }: CheckedDigest): CheckedFile<DigestVerdict> {
  return { key: location.key, verdict, reason };
}

/** Other kinds of files are verified too, but have no receipt. */
function toFileVerdict({ key, verdict }: CheckedFile<Verdict>): FileVerdict[] {
  const file = fileOfKey(key);
  return file ? [{ file, verdict }] : [];
}
