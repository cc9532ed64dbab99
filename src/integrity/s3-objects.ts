import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { asS3ReadError, createS3LogFiles, openS3Object } from '../cloudtrail/s3-log-files';
import { type ListedTrailObjects, regionFolder, type TrailObjects } from './trail-objects';

/** Objects of S3, each named with its bucket. */
export function createS3Objects(client: S3Client): TrailObjects {
  return {
    open: createS3LogFiles(client).open,
    openDigest: (location) => openS3Object(client, location),
    relocation: (readAt, signed) =>
      readAt.bucket === signed.bucket && readAt.key === signed.key
        ? (location) => location
        : undefined,
    digestsAfter: ({ bucket = '', key }) =>
      filesOf(client, { Bucket: bucket, Prefix: regionFolder(key), StartAfter: key }),
  };
}

/** A bucket, or the part of it below a prefix; `folders('')` begins at the prefix. */
export function createBucketObjects(client: S3Client, bucket: string): ListedTrailObjects {
  return {
    ...createS3Objects(client),
    async folders(folder) {
      const names: string[] = [];
      const request = { Bucket: bucket, Prefix: folder, Delimiter: '/' };
      for await (const page of pages(client, request)) {
        for (const { Prefix } of page.CommonPrefixes ?? []) {
          if (Prefix !== undefined) names.push(Prefix.slice(folder.length));
        }
      }
      return names;
    },
    files: (folder, startAfter) =>
      filesOf(client, { Bucket: bucket, Prefix: folder, StartAfter: startAfter }),
  };
}

async function* filesOf(
  client: S3Client,
  request: { Bucket: string; Prefix: string; StartAfter?: string },
) {
  for await (const page of pages(client, request)) {
    for (const { Key, Size } of page.Contents ?? []) {
      if (Key !== undefined) yield { bucket: request.Bucket, key: Key, sizeBytes: Size };
    }
  }
}

async function* pages(
  client: S3Client,
  request: { Bucket: string; Prefix: string; Delimiter?: string; StartAfter?: string },
) {
  try {
    yield* paginateListObjectsV2({ client }, request);
  } catch (cause) {
    throw asS3ReadError(cause, `the list of s3://${request.Bucket}/${request.Prefix}`);
  }
}
