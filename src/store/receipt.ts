import * as z from 'zod';

const MARK_BYTES = 16;

const count = z.number().int().nonnegative();

/** What became of one delivered log file. Written last, after all of its events. */
export const receiptSchema = z
  .object({
    bucket: z.string().min(1).optional(),
    key: z.string().min(1),
    accountId: z.string().min(1),
    region: z.string().min(1),
    /** Publish date of the file, `yyyy-mm-dd`. */
    day: z.string().length(10),
    /** When CloudTrail delivered the file, from its name. */
    deliveredAt: z.iso.datetime().optional(),
    storedAt: z.iso.datetime(),
    /** `quarantined`: the whole file. Records set aside one by one do not change that it is stored. */
    status: z.enum(['stored', 'quarantined']),
    /** `LogFileError` code and message of a file that could not be read. */
    reason: z.object({ code: z.string(), message: z.string() }).optional(),
    records: z.object({ seen: count, kept: count, skipped: count, quarantined: count }),
    /** Records set aside: their place and why; at most 100 are listed, all are counted. */
    quarantined: z.array(z.object({ index: count, reason: z.string() })),
    counts: z.object({
      class: z.record(z.string(), count),
      outcome: z.record(z.string(), count),
    }),
    oldestEventTime: z.iso.datetime().optional(),
    newestEventTime: z.iso.datetime().optional(),
    lagMs: count.optional(),
    /** `contentMark` of the inflated bytes. */
    content: z.base64url().optional(),
  })
  .meta({ id: 'Receipt' });

/**
 * What a file's content is known by: 128 bits of the SHA-256 over the inflated bytes, which is what
 * CloudTrail signs. Nobody finds other bytes of the same mark; and no compression shortens a hash.
 */
export function contentMark(sha256: Buffer): string {
  return sha256.subarray(0, MARK_BYTES).toString('base64url');
}

export type Receipt = z.infer<typeof receiptSchema>;
