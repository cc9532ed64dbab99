import { constants, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  type KeptRecord,
  type LogFileSummary,
  type ReadOptions,
  readLogFile,
} from '../../src/cloudtrail/log-file';
import { serviceOf } from '../../src/cloudtrail/record';
import { documents } from './json-documents';

const { Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED } = constants;

const OURS = { eventSource: 'athena.amazonaws.com', eventName: 'StartQueryExecution' };
const OTHERS = { eventSource: 's3.amazonaws.com', eventName: 'GetObject', key: 'a/b' };

test('hands over the records of both services with their index', async () => {
  const keyspaces = { eventSource: 'cassandra.amazonaws.com.cn', eventName: 'Select' };
  const document = JSON.stringify({ Records: [OTHERS, OURS, OTHERS, keyspaces] });

  const { kept, summary } = await read(gzipSync(document));

  expect(kept).toEqual([
    { index: 1, record: OURS },
    { index: 3, record: keyspaces },
  ]);
  expect(summary).toEqual({ seen: 4, kept: 2, inflatedBytes: document.length });
});

test('hands over the text of a record as it stands in the file', async () => {
  const text = '{"eventSource":"athena.amazonaws.com", "n":1.0, "n":12345678901234567890}';

  const { kept } = await read(gzipSync(`{"Records":[{} , ${text}]}`), { withText: true });

  expect(kept).toEqual([{ index: 1, record: expect.anything(), text }]);
});

test('keeps files apart that are read at the same time and one after the other', async () => {
  const files = Array.from({ length: 6 }, (_, file) => {
    const padding = 'x'.repeat(file % 2 === 0 ? 10 : 150_000);
    return [1, 2, 3].map((id) => ({ ...OURS, id: `${file}-${id}`, padding }));
  });

  for (let round = 0; round < 2; round++) {
    const results = await Promise.all(
      files.map((Records) => read(gzipSync(JSON.stringify({ Records })), {}, 100)),
    );

    expect(results.map(({ kept }) => kept.map(({ record }) => record))).toEqual(files);
  }
});

test('keeps the records of the last array where a document has two', async () => {
  const text = `{"Records":${JSON.stringify([OURS, OURS])},"Records":${JSON.stringify([OTHERS])}}`;

  const { kept, summary } = await read(gzipSync(text));

  expect(kept).toEqual([]);
  expect(summary).toMatchObject({ seen: 1, kept: 0 });
});

test('reads every document as JSON.parse does, however it is compressed and cut up', async () => {
  const options = fc.record({
    level: fc.integer({ min: 0, max: 9 }),
    strategy: fc.constantFrom(Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED),
    memLevel: fc.integer({ min: 1, max: 9 }),
    windowBits: fc.integer({ min: 9, max: 15 }),
  });
  const log = fc.array(documents, { minLength: 1, maxLength: 40 }).map((parts) => {
    const records = parts.flatMap((part): unknown[] => Object(JSON.parse(part))?.Records ?? []);
    return { Records: [OURS, ...records, OURS] };
  });

  await fc.assert(
    fc.asyncProperty(
      log,
      options,
      fc.integer({ min: 1, max: 900 }),
      async (document, zlib, size) => {
        const { kept } = await read(gzipSync(JSON.stringify(document), zlib), {}, size);

        const expected = JSON.parse(JSON.stringify(document))
          .Records.map((record: unknown, index: number) => ({ index, record }))
          .filter(({ record }: KeptRecord) => serviceOf(Object(record).eventSource));
        expect(kept).toEqual(expected);
      },
    ),
    { numRuns: 150 },
  );
});

describe.each([
  ['small', 10],
  ['large', 30_000],
])('a %s file', (_size, count) => {
  const document = Buffer.from(JSON.stringify({ Records: largeRecords(count) }));
  const sound = gzipSync(document);

  test.each([1e9, 65_536, 999])('is read in pieces of %i bytes', async (pieceSize) => {
    const { kept, summary } = await read(sound, {}, pieceSize);

    expect(summary).toEqual({ seen: count, kept: count / 10, inflatedBytes: document.length });
    expect(kept.map(({ index }) => index)).toEqual(
      Array.from({ length: count / 10 }, (_, index) => 10 * index),
    );
  });

  test.each<[string, string, () => Buffer]>([
    ['is empty', 'log-file.gzip', () => Buffer.alloc(0)],
    ['is not gzip', 'log-file.gzip', () => document],
    ['is of an unknown method', 'log-file.gzip', () => patched(sound, 2, 7)],
    ['has reserved flags', 'log-file.gzip', () => patched(sound, 3, 0x80)],
    ['has a wrong block type', 'log-file.gzip', () => patched(sound, 10, 0x07)],
    ['ends in the header', 'log-file.truncated', () => sound.subarray(0, 6)],
    ['ends in the data', 'log-file.truncated', () => sound.subarray(0, sound.length / 2)],
    ['ends before the trailer', 'log-file.truncated', () => sound.subarray(0, -8)],
    ['ends in the trailer', 'log-file.truncated', () => sound.subarray(0, -1)],
    ['has another checksum', 'log-file.checksum', () => patched(sound, sound.length - 6, 0)],
    ['has another length', 'log-file.checksum', () => patched(sound, sound.length - 1, 9)],
    ['has a second member', 'log-file.extra-member', () => Buffer.concat([sound, sound])],
    [
      'has an empty first member',
      'log-file.extra-member',
      () => Buffer.concat([gzipSync(''), sound]),
    ],
    ['has zeros behind', 'log-file.trailing-bytes', () => Buffer.concat([sound, Buffer.alloc(3)])],
    ['has text behind', 'log-file.trailing-bytes', () => Buffer.concat([sound, document])],
    ['is not JSON', 'log-file.json', () => gzipSync(document.subarray(0, -1))],
    ['has no records', 'log-file.shape', () => gzipSync('{"logFiles":[]}')],
    ['is too large', 'log-file.too-large', () => gzipSync(Buffer.alloc(40_000_001, ' '))],
  ])(
    'that %s is refused with its reason, and nothing is handed over',
    async (_what, code, make) => {
      for (const pieceSize of [1e9, 1000]) {
        const onRecords = jest.fn();

        const reading = readLogFile(pieces(make(), pieceSize), onRecords, {
          maxInflatedBytes: 40_000_000,
        });

        await expect(reading).rejects.toMatchObject({ name: 'LogFileError', code });
        expect(onRecords).not.toHaveBeenCalled();
      }
    },
  );

  test('names damage of the gzip data before damage of its JSON', async () => {
    const broken = gzipSync(document.toString().replaceAll('GetObject', 'Get"Object'));

    await expect(read(broken)).rejects.toMatchObject({ code: 'log-file.json' });
    await expect(read(broken.subarray(0, -2))).rejects.toMatchObject({
      code: 'log-file.truncated',
    });
  });

  test('that exceeds the memory bound is checked first and handed over in a second pass', async () => {
    const open = jest.fn(pieces(sound, 5000));
    const batches: (readonly KeptRecord[])[] = [];

    const summary = await readLogFile(open, (batch) => void batches.push(batch), {
      maxHeldBytes: 50,
    });

    expect(open).toHaveBeenCalledTimes(2);
    expect(batches.flat()).toHaveLength(count / 10);
    expect(summary.kept).toBe(count / 10);
  });

  test('is read no faster than its records are taken', async () => {
    const ids: unknown[] = [];
    let atWork = 0;
    const onRecords = async (batch: readonly KeptRecord[]) => {
      expect(++atWork).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      ids.push(...batch.map(({ index }) => index));
      atWork--;
    };

    await readLogFile(pieces(sound, 50_000), onRecords, { maxHeldBytes: 50 });

    expect(ids).toEqual(Array.from({ length: count / 10 }, (_, kept) => kept * 10));
  });

  test('is given up where its records are not taken', async () => {
    const failure = new Error('the store is gone');
    const onRecords = jest.fn(() => Promise.reject(failure));

    const reading = readLogFile(pieces(sound, 5000), onRecords, { maxHeldBytes: 50 });

    await expect(reading).rejects.toBe(failure);
    expect(onRecords).toHaveBeenCalledTimes(1);
  });

  test('that is damaged is not handed over in a second pass either', async () => {
    const onRecords = jest.fn();

    const reading = readLogFile(pieces(sound.subarray(0, -1), 5000), onRecords, {
      maxHeldBytes: 50,
    });

    await expect(reading).rejects.toMatchObject({ code: 'log-file.truncated' });
    expect(onRecords).not.toHaveBeenCalled();
  });
});

test('reads a gzip header with every optional field', async () => {
  const body = gzipSync(JSON.stringify({ Records: [OURS] })).subarray(10);
  const header = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 0x1d, 0, 0, 0, 0, 0, 3]),
    Buffer.from([3, 0, 1, 2, 3]),
    Buffer.from('name\0comment\0'),
  ]);

  const { kept } = await read(Buffer.concat([header, body]), {}, 3);

  expect(kept).toEqual([{ index: 0, record: OURS }]);
});

test('says where the JSON breaks, but quotes nothing of it', async () => {
  const secret = gzipSync('{"Records":[{"eventSource":"athena.amazonaws.com","q":"SELECT 1",}]}');

  const damage: unknown = await read(secret).catch((error: unknown) => error);

  expect(damage).toHaveProperty('message', 'not JSON: record 0');
  expect(damage).not.toHaveProperty('cause');
});

test('passes on the error of a source that fails half-way', async () => {
  const failure = new Error('connection reset');
  const sound = gzipSync(JSON.stringify({ Records: largeRecords(30_000) }));
  async function* failing() {
    yield sound.subarray(0, 1000);
    throw failure;
  }

  await expect(readLogFile(failing, () => {})).rejects.toBe(failure);
});

test('reads plain JSON where that is accepted', async () => {
  const document = Buffer.from(JSON.stringify({ Records: [OURS] }));

  expect((await read(document, { acceptPlain: true }, 7)).kept).toHaveLength(1);
  expect((await read(gzipSync(document), { acceptPlain: true }, 7)).kept).toHaveLength(1);
});

function largeRecords(count: number): unknown[] {
  return Array.from({ length: count }, (_, index) =>
    index % 10 === 0 ? { ...OURS, id: index } : { ...OTHERS, id: index, pad: noise(index) },
  );
}

/** Text that hardly compresses. */
function noise(seed: number): string {
  return Math.abs(Math.sin(seed + 1))
    .toString(36)
    .repeat(2);
}

function patched(bytes: Buffer, offset: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[offset] = copy[offset] === value ? value ^ 1 : value;
  return copy;
}

function pieces(bytes: Uint8Array, size: number): () => AsyncIterable<Uint8Array> {
  return async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
}

async function read(
  bytes: Buffer,
  options: ReadOptions = {},
  pieceSize = 1e9,
): Promise<{ kept: KeptRecord[]; summary: LogFileSummary }> {
  const kept: KeptRecord[] = [];
  const summary = await readLogFile(
    pieces(bytes, pieceSize),
    (batch) => {
      kept.push(...batch);
    },
    options,
  );
  return { kept, summary };
}
