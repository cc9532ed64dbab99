import { createHash } from 'node:crypto';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { createDiskLogFiles } from '../cloudtrail/disk-log-files';
import type { LogFiles } from '../cloudtrail/log-files';
import {
  type ObjectKey,
  parseCopyPath,
  parseDigestFileName,
  parseObjectKey,
} from '../cloudtrail/object-key';
import { ConfigError, LogFileError } from '../errors';
import { type FilePlace, UNKNOWN_PLACE } from '../ingest/tally';

/** A log file below the trail's folder. */
export interface TrailFile {
  /** Path below the folder, with `/`: for a copy of a bucket the object key. */
  readonly key: string;
  readonly place: FilePlace;
}

/** Hears of a path below the trail's folder that cannot be read, and why. */
export type UnreadableListener = (key: string, reason: string) => void;

/** A local folder of log files: the copy of a bucket, or files dropped in without any order. */
export interface TrailFolder {
  readonly root: string;
  /** Reads files by key, and none outside of the folder. */
  readonly logFiles: LogFiles;
  /**
   * All that may be log files, newest first, so that today is there before last year.
   *
   * @param onUnreadable - hears of each folder that may not be looked into, with the reason.
   */
  list(onUnreadable?: UnreadableListener): Promise<TrailFile[]>;
  /** The log file at a path, unless there is another thing. */
  fileAt(path: string): Promise<TrailFile | undefined>;
  /** Keys of the digests, oldest first. */
  listDigests(): Promise<string[]>;
  /** The digest at a path, or that whose metadata lies there. */
  digestAt(path: string): string | undefined;
}

/** @throws ConfigError `config.trail` where there is no such folder. */
export async function openTrailFolder(directory: string): Promise<TrailFolder> {
  const found = await stat(directory).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new ConfigError(
      'config.trail',
      `${directory}: there is no such folder; give a folder of CloudTrail log files`,
    );
  }
  const root = await realpath(directory);
  const disk = createDiskLogFiles();

  const keyOf = (path: string) => toKey(relative(root, path));

  async function fileAt(path: string): Promise<TrailFile | undefined> {
    if (!path.endsWith('.json.gz')) return undefined;
    const place = await placeOf(path);
    return place && { key: keyOf(path), place };
  }

  function digestAt(path: string): string | undefined {
    const digest = path.replace(/\.metadata\.json$/, '');
    return parseObjectKey(toKey(digest)).kind === 'digest' ? keyOf(digest) : undefined;
  }

  async function listPaths(
    onUnreadable?: UnreadableListener,
    folder = root,
    paths: string[] = [],
  ): Promise<string[]> {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
      onUnreadable?.(keyOf(folder) || '.', error.code);
      return [];
    });
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await listPaths(onUnreadable, path, paths);
      else if (entry.isFile()) paths.push(path);
    }
    return paths;
  }

  return {
    root,
    logFiles: { open: ({ key }) => disk.open({ key: pathBelow(root, key) }) },
    fileAt,
    digestAt,
    async list(onUnreadable) {
      const files = await Promise.all((await listPaths(onUnreadable)).map(fileAt));
      return files.filter((file) => file !== undefined).sort((a, b) => (age(a) < age(b) ? 1 : -1));
    },
    async listDigests() {
      const digests = (await listPaths())
        .filter((path) => path.endsWith('.json.gz'))
        .flatMap((path) => digestAt(path) ?? []);
      return digests.sort((a, b) => (endOf(a) < endOf(b) ? -1 : 1));
    },
  };
}

/** A short name for a folder, different for each. */
export function nameOfFolder(root: string): string {
  const hash = createHash('sha256').update(root).digest('hex').slice(0, 8);
  return `${basename(root).replace(/[^\w.-]/g, '_')}-${hash}`;
}

/** CloudTrail's layout says what a file is; elsewhere its content will, and its name may help. */
async function placeOf(path: string): Promise<FilePlace | undefined> {
  const delivered = parseCopyPath(toKey(path));
  if (delivered.kind !== 'foreign') return logPlace(delivered);
  const { mtime } = await stat(path);
  return {
    accountId: UNKNOWN_PLACE,
    region: UNKNOWN_PLACE,
    day: mtime.toISOString().slice(0, 10),
  };
}

function logPlace(key: ObjectKey): FilePlace | undefined {
  if (key.kind !== 'log') return undefined;
  const { accountId, region, day, deliveredAt } = key;
  return { accountId, region, day, deliveredAt };
}

function endOf(digestKey: string): string {
  return parseDigestFileName(basename(digestKey)).endsAt ?? '';
}

function toKey(path: string): string {
  return path.split(sep).join('/');
}

function age({ key, place }: TrailFile): string {
  return `${place.deliveredAt ?? place.day} ${key}`;
}

function pathBelow(root: string, key: string): string {
  const path = resolve(root, key);
  if (!path.startsWith(root + sep)) {
    throw new LogFileError('log-file.access-denied', `${key} is outside of ${root}`);
  }
  return path;
}
