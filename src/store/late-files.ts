import type { Verdict } from '../event/audit-event';
import { deliveryTime, isInTime, LISTING_DELAY_MS } from './delivery';
import type { EventStore, FileIdentity, FileVerdict } from './event-store';
import { keyId } from './keys';
import type { Receipt } from './receipt';
import { type createVerdicts, hashMark, type Proof, verdictKey } from './verdicts';

const HOUR_MS = 3_600_000;

/**
 * Makes the function that judges files which were taken in after the digests of their time: those
 * that came late, and those that were overwritten. A file in time costs nothing, a late one up to
 * three reads of an item.
 */
export function createLateJudge(
  verdicts: Pick<ReturnType<typeof createVerdicts>, 'proofsOf' | 'listArrivals' | 'setVerdicts'>,
): EventStore['judgeLate'] {
  return async (receipts) => {
    const late = receipts.filter((file) => !isInTime(file, Date.parse(file.storedAt)));
    if (late.length === 0) return [];
    const proofs = await verdicts.proofsOf(late);
    const found = late.flatMap((file): FileVerdict[] => {
      const proof = proofs.get(file.key);
      const verdict = proof && compare(file, proof);
      return verdict ? [{ file, verdict, signed: proof.signed }] : [];
    });
    found.push(...(await findUnlisted(late.filter(({ key }) => !proofs.has(key)))));
    if (found.length > 0) await verdicts.setVerdicts(found);
    return found;
  };

  /** Those that a digest is there for which ended late enough to be the last one to name them. */
  async function findUnlisted(files: readonly Receipt[]): Promise<FileVerdict[]> {
    const dated = files.filter(({ deliveredAt }) => deliveredAt !== undefined);
    if (dated.length === 0) return [];
    const arrivals = await verdicts.listArrivals(dated.flatMap(lastDigestHours));
    return dated.flatMap((file): FileVerdict[] => {
      const ends = lastDigestHours(file).flatMap(
        (hour) => arrivals.get(keyId(verdictKey(hour))) ?? [],
      );
      const isOwed = ends.every((end) => Date.parse(end) < lastDigestEnd(file));
      return isOwed ? [] : [{ file, verdict: 'unlisted' }];
    });
  }
}

/** The verdict that the content now taken in changes a digest's to, if it does. */
function compare({ content }: Receipt, { verdict, signed }: Proof): Verdict | undefined {
  if (content === undefined || signed === undefined) return undefined;
  const isSigned = hashMark(content) === signed;
  // Once events came from other content, they are there: the right one does not make it undone.
  if (!isSigned) return verdict === 'failed' ? undefined : 'failed';
  return verdict === 'missing' ? 'verified' : undefined;
}

/** Milliseconds since 1970. */
function lastDigestEnd(file: FileIdentity): number {
  return Date.parse(deliveryTime(file)) + LISTING_DELAY_MS;
}

/** Digests end hourly: one does in the hour of that end, or in the next. */
function lastDigestHours(file: FileIdentity): Omit<FileIdentity, 'key'>[] {
  const { accountId, region } = file;
  return [0, HOUR_MS].map((afterMs) => {
    const deliveredAt = new Date(lastDigestEnd(file) + afterMs).toISOString();
    return { accountId, region, day: deliveredAt.slice(0, 10), deliveredAt };
  });
}
