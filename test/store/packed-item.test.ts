import fc from 'fast-check';
import type { Item } from '../../src/store/item-size';
import { itemSize } from '../../src/store/item-size';
import { packItem, unpackItem } from '../../src/store/packed-item';

const KEYS = {
  pk: 'A#111122223333#2026-11#3',
  sk: '2026-11-20T11:00:00#9b1d7c44-2f5e-4d8a-b0c3-7e6f5a4b3c2d#StartQueryExecution',
  p: 'P#arn:aws:iam::111122223333:user/alice#2026-11#3',
  x: 'failed',
};
const OTHERS = {
  st: `SELECT DISTINCT count(*) FROM sales.orders WHERE note = '${'long '.repeat(200)}'`,
  xr: 'SYNTAX_ERROR: line 1:8: Column',
  ek: 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/111122223333_CloudTrail_us-east-1_20261120T1020Z_Ab3dEfGh1JkLmN0p.json.gz',
  xc: 2,
  rs: [{ t: 'AWS::Cassandra::Table' }],
};
/** As it was written once: it can be read for as long as the dictionary stays as it is. */
const STORED =
  'q4Y4LhhXIwlcKxcn5qQW6+UXpaQWFUPbNXn5JakKtgrqOfl56QqjxCgxSgxrQh1WnuNvmqIXosjlD57i1BBEoyhGLlrhisFlrKEhqKA0MDKIindMMk5xTXPPMPTK9sn1MyhAKnmhdQ7Bll1tbC0A';

test('what was packed once can be read for ever', () => {
  const stored = { ...KEYS, z: new Uint8Array(Buffer.from(STORED, 'base64')) };

  expect(unpackItem(stored)).toEqual({ ...KEYS, ...OTHERS });
});

test('keys and what indexes carry stay readable for DynamoDB', () => {
  const packed = packItem({ ...KEYS, ...OTHERS });

  expect(packed).toEqual({ ...KEYS, z: expect.any(Uint8Array) });
  expect(itemSize(packed)).toBeLessThan(1024);
});

test('a marker set beside a packed item changes nothing', () => {
  const packed = { ...packItem({ ...KEYS, ...OTHERS }), rv: 2 };

  expect(unpackItem(packed)).toEqual({ ...KEYS, ...OTHERS, rv: 2 });
});

test('any item comes back, and never larger than it was', () => {
  const text = fc.string({ unit: 'binary', maxLength: 1500 }).map((value) => value.toWellFormed());
  const attributes = fc.dictionary(
    fc.constantFrom('st', 'xr', 'ua', 'co', 'x', 'pn', 't'),
    fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text, { maxLength: 3 })),
  );
  fc.assert(
    fc.property(attributes, (others) => {
      const item: Item = { ...KEYS, ...others };

      const packed = packItem(item);

      expect(unpackItem(packed)).toEqual(item);
      expect(itemSize(packed)).toBeLessThanOrEqual(itemSize(item));
    }),
  );
});
