import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { LogFileError, UpstreamError } from '../errors';
import type { LogFileLocation, LogFiles } from './log-files';

const GONE = new Set(['NoSuchKey', 'NoSuchBucket', 'NotFound']);
const DENIED = new Set(['AccessDenied', 'Forbidden', 'AllAccessDisabled']);
/** KMS answers that no retry changes: no grant, or the key is gone. Other KMS trouble passes. */
const KEY_LOST = new Set([
  'KMS.DisabledException',
  'KMS.NotFoundException',
  'KMS.KMSInvalidStateException',
]);

/** Log files of S3. Reads with the client's own retries; a body cut short is an `UpstreamError`. */
export function createS3LogFiles(client: Pick<S3Client, 'send'>): LogFiles {
  return {
    async *open(location: LogFileLocation): AsyncIterable<Uint8Array> {
      yield* (await openS3Object(client, location)).body;
    },
  };
}

/**
 * Opens an object: its metadata comes with its body, so that they are of one another.
 * @throws LogFileError or UpstreamError, as `LogFiles` does.
 */
export async function openS3Object(
  client: Pick<S3Client, 'send'>,
  { bucket, key }: LogFileLocation,
): Promise<{ body: AsyncIterable<Uint8Array>; metadata?: Record<string, string> }> {
  const place = `s3://${bucket}/${key}`;
  try {
    const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { body: readWhole(object, place), metadata: object.Metadata };
  } catch (cause) {
    throw asS3ReadError(cause, place);
  }
}

async function* readWhole(
  object: GetObjectCommandOutput,
  place: string,
): AsyncIterable<Uint8Array> {
  let sizeBytes = 0;
  try {
    for await (const chunk of object.Body as AsyncIterable<Uint8Array>) {
      sizeBytes += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    throw new UpstreamError('s3.interrupted', `reading ${place} was interrupted`, { cause });
  }
  if (object.ContentLength !== undefined && sizeBytes !== object.ContentLength) {
    throw new UpstreamError(
      's3.incomplete',
      `${place} ended after ${sizeBytes} of ${object.ContentLength} bytes`,
    );
  }
}

/** Tells what is for good from what may pass. */
export function asS3ReadError(cause: unknown, place: string): Error {
  const name = cause instanceof Error ? cause.name : 'Unknown';
  if (GONE.has(name)) {
    return new LogFileError('log-file.not-found', `${place} is not there (${name})`, { cause });
  }
  if (DENIED.has(name) || KEY_LOST.has(name)) {
    return new LogFileError('log-file.access-denied', `not allowed to read ${place} (${name})`, {
      cause,
    });
  }
  return new UpstreamError(`s3.${name}`, `cannot read ${place} for now (${name})`, { cause });
}
