import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { createDiskLogFiles } from '../cloudtrail/disk-log-files';
import type { LogFileLocation } from '../cloudtrail/log-files';
import { LogFileError } from '../errors';
import { type ListedTrailObjects, type Relocate, regionFolder } from './trail-objects';

const METADATA_SUFFIX = '.metadata.json';

const metadataSchema = z.record(z.string(), z.unknown()).transform((members) => {
  const texts = Object.entries(members).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts) as Record<string, string>;
});

/**
 * A folder that holds a copy of a trail bucket, or of any part of it that keeps the folders below
 * the account. Keys are paths below the folder, with `/`. A digest's S3 metadata lies beside it as
 * `<file>.metadata.json`.
 */
export function createFolderObjects(root: string): ListedTrailObjects {
  const disk = createDiskLogFiles();
  const pathOf = (key: string) => {
    // What a digest names never leads out of the folder.
    if (key.split('/').includes('..')) throw new LogFileError('log-file.not-found', 'is not there');
    return join(root, key);
  };

  return {
    open: ({ key }) => disk.open({ key: pathOf(key) }),
    async openDigest({ key }) {
      const metadata = await readMetadata(pathOf(key) + METADATA_SUFFIX);
      return { body: disk.open({ key: pathOf(key) }), metadata };
    },
    relocation: ({ key }, signed) => relocation(key, signed.key),
    async *digestsAfter({ key }) {
      for await (const file of filesBelow(root, regionFolder(key), key)) {
        if (!file.key.endsWith(METADATA_SUFFIX)) yield file;
      }
    },
    async folders(folder) {
      const entries = await readdir(pathOf(folder), { withFileTypes: true });
      return entries
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `${name}/`)
        .sort();
    },
    files: (folder, startAfter = '') => filesBelow(root, folder, startAfter),
  };
}

/**
 * The bucket is not known and the folder may begin above or below the bucket's own root, but the
 * rest of the path must be what CloudTrail signed, to the last letter.
 */
function relocation(readKey: string, signedKey: string): Relocate | undefined {
  if (`/${readKey}`.endsWith(`/${signedKey}`)) {
    const above = readKey.slice(0, readKey.length - signedKey.length);
    return ({ key }) => ({ key: above + key });
  }
  if (signedKey.endsWith(`/${readKey}`)) {
    const left = signedKey.slice(0, signedKey.length - readKey.length);
    return ({ key }) => (key.startsWith(left) ? { key: key.slice(left.length) } : undefined);
  }
  return undefined;
}

async function readMetadata(path: string): Promise<Record<string, string> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (isNotFound(cause)) return undefined;
    throw new LogFileError('log-file.access-denied', 'has metadata that cannot be read', { cause });
  }
  try {
    return metadataSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new LogFileError('log-file.json', 'has metadata that is not a JSON object', { cause });
  }
}

function isNotFound(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ENOENT';
}

async function* filesBelow(
  root: string,
  folder: string,
  startAfter: string,
): AsyncIterable<LogFileLocation> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory() || entry.isFile())
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort();
  for (const name of names) {
    const key = folder + name;
    if (name.endsWith('/')) {
      if (key >= startAfter || startAfter.startsWith(key)) yield* filesBelow(root, key, startAfter);
    } else if (key > startAfter) {
      yield { key };
    }
  }
}
