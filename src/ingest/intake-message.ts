import * as z from 'zod';
import type { LogFileLocation } from '../cloudtrail/log-files';

const resumeSchema = z.object({
  querytrail: z.literal('resume'),
  bucket: z.string().min(1),
  key: z.string().min(1),
  fromIndex: z.number().int().nonnegative(),
});

/** Our own message on the intake queue: go on with this file from that position in `Records`. */
export interface ResumeRequest {
  readonly location: LogFileLocation;
  readonly fromIndex: number;
}

export function formatResume({ location, fromIndex }: ResumeRequest): string {
  const { bucket = '', key } = location;
  return JSON.stringify({ querytrail: 'resume', bucket, key, fromIndex });
}

/** @returns undefined for a message that is not ours: a notification. */
export function parseResume(body: string): ResumeRequest | undefined {
  if (!body.includes('"querytrail"')) return undefined;
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    return undefined;
  }
  const parsed = resumeSchema.safeParse(message);
  if (!parsed.success) return undefined;
  const { bucket, key, fromIndex } = parsed.data;
  return { location: { bucket, key }, fromIndex };
}
