import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';
import { LogFileError } from '../errors';

const FLAG_HEADER_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;
const RESERVED_FLAGS = 0xe0;
const FIXED_HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
/** Names and comments in a gzip header are a few dozen bytes; nothing honest comes near this. */
const MAX_HEADER_BYTES = 128 * 1024;

/**
 * Inflates a file that is exactly one gzip member and hands over its content piece by piece.
 * Node's own gunzip joins further members silently and ignores what follows the last one, so bytes
 * could be added to a file without a trace; here both are errors.
 *
 * @param body - the compressed bytes, in chunks of any size.
 * @param maxInflatedBytes - most bytes that the content may have.
 * @returns how many bytes the content has.
 * @throws LogFileError when the bytes are no sound single member.
 * @see https://www.rfc-editor.org/rfc/rfc1952
 */
export async function inflateGzipMember(
  body: AsyncIterable<Uint8Array>,
  maxInflatedBytes: number,
  onData: (piece: Buffer) => void,
): Promise<number> {
  const inflate = createInflateRaw();
  let size = 0;
  let checksum = 0;
  inflate.on('data', (piece: Buffer) => {
    size += piece.length;
    checksum = crc32(piece, checksum);
    if (size > maxInflatedBytes) inflate.destroy(tooLarge(maxInflatedBytes));
    else onData(piece);
  });
  try {
    const trailer = await inflateToTrailer(inflate, body);
    checkTrailer(trailer, checksum, size);
    return size;
  } finally {
    inflate.destroy();
  }
}

/** Feeds the deflate stream and returns every byte that follows it. */
async function inflateToTrailer(
  inflate: InflateRaw,
  body: AsyncIterable<Uint8Array>,
): Promise<Buffer> {
  let header: Buffer | undefined = Buffer.alloc(0);
  let rest: Buffer | undefined;
  let fedBytes = 0;
  for await (const chunk of body) {
    let input = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (rest !== undefined) {
      rest = Buffer.concat([rest, input]);
      if (rest.length > TRAILER_BYTES) break;
      continue;
    }
    if (header !== undefined) {
      header = Buffer.concat([header, input]);
      const headerBytes = readHeader(header);
      if (headerBytes === undefined) continue;
      input = header.subarray(headerBytes);
      header = undefined;
    }
    fedBytes += input.length;
    const hasEnded = await feed(inflate, input);
    if (hasEnded) rest = input.subarray(input.length - (fedBytes - inflate.bytesWritten));
  }
  if (header !== undefined) throw truncated();
  if (rest === undefined) {
    await feed(inflate, undefined);
    throw truncated();
  }
  return rest;
}

/** Length of the gzip header, or nothing while it is incomplete. */
function readHeader(bytes: Buffer): number | undefined {
  if (bytes.length < FIXED_HEADER_BYTES) return undefined;
  const flags = bytes.readUInt8(3);
  if (bytes.readUInt16BE(0) !== 0x1f8b || bytes.readUInt8(2) !== 8 || flags & RESERVED_FLAGS) {
    throw new LogFileError('log-file.gzip', 'is not a gzip file');
  }
  if (bytes.length > MAX_HEADER_BYTES) {
    throw new LogFileError('log-file.gzip', 'has an endless gzip header');
  }
  let position = FIXED_HEADER_BYTES;
  if (flags & FLAG_EXTRA) {
    if (bytes.length < position + 2) return undefined;
    position += 2 + bytes.readUInt16LE(position);
  }
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if (!(flags & flag)) continue;
    const end = bytes.indexOf(0, position);
    if (end < 0) return undefined;
    position = end + 1;
  }
  if (flags & FLAG_HEADER_CRC) {
    if (bytes.length < position + 2) return undefined;
    if ((crc32(bytes.subarray(0, position)) & 0xffff) !== bytes.readUInt16LE(position)) {
      throw new LogFileError('log-file.checksum', 'has a damaged gzip header');
    }
    position += 2;
  }
  return position <= bytes.length ? position : undefined;
}

/** Writes one piece, or ends the input; tells whether the deflate stream has come to its end. */
function feed(inflate: InflateRaw, input: Buffer | undefined): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const done = (hasEnded: boolean) => () => {
      inflate.off('end', onEnd).off('error', onError);
      resolve(hasEnded);
    };
    const onEnd = done(true);
    const onError = (cause: Error) => {
      inflate.off('end', onEnd);
      reject(asLogFileError(cause));
    };
    inflate.once('end', onEnd).once('error', onError);
    if (input === undefined) inflate.end();
    // The callback of a write comes before the last pieces are read: "end" goes first.
    else inflate.write(input, () => setImmediate(() => done(inflate.readableEnded)()));
  });
}

function asLogFileError(cause: Error): LogFileError {
  if (cause instanceof LogFileError) return cause;
  if ('code' in cause && cause.code === 'Z_BUF_ERROR') return truncated();
  return new LogFileError('log-file.gzip', 'cannot be decompressed', { cause });
}

function checkTrailer(trailer: Buffer, checksum: number, size: number): void {
  if (trailer.length < TRAILER_BYTES) throw truncated();
  if (trailer.readUInt32LE(0) !== checksum || trailer.readUInt32LE(4) !== size % 2 ** 32) {
    throw new LogFileError('log-file.checksum', 'does not match its own gzip checksum');
  }
  if (trailer.length === TRAILER_BYTES) return;
  if (trailer[TRAILER_BYTES] === 0x1f) {
    throw new LogFileError('log-file.extra-member', 'holds a second gzip member after its end');
  }
  throw new LogFileError('log-file.trailing-bytes', 'holds further bytes after its end');
}

function truncated(): LogFileError {
  return new LogFileError('log-file.truncated', 'is cut short');
}

function tooLarge(maxInflatedBytes: number): LogFileError {
  return new LogFileError(
    'log-file.too-large',
    `inflates to more than the ${maxInflatedBytes} bytes that are allowed`,
  );
}
