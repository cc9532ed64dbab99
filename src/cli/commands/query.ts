import { type Command, Option } from 'commander';
import { eventListSchema } from '../../api/routes/list-events';
import type { AuditEvent } from '../../event/audit-event';
import type { ApiClient, QueryParameters } from '../api-client';
import { connect } from '../connect';
import type { Io } from '../io';
import { createEventPrinter, type EventPrinter } from '../output/event-printer';
import { formatTime } from '../output/quantities';
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

const CLEAR_LINE = '\r\u001b[K';
const MAX_PAGE = 500;
const FOLLOW_EVERY_MS = 5000;
/** CloudTrail delivers late and out of order: so far back a new event is looked for. */
const FOLLOW_WINDOW = '-1h';

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
      new Option('--follow', 'print, oldest first, then wait for new events').conflicts([
        'to',
        'order',
        'all',
      ]),
    )
    .addOption(new Option('--json', 'JSON lines (the default in a pipe)').conflicts('csv'))
    .option('--csv', 'CSV with a header');
  addApiOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (options: QueryOptions) => {
      await using client = await connect(toApiOptions(options), io);
      const printer = createEventPrinter(options, io);
      if (options.follow) await follow(client, options, printer, io);
      else await list(client, options, printer, io);
    });
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
    if (io.stderr.isTerminal) await io.stderr.write(CLEAR_LINE);
    await printer.print(events);
    if (io.stderr.isTerminal && searchedTo !== undefined && cursor !== undefined) {
      await io.stderr.write(`searched to ${formatTime(searchedTo)} …`);
    }
    printed += events.length;
    more = cursor !== undefined;
  }
  if (!io.stderr.isTerminal) return;
  await io.stderr.write(CLEAR_LINE);
  if (printed === 0) await io.stderr.write('No event matches.\n');
  else if (more) await io.stderr.write(`${printed} events; more: --limit or --all\n`);
}

async function follow(
  client: ApiClient,
  options: QueryOptions,
  printer: EventPrinter,
  io: Io,
): Promise<void> {
  const query = toFilterParameters(options);
  const recent = { ...query, from: FOLLOW_WINDOW, order: 'asc' };
  // What is there already counts as seen before the first list is read, so that an event that
  // arrives in between is printed by that list.
  let seen = new Set((await collect(client, recent)).map(identify));
  const latest = await collect(client, { ...query, order: 'desc' }, options.limit);
  await printer.print(latest.toReversed());
  for (const event of latest) seen.add(identify(event));
  for (;;) {
    await io.sleep(FOLLOW_EVERY_MS);
    const window = await collect(client, recent);
    await printer.print(window.filter((event) => !seen.has(identify(event))));
    seen = new Set(window.map(identify));
  }
}

async function collect(
  client: ApiClient,
  query: QueryParameters,
  most = Number.POSITIVE_INFINITY,
): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  for await (const page of pagesOf(client, query, most)) events.push(...page.events);
  return events;
}

/** Follows the cursor, through pages that came back short, until there are `most` events. */
async function* pagesOf(client: ApiClient, query: QueryParameters, most: number) {
  let wanted = most;
  let cursor: string | undefined;
  do {
    const limit = Math.min(wanted, MAX_PAGE);
    const page = await client.get('/v1/events', { ...query, limit, cursor }, eventListSchema);
    yield page;
    wanted -= page.events.length;
    cursor = page.cursor;
  } while (cursor !== undefined && wanted > 0);
}

function identify({ eventTime, eventId, eventName }: AuditEvent): string {
  return `${eventTime} ${eventId} ${eventName}`;
}
