import * as z from 'zod';

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
    /** Of the inflated bytes, which is what CloudTrail signs; base64. */
    sha256: z.base64().optional(),
  })
  .meta({ id: 'Receipt' });

export type Receipt = z.infer<typeof receiptSchema>;
