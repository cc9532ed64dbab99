import type { Command } from 'commander';
import type * as z from 'zod';
import { coverageSchema } from '../../api/routes/get-coverage';
import { fileListSchema } from '../../api/routes/list-files';
import { toOneLine } from '../../safe-text';
import { TROUBLES } from '../../store/troubled-files';
import type { ApiClient, QueryParameters } from '../api-client';
import { connect } from '../connect';
import type { Io } from '../io';
import { FILE_COLUMNS } from '../output/file-table';
import { formatDuration, formatTime } from '../output/quantities';
import { createStyle } from '../output/style';
import { type Column, createTable } from '../output/table';
import {
  addApiOptions,
  addRangeOptions,
  type RangeOptions,
  severalOf,
  toApiOptions,
  toRangeParameters,
} from './asking-options';

type Page = z.output<typeof coverageSchema>;
type Source = Page['sources'][number];

interface CoverageOptions extends RangeOptions {
  readonly account?: string;
  readonly region?: string;
  readonly files?: true;
  readonly problem?: readonly string[];
  readonly json?: true;
  readonly api?: string;
  readonly data: string;
}

const FILES_A_PAGE = 500;

const EXAMPLES = `
Examples:
  $ querytrail coverage --since 24h
  $ querytrail coverage --account 111122223333 --region eu-central-1 --since 7d
  $ querytrail coverage --files --since 30d
  $ querytrail coverage --files --problem quarantined --json | jq .setAside
  $ querytrail coverage --from 2026-11-01 --to 2026-12-01 --json | jq 'select(.total.missing > 0)'
`;

const alarming = (count: (source: Source) => number) => (source: Source) =>
  count(source) > 0 ? ('red' as const) : undefined;

const ACCOUNT: Column<Source> = {
  title: 'account',
  text: ({ accountId }) => toOneLine(accountId),
};
const REGION: Column<Source> = { title: 'region', text: ({ region }) => toOneLine(region) };
const FILES = countColumn('files', ({ total }) => total.received);
const EVENTS = countColumn('events', ({ total }) => total.events);
const VERIFIED = {
  ...countColumn('verified', ({ total }) => total.verified),
  dispensable: 1,
};

const COLUMNS: readonly Column<Source>[] = [
  ACCOUNT,
  REGION,
  FILES,
  EVENTS,
  { ...countColumn('late', ({ total }) => total.late), dispensable: 2 },
  alarmColumn('quarantined', ({ total }) => total.quarantined),
  alarmColumn('missing', ({ total }) => total.missing),
  alarmColumn('failed', ({ total }) => total.failed),
  alarmColumn('unlisted', ({ total }) => total.unlisted),
  VERIFIED,
  countColumn('gaps', ({ gaps }) => gaps.length),
  {
    title: 'longest',
    text: (source) => (source.gaps.length > 0 ? formatDuration(longestGapMs(source)) : ''),
    align: 'right',
    dispensable: 5,
  },
  {
    title: 'lag up to',
    text: ({ total }) => formatDuration(total.maxLagMs),
    align: 'right',
    dispensable: 3,
  },
  {
    title: 'last file (UTC)',
    text: ({ lastDeliveredAt }) => formatTime(lastDeliveredAt ?? ''),
    dispensable: 4,
  },
];

/** Where the counts have no room side by side: what is wrong in words, the worst first. */
const NARROW_COLUMNS: readonly Column<Source>[] = [
  ACCOUNT,
  REGION,
  { ...FILES, dispensable: 2 },
  { ...EVENTS, dispensable: 3 },
  VERIFIED,
  { title: 'trouble', text: describeTrouble, format: () => 'red', minWidth: 10 },
];

/** `querytrail coverage`: what arrived, and what did not. */
export function register(program: Command, io: Io): void {
  const command = program
    .command('coverage')
    .description('Show which log files arrived, which are missing or need a look, and the gaps');
  addRangeOptions(command)
    .optionsGroup('Which files:')
    .option('--account <id>', 'only this account')
    .option('--region <region>', 'only this Region')
    .optionsGroup('What to print:')
    .option('--files', 'the files that need a look, each with what is wrong and why')
    .addOption(severalOf('--problem <problem>', 'with --files: only these, several', TROUBLES))
    .option(
      '--json',
      'JSON lines, of accounts and Regions with their hours (the default in a pipe)',
    );
  addApiOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (options: CoverageOptions) => {
      await using client = await connect(toApiOptions(options), io);
      const { account, region } = options;
      const query = { ...toRangeParameters(options), account, region };
      if (options.files || options.problem) {
        await printFiles(client, { ...query, problem: options.problem }, options, io);
        return;
      }
      const sources = await readAll(client, query, async ({ from }) => {
        await io.stderr.write(
          `Only since ${from}: the days before are more than are read at once (--to ${from} asks for them).\n`,
        );
      });
      if (options.json || !io.stdout.isTerminal) {
        await io.stdout.write(sources.map((source) => `${JSON.stringify(source)}\n`).join(''));
        return;
      }
      const { columns } = io.stdout;
      const style = createStyle(io.stdout, io.env);
      const table = createTable(COLUMNS, columns, style, NARROW_COLUMNS);
      if (sources.length > 0) await io.stdout.write(table.render(sources));
      else await io.stderr.write('No log file arrived.\n');
    });
}

/** Page by page, the newest first. */
async function printFiles(
  client: ApiClient,
  query: QueryParameters,
  { json }: CoverageOptions,
  { stdout, stderr, env }: Io,
): Promise<void> {
  const isTable = !json && stdout.isTerminal;
  const table = createTable(FILE_COLUMNS, stdout.columns, createStyle(stdout, env));
  let printed = 0;
  let cursor: string | undefined;
  do {
    const limit = FILES_A_PAGE;
    const page = await client.get(
      '/v1/coverage/files',
      { ...query, limit, cursor },
      fileListSchema,
    );
    if (!isTable)
      await stdout.write(page.files.map((file) => `${JSON.stringify(file)}\n`).join(''));
    else if (page.files.length > 0) await stdout.write(table.render(page.files));
    printed += page.files.length;
    cursor = page.cursor;
  } while (cursor !== undefined);
  if (printed === 0 && isTable) await stderr.write('No file needs a look.\n');
}

/** @param onShortened - hears of an answer that begins later than asked. */
async function readAll(
  client: ApiClient,
  query: QueryParameters,
  onShortened: (page: Page) => Promise<void>,
): Promise<Source[]> {
  const sources: Source[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.get('/v1/coverage', { ...query, cursor }, coverageSchema);
    if (page.askedFrom !== undefined) await onShortened(page);
    sources.push(...page.sources);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return sources;
}

function longestGapMs({ gaps }: Source): number {
  return Math.max(0, ...gaps.map(({ from, to }) => Date.parse(to) - Date.parse(from)));
}

function describeTrouble({ total, gaps }: Source): string {
  const counts = {
    failed: total.failed,
    missing: total.missing,
    quarantined: total.quarantined,
    unlisted: total.unlisted,
    [gaps.length === 1 ? 'gap' : 'gaps']: gaps.length,
  };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([trouble, count]) => `${count.toLocaleString('en-US')} ${trouble}`)
    .join(', ');
}

function countColumn(title: string, count: (source: Source) => number): Column<Source> {
  return { title, text: (source) => count(source).toLocaleString('en-US'), align: 'right' };
}

function alarmColumn(title: string, count: (source: Source) => number): Column<Source> {
  return { ...countColumn(title, count), format: alarming(count) };
}
