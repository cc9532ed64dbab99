import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { runBackfill, surveyBackfill } from '../../backfill/backfill';
import { createCheckpointFile } from '../../backfill/checkpoint';
import { estimate, ORDINARY, sampleDensity } from '../../backfill/estimate';
import type { BackfillSource } from '../../backfill/rounds';
import { createS3LogFiles } from '../../cloudtrail/s3-log-files';
import { ENV } from '../../env';
import { ConfigError } from '../../errors';
import { sendMessages } from '../../ingest/queues';
import { createBucketObjects } from '../../integrity/s3-objects';
import { createRateLimiter } from '../../recovery/rate-limiter';
import { createDynamoEventStore } from '../../store/dynamo-event-store';
import type { Io } from '../io';
import { formatBytes, formatCost } from '../output/quantities';
import { type BackfillCommandOptions, toSelection } from './options';
import { createProgressBar } from './progress-bar';
import { describeEstimate, printResult, thousands, toEstimateJson } from './report';

const SAMPLED_FILES = 30;

/** Announces log files of a bucket to the intake queue; with `--dry-run` only counts them. */
export async function backfillBucket(
  address: string,
  options: BackfillCommandOptions,
  io: Io,
): Promise<void> {
  const [bucket = '', ...folders] = address.slice('s3://'.length).split('/').filter(Boolean);
  if (bucket === '') throw new ConfigError('config.place', 's3:// without a bucket name');
  const { S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({ followRegionRedirects: true, region: stackRegion(options, io) });
  const source: BackfillSource = {
    objects: createBucketObjects(client, bucket),
    root: folders.map((folder) => `${folder}/`).join(''),
    selection: toSelection(options, io),
    receipts: options.overwrite ? undefined : await openReceipts(options, io),
  };
  if (!options.dryRun) return send(address, source, options, io);

  const bar = await createProgressBar(io, 'counting');
  const survey = await surveyBackfill(source, SAMPLED_FILES, (share) =>
    bar.show(share, ''),
  ).finally(bar.stop);
  const density = await sampleDensity(survey.sample, createS3LogFiles(client));
  const found = { ...estimate(survey, density, options.rate), known: survey.known };
  const words = describeEstimate(found, density, options.rate);
  await printResult(io, options.json, toEstimateJson(found, density), words);
}

async function send(
  address: string,
  source: BackfillSource,
  options: BackfillCommandOptions,
  io: Io,
): Promise<void> {
  const queueUrl = options.queueUrl ?? io.env[ENV.intakeQueueUrl];
  if (queueUrl === undefined || !URL.canParse(queueUrl)) {
    throw new ConfigError(
      'config.queue-url',
      `--queue-url ${queueUrl ?? 'is missing'}: give the URL of the intake queue, the stack's output IntakeQueueUrl`,
    );
  }
  const { SQSClient } = await import('@aws-sdk/client-sqs');
  const sqs = new SQSClient({
    endpoint: new URL(queueUrl).origin,
    region: stackRegion(options, io),
  });
  const takeTurn = createRateLimiter({ callsPerSecond: options.rate, ...io });
  const request = describeRequest(address, queueUrl, source, options);
  const checkpoint = options.checkpoint ?? join(options.data, `${nameOf(request)}.json`);
  if (source.receipts === undefined && !options.overwrite) {
    await io.stderr.write('without --table, files are sent whether or not they are stored\n');
  }
  const bar = await createProgressBar(io, 'sending');
  const done = await runBackfill({
    source,
    request,
    checkpoints: createCheckpointFile(checkpoint),
    send: (bodies) => sendMessages(sqs, queueUrl, bodies),
    takeTurn: async (files) => {
      for (let file = 0; file < files; file++) await takeTurn();
    },
    sleep: io.sleep,
    onResume: ({ sent }) =>
      void io.stderr.write(`going on after ${thousands(sent)} files (${checkpoint})\n`),
    onProgress: ({ share, sent, sentBytes }) =>
      bar.show(share, `${thousands(sent)} files, ${costOf(sent, sentBytes, options)} so far`),
  }).finally(bar.stop);

  const { sent, sentBytes, known } = done;
  const cost = costOf(sent, sentBytes, options);
  const words = `${thousands(sent)} files (${formatBytes(sentBytes)}) sent, about ${cost}; ${thousands(known)} stored already\n`;
  await printResult(io, options.json, { sent, bytes: sentBytes, known }, words);
}

/** Of an ordinary trail: what the files hold is not known before they are read. */
function costOf(files: number, sizeBytes: number, { rate }: BackfillCommandOptions): string {
  return formatCost(estimate({ files, sizeBytes }, ORDINARY, rate).usd);
}

async function openReceipts(options: BackfillCommandOptions, io: Io) {
  const tableName = options.table ?? io.env[ENV.tableName];
  if (tableName === undefined) return undefined;
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient({ region: stackRegion(options, io) });
  return createDynamoEventStore({ client, tableName });
}

/** Where queue and table are, wherever the shell's default points; undefined: that default. */
function stackRegion({ queueUrl }: BackfillCommandOptions, { env }: Pick<Io, 'env'>) {
  const url = queueUrl ?? env[ENV.intakeQueueUrl] ?? '';
  return /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\./.exec(url)?.[1];
}

/** As it was asked for: `-7d` still means the same backfill tomorrow. */
function describeRequest(
  address: string,
  queueUrl: string,
  { selection }: BackfillSource,
  { from, to, overwrite }: BackfillCommandOptions,
): string {
  return JSON.stringify({
    address,
    queueUrl,
    from: from?.text,
    to: to?.text,
    accountId: selection.accountId,
    region: selection.region,
    overwrite,
  });
}

function nameOf(request: string): string {
  return `backfill-${createHash('sha256').update(request).digest('hex').slice(0, 12)}`;
}
