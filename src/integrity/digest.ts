import { createHash } from 'node:crypto';
import * as z from 'zod';
import { LogFileError } from '../errors';

const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'must be a time');

const digestSchema = z.object({
  digestStartTime: time,
  digestEndTime: time,
  digestS3Bucket: z.string(),
  digestS3Object: z.string(),
  digestPublicKeyFingerprint: z.string(),
  digestSignatureAlgorithm: z.string(),
  previousDigestS3Bucket: z.string().nullish(),
  previousDigestS3Object: z.string().nullish(),
  previousDigestHashValue: z.string().nullish(),
  previousDigestHashAlgorithm: z.string().nullish(),
  previousDigestSignature: z.string().nullable(),
  logFiles: z.array(
    z.object({
      s3Bucket: z.string(),
      s3Object: z.string(),
      hashValue: z.string(),
      hashAlgorithm: z.string(),
    }),
  ),
});

/** A digest file's content: the signed list of the log files delivered within one hour. */
export type Digest = z.infer<typeof digestSchema>;
export type ListedLogFile = Digest['logFiles'][number];

/**
 * Reads a digest's JSON.
 *
 * @throws LogFileError `log-file.json` or `log-file.shape`, naming the member that is wrong.
 */
export function parseDigest(content: Buffer): Digest {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch (cause) {
    throw new LogFileError('log-file.json', 'is not JSON', { cause });
  }
  const parsed = digestSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const member = issue?.path.join('.') || 'the document';
  throw new LogFileError('log-file.shape', `is not a digest: ${member}: ${issue?.message}`);
}

/**
 * The text that CloudTrail signs.
 *
 * @param content - the uncompressed digest, byte by byte as stored.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
 */
export function signingString(digest: Digest, content: Buffer): string {
  return [
    digest.digestEndTime,
    `${digest.digestS3Bucket}/${digest.digestS3Object}`,
    sha256(content),
    // A starting digest signs the word, as the AWS CLI does.
    digest.previousDigestSignature ?? 'null',
  ].join('\n');
}

/** Lower-case hex. */
export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
