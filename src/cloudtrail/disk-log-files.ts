import { createReadStream } from 'node:fs';
import { codeOf, LogFileError } from '../errors';
import type { LogFileLocation, LogFiles } from './log-files';

const READ_SIZE_BYTES = 256 * 1024;

/** Log files of a local folder; the key is the path. */
export function createDiskLogFiles(): LogFiles {
  return { open };
}

async function* open({ key }: LogFileLocation): AsyncIterable<Uint8Array> {
  try {
    yield* createReadStream(key, { highWaterMark: READ_SIZE_BYTES });
  } catch (cause) {
    throw asLogFileError(key, cause);
  }
}

function asLogFileError(path: string, cause: unknown): unknown {
  const code = codeOf(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new LogFileError('log-file.not-found', `no file at ${path}`, { cause });
  if (code === 'EACCES' || code === 'EPERM')
    return new LogFileError('log-file.access-denied', `not allowed to read ${path}`, { cause });
  return cause;
}
