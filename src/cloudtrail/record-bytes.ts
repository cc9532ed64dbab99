import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LogFileError } from '../errors';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const WHITE_SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
const OPENING_BRACKET = 0x5b;
/** The document is at depth 1, the elements of a top-level array at depth 2. */
const ELEMENT_DEPTH = 2;

/**
 * Reads the exact bytes of `Records[index]` from a log file. The whole file is inflated, in a
 * stream, so that the gzip checksum vouches for what is quoted.
 *
 * @param compressed - the gzip bytes from the beginning.
 * @param maxBytes - of one record.
 * @throws LogFileError where the file cannot be inflated or holds no such record.
 */
export async function readRecordBytes(
  compressed: AsyncIterable<Uint8Array>,
  index: number,
  maxBytes: number,
): Promise<Buffer> {
  const finder = createElementFinder(index, maxBytes);
  for await (const chunk of inflate(compressed)) finder.push(chunk);
  const bytes = finder.end();
  if (bytes.length === 0) throw new LogFileError('log-file.shape', `no record at ${index}`);
  return bytes;
}

async function* inflate(compressed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let sourceError: unknown;
  const source = Readable.from(compressed).once('error', (error) => {
    sourceError = error;
  });
  try {
    yield* pipeline(source, createGunzip({ chunkSize: 256 * 1024 }), () => {});
  } catch (cause) {
    if (cause === sourceError) throw cause;
    throw new LogFileError('log-file.gzip', 'cannot inflate', { cause });
  }
}

interface ElementFinder {
  push(chunk: Uint8Array): void;
  end(): Buffer;
}

/**
 * Follows JSON by its strings and brackets and keeps the bytes of one element of the top-level
 * `Records`, however the chunks are cut. Of several `Records` the last counts, as for `JSON.parse`.
 */
function createElementFinder(wanted: number, maxBytes: number): ElementFinder {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let inRecords = false;
  let position = 0;
  /** The latest string at depth 1: where an array begins there, its name. */
  let name: number[] = [];
  let kept: Uint8Array[] = [];
  let keptBytes = 0;

  const keep = (bytes: Uint8Array) => {
    keptBytes += bytes.length;
    if (keptBytes > maxBytes) {
      throw new LogFileError('log-file.too-large', `record ${wanted} exceeds ${maxBytes} bytes`);
    }
    // The inflater may use its buffer again.
    kept.push(bytes.slice());
  };

  const push = (chunk: Uint8Array) => {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (inString) {
        if (depth === 1) name.push(byte);
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) {
        inString = true;
        if (depth === 1) name = [];
      } else if (OPENING.has(byte)) {
        depth += 1;
        if (depth === ELEMENT_DEPTH && byte === OPENING_BRACKET && isRecords(name)) {
          inRecords = true;
          position = 0;
          kept = [];
          keptBytes = 0;
          start = at + 1;
        }
      } else if (CLOSING.has(byte)) {
        if (inRecords && depth === ELEMENT_DEPTH) {
          if (position === wanted) keep(chunk.subarray(start, at));
          inRecords = false;
        }
        depth -= 1;
      } else if (byte === COMMA && inRecords && depth === ELEMENT_DEPTH) {
        if (position === wanted) keep(chunk.subarray(start, at));
        position += 1;
        start = at + 1;
      }
    }
    if (inRecords && position === wanted) keep(chunk.subarray(start));
  };

  return { push, end: () => trim(Buffer.concat(kept)) };
}

/** @param name - the bytes of a JSON string behind its opening quote; escapes are allowed. */
function isRecords(name: readonly number[]): boolean {
  try {
    return JSON.parse(`"${Buffer.from(name).toString()}`) === 'Records';
  } catch {
    return false;
  }
}

function trim(bytes: Buffer): Buffer {
  let start = 0;
  let end = bytes.length;
  while (start < end && WHITE_SPACE.has(bytes[start] ?? 0)) start += 1;
  while (end > start && WHITE_SPACE.has(bytes[end - 1] ?? 0)) end -= 1;
  return bytes.subarray(start, end);
}
