import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseTime, TIME_FORMS, toEventTime } from '../../api/time';
import { ConfigError } from '../../errors';
import type { StoreRecoveryTotals } from '../../recovery/recover-store';
import { toOneLine } from '../../safe-text';
import { isServed } from '../connect';
import type { Io } from '../io';
import { clearLine } from '../output/clear-line';

interface RecoverOptions {
  readonly data: string;
  readonly since?: number;
  readonly role?: string;
  readonly rate: number;
  readonly pricePerTb: number;
  readonly tbBase: 'binary' | 'decimal';
  readonly json?: true;
}

/** CloudTrail did not exist before. */
const BEGINNING = '2013-01-01T00:00:00Z';

const EXAMPLES = `
Asks Athena in the account and Region of each event, with your own AWS credentials, for the SQL that
CloudTrail masks, and for how each query ended and what it scanned. Athena remembers 45 days. It may
be run again at any time: what is complete is not asked for again.

It needs athena:BatchGetQueryExecution, athena:GetNamedQuery and athena:GetPreparedStatement.

Examples:
  $ querytrail recover
  $ querytrail recover --since 7d --rate 1
  $ querytrail recover --role QuerytrailRecovery     # assumed in every account but your own
`;

/** `querytrail recover`: masked Athena texts of a local store. */
export function register(program: Command, io: Io): void {
  program
    .command('recover')
    .description('Bring back masked Athena statements into a local store')
    .option('--data <dir>', 'folder that serve keeps its store in', '.querytrail')
    .option('--since <time>', `only events from then on: ${TIME_FORMS}`, toTime(io))
    .option('--role <name>', 'role to assume in other accounts')
    .option('--rate <calls>', 'calls a second in each account and Region', toPositive, 2)
    .option('--price-per-tb <usd>', 'price of a scanned TB', toNumber, 5)
    .addOption(
      new Option('--tb-base <base>', 'bytes of a TB: 2^40 or 10^12')
        .choices(['binary', 'decimal'])
        .default('binary'),
    )
    .option('--json', 'print the counts as JSON')
    .addHelpText('after', EXAMPLES)
    .action((options: RecoverOptions) => recover(options, io));
}

async function recover(options: RecoverOptions, io: Io): Promise<void> {
  const { createAthenaClients } = await import('../../recovery/athena-clients');
  const { createRecovery } = await import('../../recovery/recover');
  const { recoverStore } = await import('../../recovery/recover-store');
  const { createDynamoEventStore } = await import('../../store/dynamo-event-store');
  const embedded = await openStore(options.data);
  try {
    const ownAccountId = await findOwnAccount();
    const store = createDynamoEventStore(embedded);
    const athenaFor = createAthenaClients({
      ownAccountId,
      roleName: options.role,
      callsPerSecond: options.rate,
    });
    const totals = await recoverStore({
      store,
      recover: createRecovery({
        athenaFor,
        store,
        // Whoever runs the command again asks again.
        postpone: async () => {},
        clock: () => new Date(io.clock()),
        pricing: { usdPerTb: options.pricePerTb, tbBase: options.tbBase },
      }),
      canAsk: (accountId) => accountId === ownAccountId || options.role !== undefined,
      from: options.since === undefined ? BEGINNING : toEventTime(options.since),
      to: toEventTime(io.clock()),
      onProgress: ({ recovered }) => {
        if (io.stderr.isTerminal) void io.stderr.write(`\r${recovered} recovered`);
      },
    });
    await clearLine(io.stderr);
    await io.stdout.write(options.json ? `${JSON.stringify(totals)}\n` : describe(totals));
  } finally {
    await embedded.close();
  }
}

async function findOwnAccount(): Promise<string> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const { Account = '' } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
  return Account;
}

async function openStore(data: string) {
  const { readLatestRun } = await import('../../local/data-directory');
  const { startEmbeddedStore } = await import('../../local/embedded-store');
  const run = await readLatestRun(data);
  if (run === undefined) {
    throw new ConfigError(
      'config.data',
      `there is no store in ${data}: run querytrail serve first`,
    );
  }
  if (run.url !== undefined && (await isServed(run.url))) {
    throw new ConfigError('config.data', `the store is in use by ${run.url}: stop serve first`);
  }
  return startEmbeddedStore({ path: run.store });
}

function describe({ recovered, unavailable, open, leftOut }: StoreRecoveryTotals): string {
  const lines = [
    `${recovered} ${recovered === 1 ? 'event' : 'events'} completed`,
    `${unavailable} whose text cannot come back; each says why`,
    `${open} still running or not answered: run this again later`,
    ...Object.entries(leftOut).map(
      ([account, events]) =>
        `${events} of account ${toOneLine(account)} left out: give a --role to assume there`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function toTime({ clock }: Io): (text: string) => number {
  return (text) => {
    const timeMs = parseTime(/^\d/.test(text) && /[mhdw]$/.test(text) ? `-${text}` : text, clock());
    if (timeMs === undefined) throw new InvalidArgumentError(`Allowed: ${TIME_FORMS}.`);
    return timeMs;
  };
}

function toNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('Allowed: 0 or more.');
  return value;
}

function toPositive(text: string): number {
  const value = toNumber(text);
  if (value <= 0) throw new InvalidArgumentError('Allowed: more than 0.');
  return value;
}
