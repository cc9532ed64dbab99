import type { Command } from 'commander';
import { ENV } from '../../env';
import { ConfigError } from '../../errors';
import type { DeadLetters } from '../../ingest/redrive';
import { toOneLine } from '../../safe-text';
import type { Io } from '../io';
import { clearLine } from '../output/clear-line';
import { createStyle } from '../output/style';
import { type Column, createTable } from '../output/table';

interface RedriveCommandOptions {
  readonly queueUrl?: string;
  readonly to?: string;
  readonly reason?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

const EXAMPLES = `
The reasons are those of docs/operations.md. "received too often" means that every delivery failed:
the function's log tells why. Messages that are not sent back are hidden from others while this runs,
and for ten minutes after it was killed.

Examples:
  # Why are they dead?
  $ querytrail redrive --queue-url $DEAD_LETTERS --dry-run

  # The policy of the bucket is mended
  $ querytrail redrive --queue-url $DEAD_LETTERS --reason log-file.access-denied
`;

const COLUMNS: readonly Column<DeadLetters>[] = [
  { title: 'reason', text: ({ reason }) => toOneLine(reason) },
  { title: 'messages', text: ({ messages }) => `${messages}`, align: 'right' },
  { title: 'sent back', text: ({ sent }) => `${sent}`, align: 'right' },
  { title: 'for example', text: ({ example }) => toOneLine(example), minWidth: 20 },
];

/** `querytrail redrive`: why messages are dead, and back to work with them. */
export function register(program: Command, io: Io): void {
  program
    .command('redrive')
    .description('Tell why messages are dead, and send them back to work')
    .option('--queue-url <url>', 'dead-letter queue (or QUERYTRAIL_DEAD_LETTER_QUEUE_URL)')
    .option('--to <url>', 'queue to send them to (default: the one whose dead letters they are)')
    .option('--reason <reason>', 'only messages that are dead for this')
    .option('--dry-run', 'tell, and send nothing')
    .option('--json', 'print the groups as JSON (the default in a pipe)')
    .addHelpText('after', EXAMPLES)
    .action((options: RedriveCommandOptions) => redriveQueue(options, io));
}

async function redriveQueue(options: RedriveCommandOptions, io: Io): Promise<void> {
  const from = checkUrl(options.queueUrl ?? io.env[ENV.deadLetterQueueUrl], '--queue-url');
  if (options.to !== undefined && checkUrl(options.to, '--to') === from) {
    throw new ConfigError('config.to', `--to ${from}: give another queue than the dead letters'`);
  }
  const { SQSClient } = await import('@aws-sdk/client-sqs');
  const { redrive } = await import('../../ingest/redrive');
  const { origin, hostname } = new URL(from);
  const region = /^sqs\.([a-z0-9-]+)\.amazonaws\./.exec(hostname)?.[1];
  const client = new SQSClient({ endpoint: origin, region });
  const to = options.dryRun ? undefined : (options.to ?? (await findSource(client, from)));

  const groups = await redrive({
    ...{ client, from, to, reason: options.reason },
    startedAt: new Date(io.clock()),
    onProgress: (seen, sent) => {
      if (io.stderr.isTerminal) void io.stderr.write(`\r${seen} messages seen, ${sent} sent back`);
    },
  });
  await clearLine(io.stderr);
  await print(groups, options, io);
}

/** SQS knows which queue puts its dead letters here. */
async function findSource(
  client: InstanceType<typeof import('@aws-sdk/client-sqs').SQSClient>,
  deadLetters: string,
): Promise<string> {
  const { ListDeadLetterSourceQueuesCommand } = await import('@aws-sdk/client-sqs');
  const answer = await client.send(
    new ListDeadLetterSourceQueuesCommand({ QueueUrl: deadLetters }),
  );
  const [source, ...others] = answer.queueUrls ?? [];
  if (source !== undefined && others.length === 0) return source;
  const found = source === undefined ? 'no queue' : `${others.length + 1} queues`;
  throw new ConfigError('config.to', `${found} send dead letters to ${deadLetters}: say --to`);
}

function checkUrl(url: string | undefined, option: string): string {
  if (url !== undefined && URL.canParse(url)) return url;
  throw new ConfigError(
    `config.${option.slice(2)}`,
    `${option} ${url ?? 'is missing'}: give the URL of a queue, such as the stack's output DeadLetterQueueUrl`,
  );
}

async function print(
  groups: readonly DeadLetters[],
  { dryRun, json }: RedriveCommandOptions,
  { stdout, env }: Io,
): Promise<void> {
  const sum = (member: 'messages' | 'sent') =>
    groups.reduce((total, group) => total + group[member], 0);
  const [messages, sent] = [sum('messages'), sum('sent')];
  if (json || !stdout.isTerminal) {
    await stdout.write(`${JSON.stringify({ messages, sent, groups })}\n`);
    return;
  }
  if (messages === 0) {
    await stdout.write('No dead letters.\n');
    return;
  }
  await stdout.write(createTable(COLUMNS, stdout.columns, createStyle(stdout, env)).render(groups));
  const end = dryRun ? 'nothing sent' : `${sent} sent back, ${messages - sent} left`;
  await stdout.write(`${messages} dead letters: ${end}\n`);
}
