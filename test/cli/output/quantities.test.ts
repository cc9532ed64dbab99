import {
  formatBytes,
  formatCost,
  formatDuration,
  formatTime,
} from '../../../src/cli/output/quantities';

test.each([
  [undefined, ''],
  [0, '$0.00'],
  [0.0000004, '<$0.000001'],
  [0.000025, '$0.000025'],
  [0.0000500001, '$0.000050'],
  [0.00999, '$0.0100'],
  [0.01, '$0.01'],
  [1234.5, '$1234.50'],
])('%p dollars read %s', (costUsd, text) => {
  expect(formatCost(costUsd)).toBe(text);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 KB'],
  [10_485_760, '10.5 MB'],
  [2.5e12, '2.50 TB'],
  [5e20, '500000.0 PB'],
])('%p bytes read %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1500, '1.5 s'],
  [60_000, '1 min 0 s'],
  [3_599_999, '59 min 59 s'],
  [3_600_000, '1 h 0 min'],
  [90_000_000, '1 d 1 h'],
])('%p ms read %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('a time reads without its zone', () => {
  expect(formatTime('2026-11-20T11:00:00.000Z')).toBe('2026-11-20 11:00:00');
});
