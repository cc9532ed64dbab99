import fc from 'fast-check';
import { parseTime, toEventTime } from '../../src/api/time';

const NOW = Date.parse('2026-11-20T12:00:00.250Z');

test.each([
  ['now', '2026-11-20T12:00:01Z'],
  ['-30m', '2026-11-20T11:30:01Z'],
  ['-12h', '2026-11-20T00:00:01Z'],
  ['-7d', '2026-11-13T12:00:01Z'],
  ['-4w', '2026-10-23T12:00:01Z'],
  ['-99999w', '1970-01-01T00:00:00Z'],
  ['0000-01-01', '1970-01-01T00:00:00Z'],
  ['9999-12-31T23:59:59.9Z', '9999-12-31T23:59:59Z'],
  ['2026-11-01', '2026-11-01T00:00:00Z'],
  ['2024-02-29', '2024-02-29T00:00:00Z'],
  ['2026-11-01T08:30Z', '2026-11-01T08:30:00Z'],
  ['2026-11-01T08:30:15.5Z', '2026-11-01T08:30:16Z'],
  ['2026-11-01T00:30:00+01:00', '2026-10-31T23:30:00Z'],
])('%s is %s', (text, expected) => {
  expect(toEventTime(parseTime(text, NOW) ?? Number.NaN)).toBe(expected);
});

test.each([
  ...['', ' ', '7d', '+7d', '-7', '-7y', '-7d ', '-1.5d', 'yesterday', '1700000000', '2026'],
  ...['2026-11', '2026-02-29', '2026-13-01', '2026-11-01T08:30', '2026-11-01 08:30:00Z'],
  ...['2026-11-01T24:00:01Z', '2026-11-01T08:60Z', '20261101', '+012026-11-01'],
])('%j is no time', (text) => {
  expect(parseTime(text, NOW)).toBeUndefined();
});

test('a part of a second selects the events of the same whole seconds', () => {
  const wholeSecond = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000);
  fc.assert(
    fc.property(wholeSecond, fc.integer({ min: -1500, max: 1500 }), (eventMs, offsetMs) => {
      const boundMs = Math.max(0, eventMs + offsetMs);

      const isAtOrAfter = toEventTime(eventMs) >= toEventTime(boundMs);

      expect(isAtOrAfter).toBe(eventMs >= boundMs);
    }),
  );
});
