import fc from 'fast-check';
import {
  eventKey,
  fromKeyPart,
  keyPart,
  keyTime,
  principalKey,
  shardOf,
  tableRefs,
} from '../../src/store/keys';
import { keyspacesEvent, maskedAthenaEvent } from './events';

test('an event has one key, whatever else it holds', () => {
  expect(eventKey(keyspacesEvent(), 4)).toEqual({
    pk: 'A#111122223333#2026-11#2',
    sk: '2026-11-20T10:15:30#5d0cb6f2-9e8a-4e0f-a9b2-1c5a6f2f7a11#Select',
  });
});

test.each([
  ['2026-11-20T10:15:30Z', '2026-11-20T10:15:30'],
  ['2026-11-20T10:15:30.000Z', '2026-11-20T10:15:30'],
  ['2026-11-20T10:15:30.1200Z', '2026-11-20T10:15:30.12'],
  ['2026-11-20T10:15Z', '2026-11-20T10:15:00'],
])('the time %s is kept as %s', (time, key) => {
  expect(keyTime(time)).toBe(key);
});

test('keys sort as the times do, however many digits their fractions have', () => {
  const time = fc
    .record({ second: fc.integer({ min: 0, max: 3 }), fraction: fc.stringMatching(/^\d{0,6}$/) })
    .map(({ second, fraction }) => ({
      iso: `2026-11-20T10:15:0${second}${fraction && `.${fraction}`}Z`,
      value: Number(`${second}.${fraction || '0'}`),
    }));

  fc.assert(
    fc.property(time, time, (a, b) => {
      const [keyA, keyB] = [`${keyTime(a.iso)}#x`, `${keyTime(b.iso)}#x`];
      expect(Math.sign(a.value - b.value)).toBe(keyA < keyB ? -1 : keyA > keyB ? 1 : 0);
    }),
  );
});

test('a key part gives its value back, or a short one that no other value has', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ minLength: 150, maxLength: 400 }),
  );

  fc.assert(
    fc.property(text, text, (a, b) => {
      const part = keyPart(a);
      expect(part).not.toContain('#');
      expect(Buffer.byteLength(part)).toBeLessThanOrEqual(200);
      expect([a.toWellFormed(), undefined]).toContain(fromKeyPart(part));
      expect(part === keyPart(b)).toBe(a === b);
    }),
  );
});

test('ids spread evenly over the shards', () => {
  const counts = [0, 0, 0, 0];

  for (const id of fc.sample(fc.uuid(), { numRuns: 4_000, seed: 1 })) {
    counts[shardOf(id, 4)] = (counts[shardOf(id, 4)] ?? 0) + 1;
  }

  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

test.each([
  [
    'its role for a role session',
    keyspacesEvent(),
    'arn:aws:iam::111122223333:role/service-role/OrdersApi',
  ],
  ['its ARN for a user', maskedAthenaEvent(), 'arn:aws:iam::111122223333:user/alice'],
  [
    'its name for a service',
    keyspacesEvent({
      principal: {
        type: 'AWSService',
        name: 'glue.amazonaws.com',
        arn: undefined,
        roleArn: undefined,
      },
    }),
    'glue.amazonaws.com',
  ],
])('a principal is kept by %s', (_, { principal }, key) => {
  expect(principalKey(principal)).toBe(key);
});

test.each([
  [
    'each table once',
    ['shop.orders', 'SHOP.orders', 'sales.items'],
    undefined,
    ['shop/orders', 'sales/items'],
  ],
  ['a catalog left out', ['lake.shop.orders'], undefined, ['shop/orders']],
  ['a bare name without a database', ['orders'], undefined, ['/orders']],
  ['a whole database as one', ['shop.*'], 'shop', ['shop/*']],
  [
    'the database alone where no table lies in it',
    ['shop.orders'],
    'Sales',
    ['shop/orders', 'sales/'],
  ],
  ['nothing for nothing', [], undefined, []],
])('an event is entered by %s', (_, names, database, expected) => {
  const tables = names.map((name) => ({ name, access: 'read' as const }));

  const refs = tableRefs({ tables, database });

  expect(refs.map((ref) => `${ref.database}/${ref.table}`)).toEqual(expected);
});
