import { classifyKind, classifyStatement, type Dialect } from '../../src/statement/classify';
import { ATHENA_STATEMENTS, type StatementCase } from '../fixtures/statements/athena';
import { ATHENA_GUIDE } from '../fixtures/statements/athena-guide';
import { ATHENA_TOOLS } from '../fixtures/statements/athena-tools';
import { CQL_STATEMENTS } from '../fixtures/statements/cql';
import { CQL_GUIDE } from '../fixtures/statements/cql-guide';
import { CQL_TOOLS } from '../fixtures/statements/cql-tools';
import { kindOf } from '../fixtures/statements/kinds';

type Operations = Readonly<Record<string, readonly StatementCase[]>>;

describe.each<[Dialect, string, Operations]>([
  ['athena', 'form', ATHENA_STATEMENTS],
  ['athena', 'guide', ATHENA_GUIDE],
  ['athena', 'tools', ATHENA_TOOLS],
  ['cql', 'form', CQL_STATEMENTS],
  ['cql', 'guide', CQL_GUIDE],
  ['cql', 'tools', CQL_TOOLS],
])('a statement of %s (%s)', (dialect, _source, operations) => {
  describe.each(Object.entries(operations))('is %s', (operation, cases) => {
    test.each(cases.map(([text, reads = '', writes = '']) => ({ text, reads, writes })))(
      '$text',
      ({ text, reads, writes }) => {
        const facts = classifyStatement(text, dialect);

        expect(facts).toMatchObject({ operation, reads: namesIn(reads), writes: namesIn(writes) });
        expect(facts.class).toBe(kindOf(operation)[0]);
      },
    );
  });

  test.each(Object.entries(operations))('%s has its access, by itself too', (operation, cases) => {
    for (const [text] of cases) {
      const { class: statementClass, access } = classifyStatement(text, dialect);
      expect(classifyKind(text, dialect)).toEqual({ class: statementClass, operation, access });
      if (!/ANALYZE|TAGS \{/.test(text)) {
        expect([text, access]).toEqual([text, kindOf(operation)[1]]);
      }
    }
  });
});

function namesIn(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}
