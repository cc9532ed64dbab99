import { type Command, Option } from 'commander';
import * as z from 'zod';
import { BYTE_ORDER_MARK, toCsvRow } from '../../api/csv';
import { severalStatsSchema, statsSchema } from '../../api/routes/get-stats';
import { countIntervals, INTERVALS } from '../../api/stats';
import { toOneLine } from '../../safe-text';
import { GROUPS } from '../../store/event-store';
import { connect } from '../connect';
import type { Io } from '../io';
import { formatBytes, formatCost } from '../output/quantities';
import { mergeNeighbours, renderSparkline } from '../output/sparkline';
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
import { parseCount } from './parse-count';

type Stats = z.output<typeof statsSchema>;
type SeveralStats = z.output<typeof severalStatsSchema>;
const answerSchema = z.union([statsSchema, severalStatsSchema]);

interface StatsOptions extends RangeOptions {
  readonly by?: readonly string[];
  readonly interval: string;
  readonly top: number;
  readonly json?: true;
  readonly csv?: true;
  readonly api?: string;
  readonly data: string;
}

interface Row {
  readonly name: string;
  readonly count: number;
  readonly scannedBytes: number;
  readonly costUsd: number;
  readonly trend: string;
}

const TREND_CELLS = 30;

const EXAMPLES = `
Examples:
  $ querytrail stats --since 30d
  $ querytrail stats --by principal --top 10 --since 12h --interval hour
  $ querytrail stats --by error --since 24h
  $ querytrail stats --by class,principal,table --since 24h
  $ querytrail stats --by table --from 2026-10-01 --to 2026-11-01 --csv > october.csv
`;

const columnsOf = (title: string): readonly Column<Row>[] => [
  { title, text: ({ name }) => toOneLine(name), minWidth: 12 },
  { title: 'events', text: ({ count }) => count.toLocaleString('en-US'), align: 'right' },
  { title: 'scanned', text: ({ scannedBytes }) => formatBytes(scannedBytes), align: 'right' },
  { title: 'cost', text: ({ costUsd }) => formatCost(costUsd), align: 'right' },
  { title: 'over time', text: ({ trend }) => trend, format: () => 'cyan', dispensable: 1 },
];

/** `querytrail stats`: counts, scanned bytes and cost by group. */
export function register(program: Command, io: Io): void {
  const command = program
    .command('stats')
    .description('Count events, scanned bytes and cost by group and interval');
  addRangeOptions(command)
    .optionsGroup('What to count:')
    .addOption(
      severalOf(
        '--by <group>',
        'what to group by, several; an event counts under each of its tables, a refusal also ' +
          'under denied (default: class)',
        GROUPS,
      ),
    )
    .addOption(
      new Option('--interval <interval>', 'width of an interval, UTC')
        .choices(INTERVALS)
        .default('day'),
    )
    .addOption(
      new Option('--top <count>', 'most groups; the rest is added up')
        .default(20)
        .argParser(parseCount),
    )
    .optionsGroup('What to print:')
    .addOption(
      new Option('--json', 'JSON lines by interval and group (the default in a pipe)').conflicts(
        'csv',
      ),
    )
    .option('--csv', 'the same as CSV');
  addApiOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (options: StatsOptions) => {
      await using client = await connect(toApiOptions(options), io);
      const { by: groupBy, interval, top: limit } = options;
      const query = { ...toRangeParameters(options), groupBy, interval, limit };
      const stats = await client.get('/v1/stats', query, answerSchema);
      const { behind = [] } = stats;
      const isForPerson = io.stdout.isTerminal && !options.json && !options.csv;
      if (isForPerson && behind.length === 0 && isEmpty(stats)) {
        await io.stderr.write('No event in this range.\n');
        return;
      }
      await io.stdout.write(render(stats, options, io));
      if (behind.length > 0) await io.stderr.write(`not counted yet: ${behind.join(', ')}\n`);
    });
}

function isEmpty(stats: Stats | SeveralStats): boolean {
  const all = 'groupings' in stats ? stats.groupings : [stats];
  return all.every(({ groups }) => groups.length === 0);
}

function render(stats: Stats | SeveralStats, { json, csv }: StatsOptions, io: Io): string {
  const all = 'groupings' in stats ? toStats(stats) : [stats];
  const isOne = all.length === 1;
  if (csv) {
    const header = isOne ? ['start', all[0]?.groupBy] : ['start', 'groupBy', 'group'];
    const rows = all.flatMap((one) =>
      rowsOf(one).map(({ start, name, count, scannedBytes, costUsd }) => [
        start,
        ...(isOne ? [name] : [one.groupBy, name]),
        ...[count, scannedBytes, costUsd],
      ]),
    );
    const table = [[...header, 'count', 'scannedBytes', 'costUsd'], ...rows];
    return BYTE_ORDER_MARK + table.map(toCsvRow).join('');
  }
  if (json || !io.stdout.isTerminal) {
    const rows = all.flatMap((one) =>
      rowsOf(one).map((row) => (isOne ? row : { groupBy: one.groupBy, ...row })),
    );
    return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  }
  return all.map((one) => renderTable(one, isOne ? 'group' : one.groupBy, io)).join('\n');
}

/** An answer to several kinds of groups as that many answers. */
function toStats({ groupings, ...common }: SeveralStats): Stats[] {
  return groupings.map(({ intervals = [], ...grouping }) => ({
    ...common,
    ...grouping,
    intervals,
  }));
}

function rowsOf({ intervals }: Stats) {
  return intervals.flatMap(({ start, groups }) => groups.map((group) => ({ start, ...group })));
}

function renderTable(stats: Stats, title: string, { stdout, env }: Io): string {
  const table = createTable(columnsOf(title), stdout.columns, createStyle(stdout, env));
  return table.render(
    stats.groups.map((group) => ({ ...group, trend: trendOf(group.name, stats) })),
  );
}

function trendOf(name: string, { from, to, interval, intervals }: Stats): string {
  const counts = Array.from({ length: countIntervals(from, to, interval) }, () => 0);
  for (const { start, groups } of intervals) {
    const after = new Date(Date.parse(start) + 1).toISOString();
    const index = Math.max(0, countIntervals(from, after, interval) - 1);
    counts[index] = groups.find((group) => group.name === name)?.count ?? 0;
  }
  return renderSparkline(mergeNeighbours(counts, TREND_CELLS));
}
