import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { codeOf, LogFileError } from '../../errors';
import { type FoundFile, STANDARD_INPUT } from './find-files';

const PIECE_BYTES = 1024 * 1024;

/** Answers with a function that reads the file from its beginning, as often as it is called. */
export function openFile(file: FoundFile): () => AsyncIterable<Uint8Array> {
  return file.sizeBytes === undefined ? replay(readStream(file.path)) : () => readWhole(file);
}

/** Blocking reads: in a small file a stream costs more than all the rest, and nobody waits here. */
async function* readWhole({ path, sizeBytes = 0 }: FoundFile): AsyncIterable<Uint8Array> {
  const file = asLogFileError(() => openSync(path, 'r'));
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(Math.min(sizeBytes + 1, PIECE_BYTES));
      const size = asLogFileError(() => readSync(file, piece));
      if (size === 0) return;
      yield piece.subarray(0, size);
    }
  } finally {
    closeSync(file);
  }
}

async function* readStream(path: string): AsyncIterable<Uint8Array> {
  const stream = path === STANDARD_INPUT ? process.stdin : createReadStream(path);
  try {
    yield* stream;
  } catch (error) {
    asLogFileError(() => {
      throw error;
    });
  }
}

/** What comes once only is kept, compressed as it is, for a second pass. */
function replay(source: AsyncIterable<Uint8Array>): () => AsyncIterable<Uint8Array> {
  const read: Uint8Array[] = [];
  const iterator = source[Symbol.asyncIterator]();
  return async function* () {
    yield* read;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      read.push(value);
      yield value;
    }
  };
}

function asLogFileError<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') {
      throw new LogFileError('log-file.not-found', 'there is no such file', { cause });
    }
    if (code === 'EACCES' || code === 'EPERM') {
      throw new LogFileError('log-file.access-denied', 'not allowed to read it', { cause });
    }
    throw cause;
  }
}
