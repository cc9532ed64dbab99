import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { toOneLine } from '../../safe-text';
import type { Counts } from '../extract/counts';
import type { FileOutcome } from '../extract/extract-file';
import type { FoundFile } from '../extract/find-files';
import type { Io } from '../io';
import { clearLine } from '../output/clear-line';
import { formatBytes, formatDuration } from '../output/quantities';
import { Unsuccessful } from '../unsuccessful';
import { parseCount } from './parse-count';

interface ExtractCommandOptions {
  readonly raw?: true;
  readonly stats?: true;
  readonly jobs: number;
}

interface Progress {
  done(outcome: FileOutcome): void;
  stop(): void;
}

const EXAMPLES = `
What a file is, its content decides: gzip or plain JSON with an array "Records" is a log file;
digests and other files are counted as foreign and skipped. A file that is no JSON is broken where
it begins like a log file, was named on the command line or ends in .json or .json.gz.
Events come in the order of the files: places as given, folders sorted by path. Duplicates stay.

Exit code: 0 everything was read, 1 a file is broken or a record was set aside (each is reported on
standard error, all the others are printed), 2 misuse.

Examples:
  $ querytrail extract AWSLogs/ > events.jsonl
  $ querytrail extract --raw log.json.gz | jq .eventName
  $ aws s3 cp s3://audit-logs/AWSLogs/…/log.json.gz - | querytrail extract --stats -
`;

/** `querytrail extract`: log files in, events out, no store. */
export function register(program: Command, io: Io): void {
  program
    .command('extract')
    .description('Print the events of log files as JSON lines, without a store')
    .argument('<place...>', "log files, folders of them, or '-' for standard input")
    .option('--raw', 'print the original records instead of events')
    .option('--stats', 'print what was counted on standard error')
    .option('--jobs <n>', 'threads that read', parseCount, availableParallelism())
    .addHelpText('after', EXAMPLES)
    .action((places: readonly string[], options: ExtractCommandOptions) =>
      extract(places, options, io),
    );
}

async function extract(
  places: readonly string[],
  options: ExtractCommandOptions,
  io: Io,
): Promise<void> {
  // Each job keeps one thread inflating; more of them only move its data from core to core.
  process.env.UV_THREADPOOL_SIZE ??= String(options.jobs);
  const { findFiles } = await import('../extract/find-files');
  const { extractFiles } = await import('../extract/extract-files');
  const { addOutcome, createCounts } = await import('../extract/counts');
  const startMs = io.clock();
  const counts = createCounts();
  const files = io.stderr.isTerminal ? [...findFiles(places)] : findFiles(places);
  const progress = await createProgress(files, io);

  await extractFiles(
    files,
    options.jobs,
    { raw: options.raw === true },
    {
      write: (lines) => io.stdout.write(lines),
      done: async (outcome) => {
        addOutcome(counts, outcome);
        progress.done(outcome);
        for (const complaint of complaints(outcome)) await complain(complaint, io);
      },
    },
  ).finally(progress.stop);

  if (options.stats) await io.stderr.write(renderCounts(counts, io.clock() - startMs, io));
  const { broken } = counts.files;
  const { quarantined } = counts.records;
  if (broken + quarantined > 0) throw new Unsuccessful(`${broken} files, ${quarantined} records`);
}

function complaints({ path, kind, reason, quarantined }: FileOutcome): string[] {
  return [
    ...(kind === 'broken' ? [`${path}: ${reason}`] : []),
    ...quarantined.map(({ index, reason }) => `${path}: record ${index} set aside: ${reason}`),
  ];
}

/** A path may hold anything; the reason holds nothing of the content. */
async function complain(complaint: string, { stderr }: Io): Promise<void> {
  await clearLine(stderr);
  await stderr.write(`querytrail: ${toOneLine(complaint)}\n`);
}

async function createProgress(files: Iterable<FoundFile>, io: Io): Promise<Progress> {
  if (!io.stderr.isTerminal) return { done: () => {}, stop: () => {} };
  const { SingleBar } = await import('cli-progress');
  const bar = new SingleBar({
    format: 'extracting [{bar}] {files}/{ofFiles} files, {speed} MB/s, {eta_formatted} left',
    clearOnComplete: true,
  });
  const all = [...files];
  const startMs = io.clock();
  let done = 0;
  let inflatedBytes = 0;
  const sizeBytes = all.reduce((sum, file) => sum + (file.sizeBytes ?? 0), 0);
  bar.start(sizeBytes, 0, { files: 0, ofFiles: all.length, speed: '–' });
  return {
    done: (outcome) => {
      inflatedBytes += outcome.inflatedBytes;
      const speed = inflatedBytes / 1000 / Math.max(io.clock() - startMs, 1);
      bar.increment(outcome.sizeBytes, { files: ++done, speed: speed.toFixed(0) });
    },
    stop: () => bar.stop(),
  };
}

function renderCounts(counts: Counts, durationMs: number, { stderr }: Io): string {
  if (!stderr.isTerminal) return `${JSON.stringify({ ...counts, durationMs })}\n`;
  const { files, records, bytes } = counts;
  return [
    `files    ${files.log} log files, ${files.foreign} foreign, ${files.broken} broken`,
    `records  ${records.seen} seen, ${records.kept} kept, ${records.quarantined} set aside`,
    `bytes    ${formatBytes(bytes.read)} read, ${formatBytes(bytes.inflated)} inflated`,
    `time     ${formatDuration(durationMs)}\n`,
  ].join('\n');
}
