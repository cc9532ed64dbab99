import { crc32, createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib';
import { LogFileError } from '../errors';
import type { ByteSource } from './byte-source';

/** Gets inflated bytes, which are valid until it has answered. */
export type BytesSink = (bytes: Uint8Array) => Promise<void> | void;

const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** A file up to here is inflated in one call: the fastest way where memory allows it. */
const SMALL_INPUT_BYTES = 512 * 1024;
const SMALL_OUTPUT_BYTES = 1024 * 1024;

/** What a larger one is inflated into, piece by piece: half of a core's cache or less. */
const WINDOW_BYTES = 256 * 1024;

const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
const DEFLATE = 8;
const FLAG = { headerCrc: 0x02, extra: 0x04, name: 0x08, comment: 0x10, reserved: 0xe0 };

/**
 * Inflates one gzip member and makes sure that the file is nothing else: complete, of the checksum
 * and length that it names, with nothing behind it. zlib's own gzip functions read on into appended
 * members as if they belonged to the file, and pass over appended zeros.
 *
 * @returns how many bytes came out.
 * @throws LogFileError `log-file.gzip`, `.truncated`, `.checksum`, `.extra-member`,
 *   `.trailing-bytes`, or `.too-large` when more than `maxBytes` come out.
 * @see https://www.rfc-editor.org/rfc/rfc1952
 */
export async function inflateGzip(
  source: ByteSource,
  maxBytes: number,
  sink: BytesSink,
): Promise<number> {
  let checksum = 0;
  let size = 0;
  const take: BytesSink = (bytes) => {
    size += bytes.length;
    if (size > maxBytes) throw damage('too-large', `inflates to more than ${maxBytes} bytes`);
    checksum = crc32(bytes, checksum);
    return sink(bytes);
  };

  await readHeader(source);
  try {
    await inflate(source, take);
  } catch (error) {
    throw isZlibError(error) ? deflateDamage(error.code) : error;
  }
  await readTrailer(source, checksum, size);
  return size;
}

/** The same for a file that may also stand there uncompressed; that is handed on as it is. */
export async function inflateOrCopy(
  source: ByteSource,
  maxBytes: number,
  sink: BytesSink,
): Promise<number> {
  const magic = await source.take(GZIP_MAGIC.length);
  source.unread(magic);
  if (isGzip(magic)) return inflateGzip(source, maxBytes, sink);

  let size = 0;
  for (let bytes = await source.read(); bytes; bytes = await source.read()) {
    size += bytes.length;
    if (size > maxBytes) throw damage('too-large', `is larger than ${maxBytes} bytes`);
    await sink(bytes);
  }
  return size;
}

/** Whether the bytes begin as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return GZIP_MAGIC.every((byte, index) => bytes[index] === byte);
}

async function readHeader(source: ByteSource): Promise<void> {
  let checksum = 0;
  const take = async (size: number) => {
    const bytes = await source.take(size);
    if (bytes.length < size) throw damage('truncated', 'ends within the gzip header');
    checksum = crc32(bytes, checksum);
    return bytes;
  };

  const magic = await source.take(GZIP_MAGIC.length);
  if (!isGzip(magic)) throw damage('gzip', 'is not a gzip file');
  source.unread(magic);
  const header = await take(HEADER_BYTES);
  const flags = header[3] ?? 0;
  if (header[2] !== DEFLATE || flags & FLAG.reserved) {
    throw damage('gzip', 'is gzip of an unknown kind');
  }
  if (flags & FLAG.extra) await take((await take(2)).readUInt16LE());
  for (const text of [FLAG.name, FLAG.comment]) {
    if (flags & text) while ((await take(1))[0] !== 0);
  }
  if (flags & FLAG.headerCrc) {
    const expected = checksum & 0xffff;
    if ((await take(2)).readUInt16LE() !== expected) {
      throw damage('checksum', 'has another checksum than its gzip header says');
    }
  }
}

async function readTrailer(source: ByteSource, checksum: number, size: number): Promise<void> {
  const trailer = await source.take(TRAILER_BYTES);
  if (trailer.length < TRAILER_BYTES) throw damage('truncated', 'ends before its gzip trailer');
  if (trailer.readUInt32LE(0) !== checksum) {
    throw damage('checksum', 'has other content than its checksum says');
  }
  if (trailer.readUInt32LE(4) !== size % 2 ** 32) {
    throw damage('checksum', 'has another length than it says');
  }
  const behind = await source.take(GZIP_MAGIC.length);
  if (isGzip(behind)) throw damage('extra-member', 'goes on with a further gzip member');
  if (behind.length > 0) throw damage('trailing-bytes', 'goes on behind its gzip data');
}

/** Leaves the source where the deflate data ends. */
async function inflate(source: ByteSource, sink: BytesSink): Promise<void> {
  const rest = await source.takeRest(SMALL_INPUT_BYTES);
  if (rest) source.unread(rest);
  const small = rest && inflateSmall(rest);
  if (!small) return inflateLarge(source, sink);

  await source.read();
  source.unread(rest.subarray(small.consumed));
  await sink(small.bytes);
}

/** Inflates in one call; undefined when too much comes out for that. */
function inflateSmall(input: Buffer): { bytes: Uint8Array; consumed: number } | undefined {
  const size = input.length < TRAILER_BYTES ? 0 : input.readUInt32LE(input.length - 4);
  if (size > SMALL_OUTPUT_BYTES) return undefined;
  try {
    const { buffer, engine } = inflateRawSync(input, {
      chunkSize: Math.max(size + 1, 64),
      maxOutputLength: SMALL_OUTPUT_BYTES,
      info: true,
    }) as unknown as { buffer: Buffer; engine: InflateRaw };
    return { bytes: buffer, consumed: engine.bytesWritten };
  } catch (error) {
    if (isZlibError(error)) throw error;
    return undefined;
  }
}

async function inflateLarge(source: ByteSource, sink: BytesSink): Promise<void> {
  const inflater = createInflateRaw({ chunkSize: WINDOW_BYTES });
  const feeding = feed(source, inflater);
  try {
    for await (const bytes of inflater) {
      await sink(bytes);
      release(bytes);
    }
  } finally {
    inflater.destroy();
  }
  await feeding;
}

/** Gives the inflater its input; what it left over goes back to the source. */
async function feed(source: ByteSource, inflater: InflateRaw): Promise<void> {
  try {
    let given = 0;
    while (!inflater.destroyed) {
      const bytes = await source.read();
      if (!bytes) break;
      given += bytes.length;
      await write(inflater, bytes);
      const left = given - inflater.bytesWritten;
      if (left > 0) return source.unread(bytes.subarray(bytes.length - left));
    }
    inflater.end();
  } catch (error) {
    inflater.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Settles when the bytes are worked off, or when the inflater has given up. */
function write(inflater: InflateRaw, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      inflater.off('close', settle);
      resolve();
    };
    inflater.once('close', settle);
    inflater.write(bytes, settle);
  });
}

/**
 * Frees the memory of a piece at once instead of at the next garbage collection, so that the next
 * piece gets the same memory, still in the core's cache: more than twice as fast, and the process
 * stays small. Only where the piece is the end of its buffer is the inflater done with that.
 */
function release({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>): void {
  const isDone = buffer.byteLength === WINDOW_BYTES && byteOffset + length === WINDOW_BYTES;
  if (isDone) buffer.transfer(0);
}

function isZlibError(error: unknown): error is { readonly code: string } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('Z_')
  );
}

function deflateDamage(code: string): LogFileError {
  return code === 'Z_BUF_ERROR'
    ? damage('truncated', 'ends within its compressed data')
    : damage('gzip', 'cannot be inflated');
}

function damage(
  kind: 'gzip' | 'truncated' | 'checksum' | 'extra-member' | 'trailing-bytes' | 'too-large',
  message: string,
): LogFileError {
  return new LogFileError(`log-file.${kind}`, message);
}
