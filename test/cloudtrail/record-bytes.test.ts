import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readRecordBytes } from '../../src/cloudtrail/record-bytes';

const MAX_BYTES = 1_000_000;

async function read(text: string, index: number, pieceBytes = 7): Promise<string> {
  const bytes = gzipSync(text);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  return (await readRecordBytes(pieces(), index, MAX_BYTES)).toString();
}

test.each([
  ['the first', '{"Records":[{"a":1},{"b":2}]}', 0, '{"a":1}'],
  ['the last', '{"Records":[{"a":1},{"b":2}]}', 1, '{"b":2}'],
  ['white space inside, not outside', '{"Records": [ 1 ,\n { "b" : 2 }\t] }', 1, '{ "b" : 2 }'],
  [
    'brackets and commas in strings',
    '{"Records":["],[{",{"a":"}],\\"\\\\"},3]}',
    1,
    '{"a":"}],\\"\\\\"}',
  ],
  ['nested arrays', '{"Records":[[[1,2],[3]],[4]]}', 1, '[4]'],
  ['a name that hides in escapes', '{"R\\u0065cords":[5]}', 0, '5'],
  ['the last of several lists', '{"Records":[1],"Records":[2]}', 0, '2'],
  ['members beside it', '{"x":["Records",[9]],"y":"Records","Records":[1],"z":[8]}', 0, '1'],
  ['no Records of a deeper level', '{"x":{"Records":[7]},"Records":[1]}', 0, '1'],
])('finds %s', async (_, text, index, expected) => {
  expect(await read(text, index)).toBe(expected);
});

test('quotes any element of any list as it was written', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.json(), { minLength: 1, maxLength: 5 }),
      fc.nat(4),
      fc.constantFrom(',', ' , ', ',\n'),
      async (records, at, comma) => {
        const index = at % records.length;

        const found = await read(`{"Records":[${records.join(comma)}]}`, index);

        expect(found).toBe(records[index]?.trim());
      },
    ),
    { numRuns: 100 },
  );
});

test.each([
  ['there is no such record', '{"Records":[1]}', 1, 'log-file.shape'],
  ['the list is empty', '{"Records":[]}', 0, 'log-file.shape'],
  ['there is no list', '{"x":[1]}', 0, 'log-file.shape'],
  ['the record is too large', `{"Records":["${'x'.repeat(MAX_BYTES)}"]}`, 0, 'log-file.too-large'],
])('refuses when %s', async (_, text, index, code) => {
  await expect(read(text, index, 4096)).rejects.toMatchObject({ name: 'LogFileError', code });
});

test('refuses a file that is not sound to its end', async () => {
  const bytes = gzipSync('{"Records":[{"a":1}]}');
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 8) ^ 1, bytes.length - 8);
  async function* damaged() {
    yield bytes;
  }

  await expect(readRecordBytes(damaged(), 0, MAX_BYTES)).rejects.toMatchObject({
    code: 'log-file.gzip',
  });
});

test('passes on what went wrong while reading', async () => {
  const failure = new Error('reset');
  async function* broken() {
    yield gzipSync('{"Records":[1]}').subarray(0, 12);
    throw failure;
  }

  await expect(readRecordBytes(broken(), 0, MAX_BYTES)).rejects.toBe(failure);
});
