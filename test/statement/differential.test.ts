import { init } from '@polyglot-sql/sdk';
import { classifyStatement } from '../../src/statement/classify';
import { ATHENA_STATEMENTS } from '../fixtures/statements/athena';
import { ATHENA_GUIDE } from '../fixtures/statements/athena-guide';
import { DISAGREEMENTS } from './disagreements';
import { generateAthena } from './generator/athena';
import { tablesByPolyglot } from './polyglot-oracle';

const GENERATED = 600;

const texts = [
  ...[ATHENA_STATEMENTS, ATHENA_GUIDE]
    .flatMap((operations) => Object.values(operations).flat())
    .map(([text]) => text),
  ...Array.from({ length: GENERATED }, (_, seed) => generateAthena(seed).text),
];

interface Comparison {
  readonly text: string;
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

let compared: Comparison[];

beforeAll(async () => {
  await init();
  compared = texts.flatMap((text) => {
    const theirs = tablesByPolyglot(text);
    const { reads, writes } = classifyStatement(text, 'athena');
    const ours = [...new Set([...reads, ...writes])].sort();
    return theirs === undefined ? [] : [{ text, ours, theirs }];
  });
});

test('an independent parser reads a good part of the statements', () => {
  expect(compared.length).toBeGreaterThan(400);
});

test('every disagreement with it is explained', () => {
  const unexplained = compared
    .filter(disagrees)
    .filter(({ text }) => !DISAGREEMENTS.some(({ statements }) => statements.test(bare(text))));

  expect(unexplained).toEqual([]);
});

test.each(DISAGREEMENTS)('it still differs: $because', ({ statements }) => {
  expect(compared.filter(disagrees).some(({ text }) => statements.test(bare(text)))).toBe(true);
});

function disagrees({ ours, theirs }: Comparison): boolean {
  return JSON.stringify(ours) !== JSON.stringify(theirs);
}

/** Without comments, on one line. */
function bare(text: string): string {
  return text
    .replaceAll(/\/\*.*?\*\/|--[^\n]*\n/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
