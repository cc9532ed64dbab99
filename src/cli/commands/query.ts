import { type Command, Option } from 'commander';
import type { ApiClient } from '../api-client';
import { connect } from '../connect';
import { follow } from '../follow';
import type { Io } from '../io';
import { clearLine } from '../output/clear-line';
import { createEventPrinter, type EventPrinter } from '../output/event-printer';
import { formatTime } from '../output/quantities';
import { pagesOf } from '../pages';
import { createPatientClient } from '../patient-client';
import {
  addApiOptions,
  addFilterOptions,
  type FilterOptions,
  toApiOptions,
  toFilterParameters,
} from './asking-options';
import { parseCount } from './parse-count';

interface QueryOptions extends FilterOptions {
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly all?: true;
  readonly follow?: true;
  readonly json?: true;
  readonly csv?: true;
  readonly api?: string;
  readonly data: string;
}

/** How far back `--follow` looks for what comes late, unless a range is given. */
const FOLLOW_RANGE = '-24h';

const EXAMPLES = `
Examples:
  $ querytrail query --since 24h --class DDL
  $ querytrail query --table 'shop.*' --access write --principal alice,bob
  $ querytrail query --outcome failed --since 30d --all --csv > failures.csv
  $ querytrail query --error denied --since 30d
  $ querytrail query -q 'drop table' --json | jq -r .principal.name
  $ querytrail query --follow --service keyspaces
  $ querytrail query --api https://abc123.execute-api.eu-central-1.amazonaws.com --profile audit
`;

/** `querytrail query`: the events that match, newest first. */
export function register(program: Command, io: Io): void {
  const command = program.command('query').description('List who ran what, newest first');
  addFilterOptions(command)
    .optionsGroup('What to print:')
    .addOption(
      new Option('--limit <count>', 'most events to print').default(50).argParser(parseCount),
    )
    .addOption(
      new Option('--order <order>', 'newest or oldest first')
        .choices(['desc', 'asc'])
        .default('desc'),
    )
    .addOption(new Option('--all', 'print every event, however many').conflicts('limit'))
    .addOption(
      new Option(
        '--follow',
        'print, oldest first, then wait for new events, also late ones of the range (default: 24h)',
      ).conflicts(['to', 'order', 'all']),
    )
    .addOption(new Option('--json', 'JSON lines (the default in a pipe)').conflicts('csv'))
    .option('--csv', 'CSV with a header');
  addApiOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (options: QueryOptions) => {
      await using client = await connect(toApiOptions(options), io);
      const printer = createEventPrinter(options, io);
      if (options.follow) await followUntilInterrupted(client, options, printer, io);
      else await list(client, options, printer, io);
    });
}

async function followUntilInterrupted(
  client: ApiClient,
  options: QueryOptions,
  printer: EventPrinter,
  io: Io,
): Promise<void> {
  const signal = io.interruption();
  const interrupted = new Promise((resolve) => signal.addEventListener('abort', resolve));
  const sleep = (ms: number) => io.sleep(ms, signal);
  const { from = FOLLOW_RANGE, ...more } = toFilterParameters(options);
  const following = follow({
    client: createPatientClient(client, { ...io, sleep }),
    filters: { ...more, from: String(from) },
    latest: options.limit,
    printer,
    sleep,
  });
  await Promise.race([following, interrupted]);
}

async function list(
  client: ApiClient,
  options: QueryOptions,
  printer: EventPrinter,
  io: Io,
): Promise<void> {
  const query = { ...toFilterParameters(options), order: options.order };
  const most = options.all ? Number.POSITIVE_INFINITY : options.limit;
  let printed = 0;
  let more = false;
  for await (const { events, cursor, searchedTo } of pagesOf(client, query, most)) {
    await clearLine(io.stderr);
    await printer.print(events);
    if (io.stderr.isTerminal && searchedTo !== undefined && cursor !== undefined) {
      await io.stderr.write(`searched to ${formatTime(searchedTo)} …`);
    }
    printed += events.length;
    more = cursor !== undefined;
  }
  if (!io.stderr.isTerminal) return;
  await clearLine(io.stderr);
  if (printed === 0) await io.stderr.write('No event matches.\n');
  else if (more)
    await io.stderr.write(
      `${printed} ${printed === 1 ? 'event' : 'events'}; more: --limit or --all\n`,
    );
}
