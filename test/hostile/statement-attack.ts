import { classifyKind, classifyStatement } from '../../src/statement/classify';
import { fingerprintStatement, redactLiterals } from '../../src/statement/fingerprint';
import type { Random } from '../faults/random';
import { type Attack, hold } from './attack';
import { hostileText } from './junk';

const LONGEST = 262_144;

const PIECES: readonly string[] = [
  ...['SELECT ', 'FROM ', 'a.b', '"a"', '`a`', "'a'", '(', ')', '[', ']', ',', ';', '.', '*', '?'],
  ...[
    'WITH x AS (',
    'INSERT INTO ',
    'CREATE TABLE ',
    'AS ',
    'UNION ALL ',
    'EXPLAIN ',
    'IN (',
    '=>',
  ],
  ...['JOIN ', 'ON ', 'CASE ', 'WHEN ', 'END ', 'PREPARE p FROM ', 'EXECUTE p USING ', 'UNLOAD ('],
  ...['BEGIN BATCH ', 'APPLY BATCH', 'USING TTL 1 ', 'IF NOT EXISTS ', 'ALLOW FILTERING', '{', '}'],
  ...['/*', '*/', '--', '\n', "'", '"', '`', '$$', '\\', '1e', '0x', 'U&"', ':a', '@', '\u3000'],
];

/** A text that may be anything: it is classified, masked and hashed. */
export function statementAttack(random: Random): Attack {
  const dialect = random.pick(['athena', 'cql'] as const);
  const text = makeText(random);
  return {
    run: async () => {
      const { class: kind } = classifyStatement(text, dialect);
      hold(classifyKind(text, dialect).class === kind, 'two ways to classify differ');
      redactLiterals(text, dialect);
      hold(/^[\da-f]{16}$/.test(fingerprintStatement(text, dialect)), 'no fingerprint');
    },
  };
}

function makeText(random: Random): string {
  const piece = () => (random.chance(0.2) ? hostileText(random) : random.pick(PIECES));
  const words = Array.from({ length: 1 + random.below(30) }, piece).join('');
  if (!random.chance(0.02)) return words;
  // What is quadratic shows at the longest text that Athena takes.
  return words.repeat(Math.ceil(LONGEST / Math.max(1, words.length))).slice(0, LONGEST);
}
