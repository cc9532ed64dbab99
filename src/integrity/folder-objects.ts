import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { createDiskLogFiles } from '../cloudtrail/disk-log-files';
import type { LogFileLocation } from '../cloudtrail/log-files';
import { codeOf, LogFileError } from '../errors';
import { type ListedTrailObjects, type Relocate, regionFolder } from './trail-objects';

const METADATA_SUFFIX = '.metadata.json';

const metadataSchema = z.record(z.string(), z.unknown()).transform((members) => {
  const texts = Object.entries(members).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts) as Record<string, string>;
});

/** Hears of a folder that cannot be looked into, and why; its key ends in `/`, the root is `./`. */
type UnreadableListener = (key: string, reason: string) => void;

/**
 * A folder that holds a copy of a trail bucket, or of any part of it that keeps the folders below
 * the account. Keys are paths below the folder, with `/`. A digest's S3 metadata lies beside it as
 * `<file>.metadata.json`.
 *
 * @param onUnreadable - what lies in such a folder is not listed.
 */
export function createFolderObjects(
  root: string,
  onUnreadable: UnreadableListener = () => {},
): ListedTrailObjects {
  const disk = createDiskLogFiles();
  const pathOf = (key: string) => {
    // What a digest names never leads out of the folder.
    if (key.split('/').includes('..')) throw new LogFileError('log-file.not-found', 'is not there');
    return join(root, key);
  };

  async function entriesOf(folder: string): Promise<readonly Dirent[]> {
    try {
      return await readdir(pathOf(folder), { withFileTypes: true });
    } catch (error) {
      onUnreadable(folder || './', codeOf(error) ?? String(error));
      return [];
    }
  }

  async function* filesBelow(folder: string, startAfter: string): AsyncIterable<LogFileLocation> {
    const names = (await entriesOf(folder))
      .filter((entry) => entry.isDirectory() || entry.isFile())
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort();
    for (const name of names) {
      const key = folder + name;
      if (name.endsWith('/')) {
        if (key >= startAfter || startAfter.startsWith(key)) yield* filesBelow(key, startAfter);
      } else if (key > startAfter) {
        yield { key };
      }
    }
  }

  async function* open({ key }: LogFileLocation): AsyncIterable<Uint8Array> {
    try {
      yield* disk.open({ key: pathOf(key) });
    } catch (cause) {
      throw asLogFileError(key, cause);
    }
  }

  return {
    open,
    async openDigest({ key }) {
      const metadata = await readMetadata(pathOf(key) + METADATA_SUFFIX);
      return { body: open({ key }), metadata };
    },
    relocation: ({ key }, signed) => relocation(key, signed.key),
    async *digestsAfter({ key }) {
      for await (const file of filesBelow(regionFolder(key), key)) {
        if (!file.key.endsWith(METADATA_SUFFIX)) yield file;
      }
    },
    async folders(folder) {
      return (await entriesOf(folder))
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `${name}/`)
        .sort();
    },
    files: (folder, startAfter = '') => filesBelow(folder, startAfter),
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
    if (codeOf(cause) === 'ENOENT') return undefined;
    const message = `cannot read its metadata (${codeOf(cause)})`;
    throw new LogFileError('log-file.access-denied', message, { cause });
  }
  try {
    return metadataSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new LogFileError('log-file.json', 'has metadata that is not a JSON object', { cause });
  }
}

/** What the disk fails on, or what is no file, says nothing of the other files. */
function asLogFileError(key: string, cause: unknown): unknown {
  const code = codeOf(cause);
  if (cause instanceof LogFileError || code === undefined) return cause;
  return new LogFileError('log-file.access-denied', `cannot read ${key} (${code})`, { cause });
}
