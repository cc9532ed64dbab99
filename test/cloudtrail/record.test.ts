import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import {
  booleanOf,
  deriveEventId,
  objectOf,
  serviceOf,
  textOf,
  textsOf,
  timeOf,
} from '../../src/cloudtrail/record';

test.each([
  ['athena.amazonaws.com', 'athena'],
  ['athena.amazonaws.com.cn', 'athena'],
  ['cassandra.amazonaws.com', 'keyspaces'],
  ['cassandra.amazonaws.com.cn', 'keyspaces'],
  ['s3.amazonaws.com', undefined],
  ['xathena.amazonaws.com', undefined],
  [['athena.amazonaws.com'], undefined],
  [undefined, undefined],
])('takes %j for service %s', (eventSource, service) => {
  expect(serviceOf(eventSource)).toBe(service);
});

test.each([
  ['2026-03-02T10:01:07Z', '2026-03-02T10:01:07Z'],
  ['2026-03-02T10:01:07.000Z', '2026-03-02T10:01:07Z'],
  ['2026-03-02T10:01:07.250Z', '2026-03-02T10:01:07.250Z'],
  ['2026-03-02T10:01:07+02:00', '2026-03-02T08:01:07Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
  ['2026-02-30T00:00:00Z', undefined],
  ['2026-02-30T00:00:00+01:00', undefined],
  ['2026-13-01T00:00:00Z', undefined],
  ['2026-03-02T24:00:00Z', undefined],
  ['2026-03-02T10:01:07', undefined],
  ['2026-03-02', undefined],
  ['0000-01-01T00:00:00+01:00', undefined],
  ['2026-03-02T10:01:07+99:00', undefined],
  ['yesterday', undefined],
  ['', undefined],
  [1772445667, undefined],
  [null, undefined],
])('reads the time %j as %s', (value, time) => {
  expect(timeOf(value)).toBe(time);
});

test('reads members of anything, and only what is there', () => {
  expect(objectOf(null).name).toBeUndefined();
  expect(objectOf(['a']).length).toBeUndefined();
  expect(objectOf({ name: 'a' }).name).toBe('a');
  expect(textOf('')).toBeUndefined();
  expect(textOf(7)).toBeUndefined();
  expect(textsOf(['a', '', 1, 'b'])).toStrictEqual(['a', 'b']);
  expect(textsOf('a')).toStrictEqual([]);
  expect(['true', true, 'false', false, 'yes', 1].map(booleanOf)).toStrictEqual([
    true,
    true,
    false,
    false,
    undefined,
    undefined,
  ]);
});

test('replaces lone surrogates, which no store keeps', () => {
  expect(textOf('a\ud800b')).toBe('a\ufffdb');
  expect(textOf('a😀b')).toBe('a😀b');
});

test('derives an id from the SHA-256 of the record as JSON', () => {
  const record = JSON.parse('{ "eventName": "Sel\\u0065ct" }');
  const hash = createHash('sha256').update('{"eventName":"Select"}').digest('hex');

  expect(deriveEventId(record)).toBe(`derived-${hash.slice(0, 32)}`);
});

test('derives ids that do not depend on how the file was written', () => {
  return fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
      const reread = JSON.parse(JSON.stringify(record, undefined, 2));

      expect(deriveEventId(reread)).toBe(deriveEventId(JSON.parse(JSON.stringify(record))));
    }),
  );
});
