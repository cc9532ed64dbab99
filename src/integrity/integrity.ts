import type { LogFileLocation } from '../cloudtrail/log-files';
import { inParallel } from '../concurrency';
import type { Verdict } from '../event/audit-event';
import { digestOfKey, fileOfKey, LISTING_DELAY_MS } from '../store/delivery';
import type { DeliveredFile, EventStore, FileVerdict } from '../store/event-store';
import { contentMark, type Receipt } from '../store/receipt';
import { hashMark } from '../store/verdicts';
import type { ListedLogFile } from './digest';
import { checkLink, previousLocation } from './digest-chain';
import { digestsAround, findNextDigest } from './next-digest';
import type { PublicKeys } from './public-keys';
import { createRecentFiles } from './recent-files';
import { deliveryTime, digestEnd } from './stream-files';
import type { TrailObjects } from './trail-objects';
import { type CheckedDigest, type DigestVerdict, verifyDigest } from './verify-digest';
import { verifyLogFile } from './verify-log-file';

export interface IntegrityDependencies {
  readonly objects: TrailObjects;
  readonly keys: PublicKeys;
  readonly store: Pick<EventStore, 'setVerdicts' | 'isContinued' | 'listFiles'>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

interface CheckedFile<AnyVerdict> {
  readonly key: string;
  readonly verdict: AnyVerdict;
  readonly reason?: string;
}

interface JudgedFile extends CheckedFile<Verdict> {
  /** Of the hash that the digest names, for what is taken in later. */
  readonly signed?: string;
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
const HOUR_MS = 3_600_000;
/** Digests that were removed or failed would have looked for unlisted files: the next does for so long. */
const LONGEST_GAP_MS = 24 * HOUR_MS;
const UNPROVEN = 'is named only by a digest that is not verified';

/** Verifies digests as they arrive. */
export function createIntegrity({ objects, keys, store, now }: IntegrityDependencies): Integrity {
  const recentFiles = createRecentFiles(store, now ?? Date.now);

  async function arrive(location: LogFileLocation): Promise<DigestReport> {
    const own = await verifyDigest(objects, keys, location);
    const previousAt = previousLocation(own);
    const recent = await filesAround(own, false);
    const { logs, failures } = await judgeLogFiles(own, recent, previousAt);
    // The store knows by now that it is continued: should it be replaced after this, that tells.
    const before = previousAt && (await verifyDigest(objects, keys, previousAt));
    const followsGap = (before ?? own).verdict !== 'verified';
    logs.push(...(await markUnlisted(own, followsGap ? await filesAround(own, true) : recent)));
    if (failures.length > 0) throw failures[0];
    // Looked for at last: a next digest that arrives meanwhile takes back what was said by now.
    const digest = await compareWithNext(own);
    if (isReplaced(own, digest)) {
      const report = { digests: [toCheckedFile(digest)], logs: await takeBack(digest) };
      // What a replaced digest has said of the one before it does not count any more.
      return join(report, before && (await arriveBefore(own, before.location)));
    }
    const report = { digests: [toCheckedFile(digest)], logs };
    if (before === undefined) return report;
    const previous = checkLink(before, digest);
    if (isReplaced(before, previous)) {
      return join(report, await arriveBefore(digest, before.location));
    }
    return join(report, { digests: [toCheckedFile(previous)], logs: [] });
  }

  /** The digest as the next one sees it, if there is one and it is sound itself. */
  async function compareWithNext(digest: CheckedDigest): Promise<CheckedDigest> {
    const file = digestOfKey(digest.location.key);
    // Listing the bucket for the next one costs as much as forty questions like this.
    if (file === undefined || !(await store.isContinued(file))) return digest;
    const next = await findNextDigest(objects, keys, digest.location);
    const compared = next ? checkLink(digest, next) : digest;
    if (next === undefined || !isReplaced(digest, compared)) return digest;
    return isReplaced(next, await compareWithNext(next)) ? digest : compared;
  }

  /** Backwards only: a digest that somebody else wrote may name any place. */
  async function arriveBefore(
    digest: CheckedDigest,
    previous: LogFileLocation,
  ): Promise<DigestReport | undefined> {
    const [endMs = 0, previousEndMs = 0] = [digest.location.key, previous.key].map(digestEnd);
    return previousEndMs < endMs ? arrive(previous) : undefined;
  }

  /** Sets the verdicts of the files that a digest names, and says which digest it continues. */
  async function judgeLogFiles(
    digest: CheckedDigest,
    recent: readonly DeliveredFile[],
    previous: LogFileLocation | undefined,
  ): Promise<{ logs: JudgedFile[]; failures: unknown[] }> {
    const listed = digest.content?.digest.logFiles ?? [];
    const { logs, failures } = await judgeAll(digest, listed, recent);
    // Where a file cannot be read for now, the others keep what was found.
    await store.setVerdicts(logs.flatMap(toFileVerdict), {
      arrived: digest.verdict === 'missing' ? undefined : digestOfKey(digest.location.key),
      continued: previous && digestOfKey(previous.key),
    });
    return { logs, failures };
  }

  async function judgeAll(
    digest: CheckedDigest,
    files: readonly ListedLogFile[],
    recent: readonly DeliveredFile[],
  ): Promise<{ logs: JudgedFile[]; failures: unknown[] }> {
    const receipts = new Map(recent.map(({ receipt }) => [receipt?.key, receipt]));
    const logs: JudgedFile[] = [];
    const failures: unknown[] = [];
    await inParallel(
      files,
      async (listed) => {
        try {
          logs.push(await judge(digest, listed, receipts));
        } catch (error) {
          failures.push(error);
        }
      },
      CONCURRENCY,
    );
    return { logs, failures };
  }

  async function markUnlisted(
    digest: CheckedDigest,
    taken: readonly DeliveredFile[],
  ): Promise<CheckedFile<Verdict>[]> {
    const logs = findUnlisted(digest, taken);
    if (logs.length > 0) await store.setVerdicts(logs.flatMap(toFileVerdict));
    return logs;
  }

  /** What a replaced digest has said of files, until the sound ones that name them, too, say it. */
  async function takeBack(replaced: CheckedDigest): Promise<CheckedFile<Verdict>[]> {
    const { content, location } = replaced;
    if (content === undefined) return [];
    const unproven = content.digest.logFiles.map((listed): JudgedFile => {
      return { key: placeOf(content, listed).key, verdict: 'unlisted', reason: UNPROVEN };
    });
    const taken = unproven.flatMap(toFileVerdict);
    await store.setVerdicts(taken.map((verdict) => ({ ...verdict, takesBack: true })));
    const logs = new Map(unproven.map((file) => [file.key, file]));
    for await (const near of digestsAround(objects, location, timesOf(logs.keys(), location))) {
      for (const told of await tellAgain(near, logs)) logs.set(told.key, told);
    }
    return [...logs.values()];
  }

  /** What a sound digest says of these files, as it did when it arrived. */
  async function tellAgain(
    location: LogFileLocation,
    files: ReadonlyMap<string, unknown>,
  ): Promise<readonly JudgedFile[]> {
    const digest = await verifyDigest(objects, keys, location);
    const named = (digest.content?.digest.logFiles ?? []).filter((listed) =>
      files.has(placeOf(digest.content, listed).key),
    );
    if (named.length === 0 || digest.verdict !== 'verified') return [];
    if (isReplaced(digest, await compareWithNext(digest))) return [];
    const { logs, failures } = await judgeAll(digest, named, await filesAround(digest, false));
    await store.setVerdicts(logs.flatMap(toFileVerdict));
    if (failures.length > 0) throw failures[0];
    return logs;
  }

  /** Those that this digest may name, and those that it is the last one to name. */
  async function filesAround(
    { location, verdict }: CheckedDigest,
    followsGap: boolean,
  ): Promise<readonly DeliveredFile[]> {
    const source = digestOfKey(location.key);
    const endMs = digestEnd(location.key);
    if (verdict === 'missing' || source === undefined || endMs === undefined) return [];
    const fromMs = endMs - HOUR_MS - LISTING_DELAY_MS;
    if (!followsGap) return recentFiles(source, new Date(fromMs), new Date(endMs));
    const { accountId, region } = source;
    const from = new Date(fromMs - LONGEST_GAP_MS).toISOString();
    const to = new Date(endMs).toISOString();
    return Array.fromAsync(store.listFiles({ accountId, region, from, to }));
  }

  async function judge(
    digest: CheckedDigest,
    listed: ListedLogFile,
    receipts: ReadonlyMap<string | undefined, Receipt | undefined>,
  ): Promise<JudgedFile> {
    const { key, location } = placeOf(digest.content, listed);
    if (digest.verdict !== 'verified') {
      return { key, verdict: 'unlisted', reason: UNPROVEN };
    }
    const receipt = receipts.get(key);
    const takenIn = receipt?.bucket === location?.bucket ? receipt?.content : undefined;
    const judged = await verifyLogFile(objects, location, listed, takenIn);
    return { key, ...judged, signed: hashMark(contentMark(Buffer.from(listed.hashValue, 'hex'))) };
  }

  return { verifyDigest: arrive };
}

/** Where a listed file lies, and its key there; as listed where that is not known. */
function placeOf(content: CheckedDigest['content'], listed: ListedLogFile) {
  const signed = { bucket: listed.s3Bucket, key: listed.s3Object };
  const location = content?.relocate?.(signed);
  return { key: location?.key ?? signed.key, location };
}

/** Files that are old enough to have been named by this digest or an earlier one. */
function findUnlisted(
  { location, content }: CheckedDigest,
  recent: readonly DeliveredFile[],
): CheckedFile<Verdict>[] {
  const before = (digestEnd(location.key) ?? 0) - LISTING_DELAY_MS;
  const named = new Set(content?.digest.logFiles.map((listed) => placeOf(content, listed).key));
  return recent.flatMap(({ receipt, verdict }) => {
    if (receipt?.deliveredAt === undefined || verdict !== 'unverified') return [];
    if (Date.parse(receipt.deliveredAt) > before || named.has(receipt.key)) return [];
    return [{ key: receipt.key, verdict: 'unlisted', reason: 'is named by no digest' }];
  });
}

/** When the digests end that may name these files, within a day of the digest that does. */
function timesOf(keys: Iterable<string>, { key }: LogFileLocation): { from: Date; to: Date } {
  const endMs = digestEnd(key) ?? 0;
  let [firstMs, lastMs] = [endMs, endMs];
  for (const deliveredMs of [...keys].map(deliveryTime)) {
    firstMs = Math.min(firstMs, deliveredMs ?? endMs);
    lastMs = Math.max(lastMs, deliveredMs ?? endMs);
  }
  return {
    from: new Date(Math.max(firstMs, endMs - LONGEST_GAP_MS)),
    to: new Date(Math.min(lastMs + HOUR_MS + LISTING_DELAY_MS, endMs + LONGEST_GAP_MS)),
  };
}

/** Whether the next digest names another content for this place: `checkLink` says why. */
function isReplaced(digest: CheckedDigest, compared: CheckedDigest): boolean {
  return compared.content !== undefined && compared.reason !== digest.reason;
}

/** Of other digests than the arriving one only what is wrong is told. */
function join(report: DigestReport, more: DigestReport | undefined): DigestReport {
  if (more === undefined) return report;
  const isBad = ({ verdict }: CheckedFile<Verdict | DigestVerdict>) => verdict !== 'verified';
  return {
    digests: [...report.digests, ...more.digests.filter(isBad)],
    logs: [...report.logs, ...more.logs.filter(isBad)],
  };
}

function toCheckedFile({ location, verdict, reason }: CheckedDigest): CheckedFile<DigestVerdict> {
  return { key: location.key, verdict, reason };
}

/** Other kinds of files are verified too, but have no receipt. */
function toFileVerdict({ key, verdict, signed }: JudgedFile): FileVerdict[] {
  const file = fileOfKey(key);
  return file ? [{ file, verdict, signed }] : [];
}
