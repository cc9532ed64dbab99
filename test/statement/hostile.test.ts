import fc from 'fast-check';
import { classifyKind, classifyStatement, type Dialect } from '../../src/statement/classify';
import { fingerprintStatement, redactLiterals } from '../../src/statement/fingerprint';

/** The longest text that Athena takes. */
const LONGEST = 262_144;
/** Processor time. The goal is 25 ms; code that is not compiled yet gets some more. */
const PATIENCE_MS = 150;

const REPEATED: Readonly<Record<string, string>> = {
  'opening parentheses': '(',
  'closing parentheses': ')',
  'parentheses in pairs': '()',
  'opening brackets': '[',
  'mixed brackets': '([{',
  'single quotes': "'",
  'odd single quotes': "''x'",
  'double quotes': '"',
  'back quotes': '`',
  'dollar signs': '$',
  'opening comments': '/*',
  slashes: '/',
  dashes: '-',
  'comment after comment': '/**/',
  'line comments': '--\n',
  NULs: '\u0000',
  'lone high surrogates': '\ud800',
  'lone low surrogates': '\udc00',
  backslashes: '\\',
  'escaped quotes': "\\'",
  dots: '.',
  'names with dots': 'a.',
  commas: ',',
  spaces: ' ',
  digits: '1',
  'wide spaces': '\u3000',
  'different tables': 'JOIN t% ON true ',
  SELECTs: 'SELECT ',
  'SELECTs in parentheses': '(SELECT ',
  'nested FROMs': 'SELECT a FROM (',
  'a long IN list': '1,',
  'an IN list of strings': "'a',",
  'nested IN': 'a IN (',
  'nested CASE': 'CASE WHEN a THEN ',
  'CASE in parentheses': '(CASE WHEN a THEN ',
  'CTE after CTE': 'c% AS (SELECT 1),',
  'nested CTEs': 'WITH c% AS (',
  UNIONs: 'SELECT 1 UNION ',
  EXPLAINs: 'EXPLAIN ',
  'EXPLAINs of parentheses': 'EXPLAIN (',
  PREPAREs: 'PREPARE a FROM ',
  UDFs: 'USING EXTERNAL FUNCTION ',
  INTOs: 'INTO ',
  keywords: 'TABLE WITH VALUES ',
  'IS DISTINCT': 'IS DISTINCT ',
};

const HEADS: readonly (readonly [Dialect, string])[] = [
  ['athena', ''],
  ['athena', 'SELECT a FROM t WHERE b IN ('],
  ['athena', 'SELECT a FROM '],
  ['athena', 'WITH x AS (SELECT 1), '],
  ['athena', 'CREATE TABLE a '],
  ['cql', ''],
  ['cql', 'SELECT '],
];

describe.each(HEADS)('the longest text of %s after "%s"', (dialect, head) => {
  test.each(Object.entries(REPEATED))('of %s is read in time', (_name, part) => {
    const text = fill(head, part);

    expect(processorTimeOf(() => classifyStatement(text, dialect))).toBeLessThan(PATIENCE_MS);
    expect(processorTimeOf(() => classifyKind(text, dialect))).toBeLessThan(PATIENCE_MS);
  });
});

test('all of them are masked and hashed in time', () => {
  const texts = Object.values(REPEATED).map((part) =>
    fill('SELECT a FROM t WHERE b IN (', part).slice(0, LONGEST / 8),
  );

  const tookMs = processorTimeOf(() => {
    for (const text of texts) {
      redactLiterals(text, 'athena');
      fingerprintStatement(text, 'cql');
    }
  });

  expect(tookMs / texts.length).toBeLessThan(PATIENCE_MS);
});

test('nothing throws, whatever the text', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...Object.values(REPEATED), ...HEADS.map(([, head]) => head), ';', '$$', '::'),
  );
  fc.assert(
    fc.property(fc.array(piece), fc.constantFrom<Dialect>('athena', 'cql'), (pieces, dialect) => {
      const text = pieces.join('');
      expect(classifyKind(text, dialect).class).toBe(classifyStatement(text, dialect).class);
      redactLiterals(text, dialect);
      fingerprintStatement(text, dialect);
    }),
    { numRuns: 500 },
  );
});

test.each([undefined, null, 7, {}, ['SELECT 1']])('%p is no statement', (text) => {
  const notText = text as unknown as string;

  expect(classifyStatement(notText, 'athena').class).toBe('UNKNOWN');
  expect(classifyKind(notText, 'cql').class).toBe('UNKNOWN');
  expect(redactLiterals(notText, 'athena')).toBe('');
  expect(fingerprintStatement(notText, 'athena')).toMatch(/^[\da-f]{16}$/);
});

function processorTimeOf(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Repeats the part up to the longest text; `%` becomes a number that is never the same. */
function fill(head: string, part: string): string {
  if (!part.includes('%')) return (head + part.repeat(LONGEST / part.length)).slice(0, LONGEST);
  let text = head;
  for (let number = 0; text.length < LONGEST; number += 1) {
    text += part.replace('%', String(number));
  }
  return text.slice(0, LONGEST);
}
