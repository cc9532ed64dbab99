import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readInflated } from '../../src/integrity/inflated';

const CONTENT = Buffer.from(JSON.stringify({ Records: Array.from({ length: 50 }, (_, n) => n) }));

test('inflates one member, however it is cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 5000 }),
      fc.integer({ min: 1, max: 700 }),
      async (content, chunkBytes) => {
        expect(await inflate(gzipSync(content), chunkBytes)).toEqual(Buffer.from(content));
      },
    ),
    { numRuns: 200 },
  );
});

test('reads every optional part of the header', async () => {
  const fixed = Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 1, 2, 3, 4, 0, 3]);
  const optional = Buffer.from('\u0003\u0000abcname\u0000comment\u0000', 'latin1');
  const header = Buffer.concat([fixed, optional]);
  const headerCrc = Buffer.alloc(2);
  headerCrc.writeUInt16LE(crc32(header) & 0xffff);
  const member = Buffer.concat([header, headerCrc, deflateRawSync(CONTENT), trailer(CONTENT)]);

  for (const chunkBytes of [1, 7, 1000]) {
    expect(await inflate(member, chunkBytes)).toEqual(CONTENT);
  }
});

const sound = gzipSync(CONTENT);

test.each([
  ['an appended member', Buffer.concat([sound, gzipSync('x')]), 'log-file.extra-member'],
  ['an appended empty member', Buffer.concat([sound, gzipSync('')]), 'log-file.extra-member'],
  ['an empty member in front', Buffer.concat([gzipSync(''), sound]), 'log-file.extra-member'],
  ['appended zeros', Buffer.concat([sound, Buffer.alloc(3)]), 'log-file.trailing-bytes'],
  ['appended text', Buffer.concat([sound, Buffer.from('more')]), 'log-file.trailing-bytes'],
  ['a lost last byte', sound.subarray(0, -1), 'log-file.truncated'],
  ['a lost second half', sound.subarray(0, sound.length / 2), 'log-file.truncated'],
  ['a lost trailer', sound.subarray(0, -8), 'log-file.truncated'],
  ['a header alone', sound.subarray(0, 10), 'log-file.truncated'],
  ['nothing at all', Buffer.alloc(0), 'log-file.gzip'],
  ['plain JSON', CONTENT, 'log-file.gzip'],
  ['a wrong checksum', flip(sound, sound.length - 8), 'log-file.checksum'],
  ['a wrong length', flip(sound, sound.length - 1), 'log-file.checksum'],
  ['more than allowed', gzipSync(Buffer.alloc(10_001)), 'log-file.too-large'],
])('refuses %s', async (_name, bytes, code) => {
  for (const chunkBytes of [1, 9, 100_000]) {
    await expect(inflate(bytes, chunkBytes)).rejects.toMatchObject({ code });
  }
});

async function inflate(bytes: Uint8Array, chunkBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  await readInflated(chunks(bytes, chunkBytes), 10_000, (piece) => {
    pieces.push(Buffer.from(piece));
  });
  return Buffer.concat(pieces);
}

async function* chunks(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size);
}

function trailer(content: Buffer): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(crc32(content), 0);
  bytes.writeUInt32LE(content.length, 4);
  return bytes;
}

function flip(bytes: Buffer, position: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(position) ^ 0x10, position);
  return copy;
}
