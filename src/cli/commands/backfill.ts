import type { Command } from 'commander';
import { TIME_FORMS } from '../../api/time';
import { ConfigError } from '../../errors';
import { type BackfillCommandOptions, toSelection } from '../backfill/options';
import type { Io } from '../io';
import { parseCount } from './parse-count';
import { checkRange, toAccount, toDate } from './parse-selection';

const EXAMPLES = `
From a bucket, existing log files are announced to the intake queue of a deployed stack, in a mixed
order. It may be stopped at any point: the same command goes on from its checkpoint. From a folder,
they are read into the local store.

What is stored already is passed over (for a bucket: give --table, else nothing is known to be
stored); to send a file twice stores nothing twice. Times are those of delivery.

Examples:
  # How much is it, what will it cost?
  $ querytrail backfill s3://audit-logs --from 2026-01-01 --dry-run

  # One account's last year, without what is there; both names are outputs of the stack
  $ querytrail backfill s3://audit-logs/trails --from -365d --account 111122223333 \\
      --queue-url https://sqs.eu-west-1.amazonaws.com/111122223333/Intake --table Events

  # A copy of a bucket into the local store
  $ querytrail backfill ./copy --region eu-west-1
`;

/** `querytrail backfill`: existing log files into a deployed or a local Querytrail. */
export function register(program: Command, io: Io): void {
  const time = (text: string) => ({ text, time: toDate(io)(text) });
  program
    .command('backfill')
    .description('Take in log files that were there before')
    .argument('<place>', 's3://bucket/prefix, or a folder with log files')
    .optionsGroup('Which log files:')
    .option('--from <time>', `delivered from then on: ${TIME_FORMS}`, time)
    .option('--to <time>', 'delivered before then (default: now)', time)
    .option('--account <id>', 'of this account', toAccount)
    .option('--region <name>', 'of this Region')
    .option('--overwrite', 'also those that are stored already')
    .optionsGroup('A bucket:')
    .option('--queue-url <url>', 'intake queue (or QUERYTRAIL_INTAKE_QUEUE_URL)')
    .option('--table <name>', 'table that knows what is stored (or QUERYTRAIL_TABLE)')
    .option('--rate <files>', 'files a second', parseCount, 100)
    .option('--checkpoint <file>', 'where to note how far it is (default: in --data)')
    .optionsGroup('General:')
    .option('--dry-run', 'count files, GB, events, write units, dollars and hours; send nothing')
    .option('--data <dir>', 'folder of the local store and of checkpoints', '.querytrail')
    .option('--json', 'print the counts as JSON (the default in a pipe)')
    .addHelpText('after', EXAMPLES)
    .action(async (place: string, options: BackfillCommandOptions) => {
      checkRange(toSelection(options, io));
      if (place.startsWith('s3://')) {
        const { backfillBucket } = await import('../backfill/backfill-bucket');
        await backfillBucket(place, options, io);
      } else {
        refuseBucketOptions(options);
        const { backfillStore } = await import('../backfill/backfill-store');
        await backfillStore(place, options, io);
      }
    });
}

/** Who names a queue means to send the files there. */
function refuseBucketOptions({ queueUrl, table, checkpoint }: BackfillCommandOptions): void {
  const given = { 'queue-url': queueUrl, table, checkpoint };
  for (const [option, value] of Object.entries(given)) {
    if (value === undefined) continue;
    throw new ConfigError(
      `config.${option}`,
      `--${option} is for s3://bucket: a folder is read into the local store`,
    );
  }
}
