import * as fc from 'fast-check';
import { outlineStatement } from '../../src/event/keyspaces-outline';

const orders = { keyspace: 'shop', name: 'orders' };

test.each([
  [
    'a Select',
    'Select',
    {
      select: ['pk', 'ck', 'region'],
      conditions: ['pk = **(Redacted)', 'ck < 3**(Redacted)0', "region = 't**(Redacted)t'"],
      allowFiltering: true,
    },
    "SELECT pk, ck, region FROM shop.orders WHERE pk = **(Redacted) AND ck < 3**(Redacted)0 AND region = 't**(Redacted)t' ALLOW FILTERING",
  ],
  ['a Select of all rows', 'Select', { select: [], conditions: [] }, 'SELECT * FROM shop.orders'],
  [
    'a Select of expressions',
    'Select',
    {
      select: ['count(*)', "tags['a']", 'total AS sum', 'ID'],
      conditions: ['token(pk) > **(Redacted)'],
    },
    'SELECT count(*), tags[\'a\'], total AS sum, "ID" FROM shop.orders WHERE token(pk) > **(Redacted)',
  ],
  [
    'an Insert',
    'Insert',
    {
      primaryKeys: { pk: '**(Redacted)', ck: '1**(Redacted)8' },
      columnNames: ['pk', 'ck', 'region'],
      updateParameters: { TTL: '2**(Redacted)0', timestamp: 17 },
    },
    'INSERT INTO shop.orders (pk, ck, region) VALUES (**(Redacted), 1**(Redacted)8, ?) USING TTL 2**(Redacted)0 AND TIMESTAMP 17',
  ],
  [
    'an Insert without column names',
    'Insert',
    { primaryKeys: { pk: '**(Redacted)' } },
    'INSERT INTO shop.orders (pk) VALUES (**(Redacted))',
  ],
  [
    'an Update',
    'Update',
    {
      primaryKeys: { pk: "'t**(Redacted)t'", ck: ['1**(Redacted)2', '3**(Redacted)4'] },
      assignmentColumnNames: ['note', 'Total'],
      conditions: ['note < 1**(Redacted)7', 'x = ?'],
      updateParameters: { TTL: '**(Redacted)' },
    },
    `UPDATE shop.orders USING TTL **(Redacted) SET note = ?, "Total" = ? WHERE pk = 't**(Redacted)t' AND ck IN (1**(Redacted)2, 3**(Redacted)4) IF note < 1**(Redacted)7 AND x = ?`,
  ],
  [
    'a Delete of columns',
    'Delete',
    {
      primaryKeys: { pk: '**(Redacted)' },
      conditions: [],
      deleteColumnNames: ['m', 's'],
      updateParameters: {},
    },
    'DELETE m, s FROM shop.orders WHERE pk = **(Redacted)',
  ],
  [
    'a Delete of a row',
    'Delete',
    { primaryKeys: { pk: '**(Redacted)' }, conditions: ['v = 1'], deleteColumnNames: [] },
    'DELETE FROM shop.orders WHERE pk = **(Redacted) IF v = 1',
  ],
  ['a record with nothing in it', 'Update', {}, 'UPDATE shop.orders'],
])('writes %s in CQL form', (_, eventName, parameters, text) => {
  expect(outlineStatement(eventName, orders, parameters)?.text).toBe(text);
});

test('quotes names where CQL needs it', () => {
  const outline = outlineStatement(
    'Select',
    { keyspace: 'Shop', name: 'table' },
    { select: ['order', 'a"b', 'x1', '1x', 'é'] },
  );

  expect(outline?.text).toBe('SELECT "order", a"b, x1, "1x", "é" FROM "Shop"."table"');
});

test('leaves the keyspace out where the record does', () => {
  expect(outlineStatement('Select', { name: 't' }, {})?.text).toBe('SELECT * FROM t');
});

test('names the columns, but no expressions', () => {
  const columns = (eventName: string, parameters: object) =>
    outlineStatement(eventName, orders, { ...parameters })?.columns;

  expect(columns('Select', { select: ['a', 'count(*)', 'B'] })).toStrictEqual(['a', 'B']);
  expect(columns('Insert', { columnNames: ['a', 'b'] })).toStrictEqual(['a', 'b']);
  expect(columns('Update', { assignmentColumnNames: ['a'] })).toStrictEqual(['a']);
  expect(columns('Delete', { deleteColumnNames: ["m['k']", 'a'] })).toStrictEqual(['a']);
});

test.each([
  ['pk = **(Redacted)', 'pk = ?'],
  ['ck < 3**(Redacted)0', 'ck < ?'],
  ["region = 't**(Redacted)t'", 'region = ?'],
  ["region = ' **(Redacted) '", 'region = ?'],
  ['ck IN (1**(Redacted)2, 3**(Redacted)4)', 'ck IN (?, ?)'],
  ['a=1**(Redacted)2', 'a=?'],
  ["m = {'a**(Redacted)b': 1**(Redacted)2}", 'm = {?: ?}'],
])('has a shape without the values of %s', (condition, shape) => {
  const outline = outlineStatement('Select', orders, { select: ['a'], conditions: [condition] });

  expect(outline?.text).toBe(`SELECT a FROM shop.orders WHERE ${condition}`);
  expect(outline?.shape).toBe(`SELECT a FROM shop.orders WHERE ${shape}`);
});

test('has no outline of other events', () => {
  expect(outlineStatement('GetRecords', orders, {})).toBeUndefined();
});

test('never throws, whatever the parts', () => {
  const parameters = fc.record({
    select: fc.jsonValue(),
    conditions: fc.jsonValue(),
    primaryKeys: fc.jsonValue(),
    columnNames: fc.jsonValue(),
    assignmentColumnNames: fc.jsonValue(),
    deleteColumnNames: fc.jsonValue(),
    updateParameters: fc.jsonValue(),
  });
  return fc.assert(
    fc.property(
      fc.constantFrom('Select', 'Insert', 'Update', 'Delete'),
      parameters,
      (name, parts) => {
        expect(outlineStatement(name, orders, parts)?.text.isWellFormed()).toBe(true);
      },
    ),
  );
});
