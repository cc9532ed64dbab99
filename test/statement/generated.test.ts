import { classifyKind, classifyStatement, type Dialect } from '../../src/statement/classify';
import { fingerprintStatement, redactLiterals } from '../../src/statement/fingerprint';
import { ATHENA_STATEMENTS } from '../fixtures/statements/athena';
import { ATHENA_GUIDE } from '../fixtures/statements/athena-guide';
import { CQL_STATEMENTS } from '../fixtures/statements/cql';
import { CQL_GUIDE } from '../fixtures/statements/cql-guide';
import { generateAthena } from './generator/athena';
import { generateCql } from './generator/cql';

const STATEMENTS_PER_RUN = 4_000;
/** Another seed for every run would find more, but a failure must come back. */
const FIRST_SEED = 20_260_101;

const SEEDS = Array.from({ length: STATEMENTS_PER_RUN }, (_, at) => FIRST_SEED + at);

describe.each([
  ['athena', generateAthena, [ATHENA_STATEMENTS, ATHENA_GUIDE]],
  ['cql', generateCql, [CQL_STATEMENTS, CQL_GUIDE]],
] as const)('statements of %s', (dialect, generate, fixtures) => {
  const texts = [
    ...fixtures.flatMap((operations) => Object.values(operations).flat()).map(([text]) => text),
    ...SEEDS.slice(0, 100).map((seed) => generate(seed).text.slice(0, 1_500)),
  ];

  test('made from the grammar are what they were made to be', () => {
    for (const seed of SEEDS) {
      const { text, operation, reads, writes } = generate(seed);

      const facts = classifyStatement(text, dialect);

      const found = { seed, operation: facts.operation, reads: facts.reads, writes: facts.writes };
      expect(found).toEqual({ seed, operation, reads, writes });
      expect(classifyKind(text, dialect).operation).toBe(operation);
    }
  });

  test('keep their class wherever they are cut, once it is known', () => {
    for (const text of texts) {
      const { class: whole } = classifyKind(text, dialect);
      const classes = Array.from({ length: text.length }, (_, end) =>
        classOfBoth(text.slice(0, end), dialect),
      );
      const known = classes.findIndex(
        (cut, end) => cut !== 'UNKNOWN' && !/\w/.test(text.charAt(end)),
      );
      if (known >= 0 && whole !== 'UNKNOWN') {
        expect([text, new Set(classes.slice(known))]).toEqual([text, new Set([whole])]);
      }
    }
  });

  test('name no table that the whole does not name, when cut between words', () => {
    for (const text of texts) {
      const { reads, writes } = classifyStatement(text, dialect);
      const whole = [...reads, ...writes];
      for (const { index: end } of text.matchAll(/(?<=\w)\s/g)) {
        const cut = classifyStatement(text.slice(0, end), dialect);
        const names = [...cut.reads.slice(0, -1), ...cut.writes].map((name) =>
          name.replace('.*', ''),
        );
        const strange = names.filter((name) => !whole.some((known) => known.startsWith(name)));
        expect([text.slice(0, end), strange]).toEqual([text.slice(0, end), []]);
      }
    }
  });

  test('touch the same tables and have the same fingerprint with their literals masked', () => {
    for (const text of texts) {
      const masked = redactLiterals(text, dialect);

      const [before, after] = [
        classifyStatement(text, dialect),
        classifyStatement(masked, dialect),
      ];

      expect([text, after.operation, after.reads, after.writes]).toEqual([
        text,
        before.operation,
        before.reads,
        before.writes,
      ]);
      expect([text, fingerprintStatement(masked, dialect)]).toEqual([
        text,
        fingerprintStatement(text, dialect),
      ]);
    }
  });
});

function classOfBoth(text: string, dialect: Dialect): string {
  const { class: kind } = classifyKind(text, dialect);
  const { class: facts } = classifyStatement(text, dialect);
  return kind === facts ? kind : `${kind} or ${facts}`;
}
