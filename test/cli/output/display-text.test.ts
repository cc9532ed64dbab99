import fc from 'fast-check';
import { displayWidth, fitText } from '../../../src/cli/output/display-text';
import { toOneLine } from '../../../src/safe-text';

test.each([
  ['', 0],
  ['abc', 3],
  ['é', 1],
  ['e\u0301', 1],
  ['表', 2],
  ['👩‍💻', 2],
  ['ａ', 2],
])('%j takes %i cells', (text, cells) => {
  expect(displayWidth(text)).toBe(cells);
});

test.each([
  ['SELECT 1', 8, 'SELECT 1'],
  ['SELECT 12', 8, 'SELECT …'],
  ['表表表', 5, '表表…'],
  ['表表表', 4, '表…'],
  ['abc', 0, '…'],
])('%j fits %i cells as %j', (text, cells, fitted) => {
  expect(fitText(text, cells)).toBe(fitted);
});

test('text of strangers keeps to its line and its cells', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, cells) => {
      const shown = fitText(toOneLine(text), cells);

      expect(displayWidth(shown)).toBeLessThanOrEqual(cells);
      expect(shown).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
    }),
  );
});
