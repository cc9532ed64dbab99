import type { LogFileLocation } from '../cloudtrail/log-files';
import { parseObjectKey } from '../cloudtrail/object-key';
import { concurrently } from '../concurrency';
import type { Verdict } from '../event/audit-event';
import type { EventStore } from '../store/event-store';
import type { ListedLogFile } from './digest';
import { checkLink, previousLocation } from './digest-chain';
import type { PublicKeys } from './public-keys';
import { LISTING_DELAY_MS } from './stream-files';
import type { TrailObjects } from './trail-objects';
import { type CheckedDigest, type DigestVerdict, verifyDigest } from './verify-digest';
import { verifyLogFile } from './verify-log-file';

export interface IntegrityDependencies {
  readonly objects: TrailObjects;
  readonly keys: PublicKeys;
  readonly store: Pick<EventStore, 'setVerdict' | 'listReceipts'>;
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
   * @throws UpstreamError when something cannot be read or written for now, LogFileError
   *   `log-file.access-denied` when a log file may not be read.
   */
  verifyDigest(location: LogFileLocation): Promise<DigestReport>;
}

/** Log files that are read at the same time. */
const CONCURRENCY = 8;

/** Verifies digests as they arrive. */
export function createIntegrity({ objects, keys, store }: IntegrityDependencies): Integrity {
  async function arrive(location: LogFileLocation): Promise<DigestReport> {
    const digest = await verifyDigest(objects, keys, location);
    const broken = await findBrokenLink(digest);
    const named = digest.content?.digest.logFiles ?? [];
    const logs = await Array.fromAsync(
      concurrently(named, CONCURRENCY, (listed) => judge(digest, listed)),
    );
    const unlisted = digest.verdict === 'verified' ? await setUnlisted(digest) : [];
    return { digests: [digest, ...broken].map(toCheckedFile), logs: [...logs, ...unlisted] };
  }

  /** Reads the digest before: it may have been replaced, or removed, since it was verified. */
  async function findBrokenLink(digest: CheckedDigest): Promise<CheckedDigest[]> {
    const location = previousLocation(digest);
    if (location === undefined) return [];
    const previous = checkLink(await verifyDigest(objects, keys, location), digest);
    return previous.verdict === 'verified' ? [] : [previous];
  }

  async function judge(
    digest: CheckedDigest,
    listed: ListedLogFile,
  ): Promise<CheckedFile<Verdict>> {
    const signed = { bucket: listed.s3Bucket, key: listed.s3Object };
    const location = digest.content?.relocate?.(signed);
    const { verdict, reason } =
      digest.verdict === 'verified'
        ? await verifyLogFile(objects, location, listed)
        : {
            verdict: 'unlisted' as const,
            reason: 'is named only by a digest that is not verified',
          };
    const key = location?.key ?? signed.key;
    const place = parseObjectKey(key);
    // Other kinds of files are verified too, but have no receipt.
    if (place.kind === 'log') await store.setVerdict({ ...place, key }, verdict);
    return { key, verdict, reason };
  }

  /** Receipts that are old enough to have been named by this digest or an earlier one. */
  async function setUnlisted({ content }: CheckedDigest): Promise<CheckedFile<Verdict>[]> {
    if (content === undefined) return [];
    const place = parseObjectKey(content.digest.digestS3Object);
    if (place.kind !== 'digest') return [];
    const before = new Date(Date.parse(content.digest.digestEndTime) - LISTING_DELAY_MS);
    const after = new Date(Date.parse(content.digest.digestStartTime) - LISTING_DELAY_MS);
    const { accountId, region } = place;
    const range = { accountId, region, fromDay: dayOf(after), toDay: dayOf(before) };
    const unlisted: CheckedFile<Verdict>[] = [];
    for await (const receipt of store.listReceipts(range)) {
      const { key, integrity, deliveredAt } = receipt;
      if (integrity !== 'unverified' || deliveredAt === undefined) continue;
      if (Date.parse(deliveredAt) > before.getTime()) continue;
      await store.setVerdict(receipt, 'unlisted');
      unlisted.push({ key, verdict: 'unlisted', reason: 'is named by no digest' });
    }
    return unlisted;
  }

  return { verifyDigest: arrive };
}

function toCheckedFile({ location, verdict, reason }: CheckedDigest): CheckedFile<DigestVerdict> {
  return { key: location.key, verdict, reason };
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
