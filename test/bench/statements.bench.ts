import { join } from 'node:path';
import { build } from 'esbuild';
import { classifyKind, classifyStatement, type Dialect } from '../../src/statement/classify';
import { fingerprintStatement } from '../../src/statement/fingerprint';
import { ATHENA_STATEMENTS } from '../fixtures/statements/athena';
import { CQL_STATEMENTS } from '../fixtures/statements/cql';

const ROUNDS = 9;
const ROUND_MS = 300;
const LONGEST = 262_144;

export const title = 'Statements';

type Work = (text: string, dialect: Dialect) => unknown;

interface Statement {
  readonly text: string;
  readonly dialect: Dialect;
}

/** What people run all day. */
const TYPICAL: readonly Statement[] = [
  athena(
    "SELECT user_id, count(*) AS n FROM web.events WHERE dt = '2026-01-01' GROUP BY user_id ORDER BY n DESC LIMIT 100",
  ),
  athena(
    "SELECT o.id, c.name, sum(l.price * l.quantity) AS total FROM shop.orders o JOIN shop.customers c ON c.id = o.customer_id LEFT JOIN shop.lines l ON l.order_id = o.id WHERE o.day BETWEEN date '2026-01-01' AND date '2026-01-31' GROUP BY 1, 2",
  ),
  athena(
    "WITH recent AS (SELECT * FROM web.events WHERE dt > '2026-01-01'), top AS (SELECT user_id FROM recent GROUP BY 1 HAVING count(*) > 10) SELECT * FROM top JOIN users USING (user_id) LIMIT 10",
  ),
  athena("INSERT INTO shop.orders SELECT * FROM staging.orders WHERE dt = '2026-01-01'"),
  athena(
    "CREATE TABLE tmp.daily WITH (format = 'PARQUET', external_location = 's3://bucket/daily/') AS SELECT day, sum(total) AS total FROM shop.orders GROUP BY day",
  ),
  athena(
    "ALTER TABLE logs ADD IF NOT EXISTS PARTITION (dt = '2026-01-01') LOCATION 's3://bucket/logs/dt=2026-01-01/'",
  ),
  athena('MSCK REPAIR TABLE logs'),
  athena('SHOW PARTITIONS logs'),
  athena(
    "UNLOAD (SELECT * FROM shop.orders WHERE year = 2026) TO 's3://bucket/export/' WITH (format = 'PARQUET')",
  ),
  athena('DROP TABLE IF EXISTS tmp.daily'),
  cql('SELECT id, total FROM shop.orders WHERE id = ? LIMIT 10'),
  cql("INSERT INTO shop.orders (id, total, note) VALUES (1, 2.5, 'x') USING TTL 86400"),
  cql("UPDATE shop.orders SET total = 3, note = 'y' WHERE id = 1 IF EXISTS"),
  cql('DELETE FROM shop.orders WHERE id = 1'),
  cql('CREATE TABLE shop.orders (id uuid PRIMARY KEY, total decimal, note text)'),
];

const ALL: readonly Statement[] = [
  ...Object.values(ATHENA_STATEMENTS)
    .flat()
    .map(([text]) => athena(text)),
  ...Object.values(CQL_STATEMENTS)
    .flat()
    .map(([text]) => cql(text)),
];

const HOSTILE: readonly Statement[] = [
  '(',
  '[',
  "'",
  '"',
  '`',
  '/*',
  '-',
  '\u0000',
  '\ud800',
  'a.',
  '1,',
  "'a',",
  'a IN (',
  'SELECT ',
  'CASE WHEN a THEN ',
  'SELECT a FROM (',
  'WITH a AS (',
  'SELECT 1 UNION ',
  'EXPLAIN ',
].flatMap((part) => ['', 'SELECT a FROM t WHERE b IN ('].map((head) => athena(fill(head, part))));

/** Statements a second on one core, the slowest hostile text, and the size of the engine. */
export async function bench(): Promise<string> {
  const rows = [
    row(
      'typical statements',
      TYPICAL,
      classifyStatement,
      '≥ 400,000',
      'class, operation, access, tables, columns, flags',
    ),
    row(
      'typical statements',
      TYPICAL,
      classifyKind,
      '≥ 2,000,000',
      'class, operation and access only',
    ),
    row(
      'every documented form',
      ALL,
      classifyStatement,
      '',
      'class, operation, access, tables, columns, flags',
    ),
    row('typical statements', TYPICAL, fingerprintStatement, '', 'fingerprint'),
  ];
  const slowest = Math.max(...HOSTILE.map(bestTimeMs));
  return `Processor time of one core, median of ${ROUNDS} rounds.

| texts | mean length | asked for | statements/s | goal |
| --- | ---: | --- | ---: | ---: |
${rows.join('\n')}

The slowest of ${HOSTILE.length} hostile texts of ${LONGEST.toLocaleString('en')} characters (parentheses, quotes, comments, IN lists, nested CASE, NULs, lone surrogates) takes ${slowest.toFixed(1)} ms (goal ≤ 25 ms, best of three each). The whole engine has ${await engineBytes()} bytes minified (goal ≤ 20,000).`;
}

function row(
  texts: string,
  statements: readonly Statement[],
  work: Work,
  goal: string,
  asked: string,
): string {
  const mean = statements.reduce((sum, { text }) => sum + text.length, 0) / statements.length;
  const rates = Array.from({ length: ROUNDS }, () => rateOf(statements, work)).sort(
    (a, b) => a - b,
  );
  const median = Math.round((rates[Math.floor(ROUNDS / 2)] ?? 0) / 1_000) * 1_000;
  return `| ${texts} | ${mean.toFixed(0)} | ${asked} | ${median.toLocaleString('en')} | ${goal} |`;
}

function rateOf(statements: readonly Statement[], work: Work): number {
  const started = processorMs();
  let done = 0;
  while (processorMs() - started < ROUND_MS) {
    for (let again = 0; again < 50; again += 1) {
      for (const { text, dialect } of statements) work(text, dialect);
    }
    done += 50 * statements.length;
  }
  return (done / (processorMs() - started)) * 1_000;
}

/** Time that this process had the processor for: other load does not count. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function bestTimeMs({ text, dialect }: Statement): number {
  return Math.min(
    ...[1, 2, 3].map(() => {
      const started = processorMs();
      classifyStatement(text, dialect);
      return processorMs() - started;
    }),
  );
}

/** All of the engine in one file, as a function would bundle it. */
async function engineBytes(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from './classify'; export * from './fingerprint';`,
      resolveDir: join(process.cwd(), 'src/statement'),
    },
    bundle: true,
    minify: true,
    write: false,
    format: 'cjs',
    target: 'node22',
  });
  return (outputFiles[0]?.contents.length ?? 0).toLocaleString('en');
}

function athena(text: string): Statement {
  return { text, dialect: 'athena' };
}

function cql(text: string): Statement {
  return { text, dialect: 'cql' };
}

function fill(head: string, part: string): string {
  return head + part.repeat((LONGEST - head.length) / part.length);
}
