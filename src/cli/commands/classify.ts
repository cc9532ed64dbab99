import { type Command, Option } from 'commander';
import { ConfigError } from '../../errors';
import { toOneLine } from '../../safe-text';
import type { Dialect } from '../../statement/classify';
import type { ClassifiedStatement } from '../classify-lines';
import type { Io } from '../io';

interface ClassifyCommandOptions {
  readonly dialect: Dialect;
  readonly facts: boolean;
  readonly json?: true;
}

const LABEL_WIDTH = 20;

const EXAMPLES = `
Without a statement, JSON lines are read from standard input and answered in their order:
  {"id":1,"dialect":"athena","text":"SELECT * FROM shop.orders"}
  {"id":1,"class":"DML","operation":"SELECT","access":"read","reads":["shop.orders"],"writes":[]}

Examples:
  $ querytrail classify "SELECT * FROM shop.orders"
  $ querytrail classify --dialect cql --facts "DELETE FROM shop.orders WHERE id = 1"
  $ querytrail classify < statements.jsonl > classified.jsonl
`;

/** `querytrail classify`: what a statement is and which tables it reads and writes. */
export function register(program: Command, io: Io): void {
  program
    .command('classify')
    .description('Say what a statement is and which tables it reads and writes')
    .argument('[statement]', 'one statement; quote it for the shell')
    .addOption(
      new Option('--dialect <name>', 'of the statement given here')
        .choices(['athena', 'cql'])
        .default('athena'),
    )
    .option('--facts', 'also columns, S3 locations, flags and fingerprint', false)
    .option('--json', 'JSON (the default in a pipe)')
    .addHelpText('after', EXAMPLES)
    .action((statement: string | undefined, options: ClassifyCommandOptions) =>
      statement === undefined ? classifyInput(options, io) : classifyOne(statement, options, io),
    );
}

async function classifyOne(
  statement: string,
  { dialect, facts, json }: ClassifyCommandOptions,
  io: Io,
): Promise<void> {
  const { describeStatement } = await import('../classify-lines');
  const isForPerson = io.stdout.isTerminal && json === undefined;
  const answer = describeStatement(statement, dialect, { facts: facts || isForPerson });
  await io.stdout.write(isForPerson ? renderSheet(answer) : `${JSON.stringify(answer)}\n`);
}

async function classifyInput(options: ClassifyCommandOptions, io: Io): Promise<void> {
  if (process.stdin.isTTY) {
    throw new ConfigError('config.statement', 'give a statement, or JSON lines on standard input');
  }
  const { classifyLines } = await import('../classify-lines');
  let badLines = 0;
  const reportBadLine = async (line: number, problem: string): Promise<void> => {
    badLines += 1;
    await io.stderr.write(`querytrail: line ${line}: ${problem}\n`);
  };
  for await (const answers of classifyLines(process.stdin, options, reportBadLine)) {
    await io.stdout.write(answers);
  }
  if (badLines > 0) throw new Error(`${badLines} of the lines could not be read`);
}

/** One line for each fact that there is. */
function renderSheet(answer: ClassifiedStatement): string {
  return Object.entries(answer)
    .map(([name, value]) => [name, toText(value)] as const)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name.padEnd(LABEL_WIDTH)}${toOneLine(value)}\n`)
    .join('');
}

function toText(value: ClassifiedStatement[keyof ClassifiedStatement]): string {
  if (value === undefined || typeof value === 'string') return value ?? '';
  return value
    .map((item) => (typeof item === 'string' ? item : `${item.uri} (${item.access})`))
    .join(', ');
}
