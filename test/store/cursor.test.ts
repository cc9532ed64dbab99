import fc from 'fast-check';
import { RequestError } from '../../src/errors';
import { readCursor, writeCursor } from '../../src/store/cursor';
import type { PageRequest } from '../../src/store/event-store';

const filter = {
  from: '2026-11-01T00:00:00Z',
  to: '2026-11-08T00:00:00Z',
  class: ['DDL', 'DML'],
  table: 'shop.orders',
};
const page: PageRequest = { limit: 50, order: 'desc' };
const state = { from: filter.from, to: filter.to, position: '2026-11-05T10:00:00#id#Select' };

test('a cursor leads back to its place', () => {
  const larger: PageRequest = { ...page, limit: 7 };

  expect(readCursor(writeCursor(state, filter, page), filter, larger)).toEqual(state);
});

test('a cursor is opaque and fits a URL as it is', () => {
  expect(writeCursor(state, filter, page)).toMatch(/^[\w-]+$/);
});

test.each([
  ['another table', { ...filter, table: 'shop.items' }, page],
  ['one filter less', { ...filter, class: undefined }, page],
  ['another range', { ...filter, from: '2026-10-01T00:00:00Z' }, page],
  ['another order', filter, { ...page, order: 'asc' as const }],
])('refuses a cursor of a list with %s', (_, other, otherPage) => {
  const cursor = writeCursor(state, filter, page);

  expect(() => readCursor(cursor, other, otherPage)).toThrow(
    'belongs to a list with other filters',
  );
});

test('a relative range goes on where the first page began, however late it is asked', () => {
  const relative = { ...page, range: ['-7d', undefined] };
  const later = { ...filter, from: '2026-11-01T00:00:09Z', to: '2026-11-08T00:00:09Z' };

  expect(readCursor(writeCursor(state, filter, relative), later, relative)).toEqual(state);
});

test('refuses any text that was not given out, with what is allowed', () => {
  const cursor = writeCursor(state, filter, page);
  const tampered = fc
    .tuple(fc.nat(cursor.length - 1), fc.constantFrom(...'abcXYZ019-_'))
    .map(([at, letter]) => cursor.slice(0, at) + letter + cursor.slice(at + 1))
    .filter((text) => text !== cursor);

  fc.assert(
    fc.property(fc.oneof(tampered, fc.string(), fc.base64String()), (text) => {
      const read = () => readCursor(text, filter, page);
      expect(read).toThrow(RequestError);
      expect(read).toThrow(
        expect.objectContaining({
          code: 'request.cursor',
          statusCode: 400,
          details: expect.objectContaining({ parameter: 'cursor', value: text }),
        }),
      );
    }),
  );
});
