import { finished } from 'node:stream/promises';
import { crc32, createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib';
import { LogFileError } from '../errors';
import type { ByteSource } from './byte-source';

/** Gets inflated bytes, which are valid until it has answered. */
export type BytesSink = (bytes: Uint8Array) => Promise<void> | void;

const MAGIC = [0x1f, 0x8b] as const;

/** A file up to here is inflated in one call: the fastest way where memory allows it. */
const SMALL_INPUT_BYTES = 512 * 1024;
const SMALL_OUTPUT_BYTES = 1024 * 1024;

/** What a larger one is inflated into, piece by piece: half of a core's cache or less. */
const WINDOW_BYTES = 256 * 1024;

const HEADER_BYTES = 10;
/** With its name, comment and extra field; CloudTrail writes none of them. */
const MAX_HEADER_BYTES = 256 * 1024;
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

  const whole = await source.takeRest(SMALL_INPUT_BYTES);
  const start = whole ?? (await source.take(MAX_HEADER_BYTES));
  const body = start.subarray(headerLength(start));
  try {
    const output = whole && inflateSmall(body);
    if (output) {
      await take(output.bytes);
      release(output.bytes);
      checkTrailer(body.subarray(output.consumed), checksum, size);
    } else {
      source.unread(body);
      await inflateLarge(source, take);
      checkTrailer(await source.take(TRAILER_BYTES + MAGIC.length), checksum, size);
    }
  } catch (error) {
    throw isZlibError(error) ? deflateDamage(error.code) : error;
  }
  return size;
}

/** The same for a file that may also stand there uncompressed; that is handed on as it is. */
export async function inflateOrCopy(
  source: ByteSource,
  maxBytes: number,
  sink: BytesSink,
): Promise<number> {
  const magic = await source.take(MAGIC.length);
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
  return MAGIC.every((byte, index) => bytes[index] === byte);
}

/** Bytes before the deflate data. */
function headerLength(bytes: Buffer): number {
  if (!isGzip(bytes)) throw damage('gzip', 'is not a gzip file');
  if (bytes.length < HEADER_BYTES) throw headerEnds();
  const flags = bytes.readUInt8(3);
  if (bytes[2] !== DEFLATE || flags & FLAG.reserved) {
    throw damage('gzip', 'is gzip of an unknown kind');
  }
  return flags === 0 ? HEADER_BYTES : optionalHeaderEnd(bytes, flags);
}

function optionalHeaderEnd(bytes: Buffer, flags: number): number {
  let end = HEADER_BYTES;
  const pass = (size: number) => {
    if (end + size > bytes.length) throw headerEnds();
    end += size;
    return end - size;
  };

  if (flags & FLAG.extra) pass(bytes.readUInt16LE(pass(2)));
  for (const text of [FLAG.name, FLAG.comment]) {
    if (flags & text) while (bytes[pass(1)] !== 0);
  }
  if (flags & FLAG.headerCrc) {
    const checksum = crc32(bytes.subarray(0, end)) & 0xffff;
    if (bytes.readUInt16LE(pass(2)) !== checksum) {
      throw damage('checksum', 'has another checksum than its gzip header says');
    }
  }
  return end;
}

/** @param bytes - what stands behind the deflate data, or its beginning. */
function checkTrailer(bytes: Buffer, checksum: number, size: number): void {
  if (bytes.length < TRAILER_BYTES) throw damage('truncated', 'ends before its gzip trailer');
  if (bytes.readUInt32LE(0) !== checksum) {
    throw damage('checksum', 'has other content than its checksum says');
  }
  if (bytes.readUInt32LE(4) !== size % 2 ** 32) {
    throw damage('checksum', 'has another length than it says');
  }
  const behind = bytes.subarray(TRAILER_BYTES);
  if (isGzip(behind)) throw damage('extra-member', 'goes on with a further gzip member');
  if (behind.length > 0) throw damage('trailing-bytes', 'goes on behind its gzip data');
}

/**
 * Inflates in one call; undefined when too much comes out for that. How much, the file's last bytes
 * say, and may be wrong.
 */
function inflateSmall(input: Buffer): { bytes: Buffer<ArrayBuffer>; consumed: number } | undefined {
  const size = input.length < TRAILER_BYTES ? 0 : input.readUInt32LE(input.length - 4);
  try {
    const { buffer, engine } = inflateRawSync(input, {
      // With a byte more than that, nothing else is allocated.
      chunkSize: Math.max(Math.min(size, SMALL_OUTPUT_BYTES) + 1, 64),
      maxOutputLength: SMALL_OUTPUT_BYTES,
      info: true,
    }) as unknown as { buffer: Buffer<ArrayBuffer>; engine: InflateRaw };
    return { bytes: buffer, consumed: engine.bytesWritten };
  } catch (error) {
    if (isZlibError(error)) throw error;
    return undefined;
  }
}

async function inflateLarge(source: ByteSource, sink: BytesSink): Promise<void> {
  const inflater = createInflateRaw({ chunkSize: WINDOW_BYTES });
  // Listening costs half of what iterating does.
  inflater.on('data', (bytes: Buffer<ArrayBuffer>) => {
    const done = () => {
      if (isFull(bytes)) release(bytes);
    };
    const fail = (error: unknown) => inflater.destroy(asError(error));
    try {
      const taking = sink(bytes);
      if (!taking) return done();
      inflater.pause();
      taking.then(done).then(() => inflater.resume(), fail);
    } catch (error) {
      fail(error);
    }
  });
  const feeding = feed(source, inflater);
  try {
    await finished(inflater, { writable: false });
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
    inflater.destroy(asError(error));
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

/** Whether the inflater has no room left behind the bytes, and so is done with their memory. */
function isFull({ buffer, byteOffset, length }: Uint8Array): boolean {
  return buffer.byteLength === WINDOW_BYTES && byteOffset + length === WINDOW_BYTES;
}

/**
 * Frees the memory of inflated bytes at once instead of at the next garbage collection, so that the
 * next ones get the same memory, still in the core's cache: more than twice as fast, and the process
 * stays small.
 */
function release({ buffer }: Uint8Array<ArrayBuffer>): void {
  const isShared = buffer.byteLength === Buffer.poolSize;
  if (!isShared) buffer.transfer(0);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
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

function headerEnds(): LogFileError {
  return damage('truncated', 'ends within its gzip header');
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
