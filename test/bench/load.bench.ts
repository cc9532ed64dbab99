import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Cost, costOf } from '../../src/backfill/prices';
import { DYNAMO_SERVERS } from '../integration/dynamo-servers';
import type { LoadResult } from './load/pipeline';
import { createRandom, logFile, type Random } from './reading/trail-files';
import { table } from './table';

interface Shape {
  readonly name: string;
  readonly sizeBytes: number;
  /** Files that are measured. */
  readonly files: number;
  /** Most dollars for a million kept events. */
  readonly goalUsd: number;
}

export const title = 'A day of a hundred accounts';

/** A file every five minutes from each of a hundred accounts. */
const ACCOUNTS = 100;
const FILES_PER_DAY = ACCOUNTS * 288;
const KEPT_SHARE = 0.01;
const MILLION = 1_000_000;
/** Share of a vCPU that 1,024 MB of a function come with. */
const VCPU = 1024 / 1769;
const FUNCTION_GB = 1;
const BATCH = 10;
/** Waiting of a batch, whose files wait side by side: one GetObject, four calls of DynamoDB. */
const WAIT_SECONDS = 0.07;
/** S3 sends each notification alone; batches are received and deleted. */
const QUEUE_REQUESTS_PER_FILE = 1 + 2 / BATCH;

const KINDS: Readonly<Record<string, string>> = {
  A: 'events and their indexes',
  T: 'table entries',
  D: 'directory',
  L: 'receipts',
};

export async function bench(): Promise<string> {
  const share = DYNAMO_SERVERS.dynoxide ? 0.5 : 0.05;
  const shapes: readonly Shape[] = [
    { name: '54 KB', sizeBytes: 54_000, files: FILES_PER_DAY * share, goalUsd: 6 },
    { name: '1 MB', sizeBytes: 1_000_000, files: 1440 * share, goalUsd: 3.2 },
  ];
  const results = shapes.map((shape) => ({ shape, result: run(shape) }));
  return [
    `${FILES_PER_DAY.toLocaleString('en-US')} files, ${KEPT_SHARE * 100} % of the records kept, from notification to receipt: the function's own code, files on disk, ${results[0]?.result.database} as DynamoDB in a process of its own on the same machine. Sizes are before compression. Where less than the day was run, the rest is reckoned from it.`,
    table(
      [
        'files of',
        'run',
        'files/s',
        'kept events/s',
        'processor ms/file',
        'the day takes',
        'peak memory',
      ],
      results.map(throughput),
    ),
    `The same day on AWS, dollars per million kept events, at the list prices in \`src/backfill/prices.ts\`; write units counted by DynamoDB's sizing rules from what was written. Assumed: full batches of ten, functions of 1,024 MB that compute as fast as this machine's core and wait ${WAIT_SECONDS * 1000} ms a batch. The directory writes each name once a month: on a later day all are known.`,
    table(
      ['files of', 'DynamoDB', 'S3', 'SQS', 'Lambda', 'all', 'on a later day', 'goal'],
      results.map(({ shape, result }) => prices(shape, result)),
    ),
    table(
      ['write units', ...shapes.map(({ name }) => `a kept event at ${name}`)],
      writeUnits(results.map(({ result }) => result)),
    ),
    LEVERS,
  ].join('\n\n');
}

const LEVERS = `Not in it: the polling of idle queues (about a quarter of a dollar a month and queue), KMS, storage, logs, and the verdict of each file (another write unit a file) and the recovery of masked texts, where they are on.

What would bring it lower: one receipt item for the files of a batch, where small files have hardly an event each (a write unit a file is most of what is over the goal at 54 KB); notifications through CloudTrail's own topic, which name several files in a message; several events of one source file deflated into one item, which would halve the units of events, at the price of reading them back one by one.`;

function run({ sizeBytes, files }: Shape): LoadResult {
  const folder = mkdtempSync(join(tmpdir(), 'querytrail-load-'));
  try {
    writeDay(folder, files, sizeBytes);
    const args = [require.resolve('tsx/cli'), join(__dirname, 'load/pipeline.ts'), folder];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Files of all accounts, as the day goes on. */
function writeDay(folder: string, files: number, sizeBytes: number): void {
  const random: Random = createRandom(7);
  for (let file = 0; file < files; file++) {
    const account = String(444455550000 + (file % ACCOUNTS));
    const minutes = Math.floor(file / ACCOUNTS) * 5;
    const time = `${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
    const place = `AWSLogs/o-ab12cd34ef/${account}/CloudTrail/eu-west-1/2026/03/02`;
    const unique = String(file).padStart(16, '0');
    const name = `${account}_CloudTrail_eu-west-1_20260302T${time}Z_${unique}.json.gz`;
    const path = join(folder, place, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, logFile(sizeBytes, KEPT_SHARE, random));
  }
}

function throughput({ shape, result }: { shape: Shape; result: LoadResult }): string[] {
  const { files, events, seconds, processorSeconds, peakBytes } = result;
  return [
    shape.name,
    `${files.toLocaleString('en-US')} files, ${events.toLocaleString('en-US')} events`,
    (files / seconds).toFixed(0),
    (events / seconds).toFixed(0),
    ((processorSeconds / files) * 1000).toFixed(1),
    `${((seconds / files) * (FILES_PER_DAY / 60)).toFixed(1)} min`,
    `${(peakBytes / 1e6).toFixed(0)} MB`,
  ];
}

function prices({ name, goalUsd }: Shape, result: LoadResult): string[] {
  const cost = costPerMillion(result);
  // The directory names each user, table and session once a month.
  const { D: _directory, ...known } = result.writeUnits;
  const later = costPerMillion({ ...result, writeUnits: known }).total;
  const { dynamodb, s3, sqs, lambda, total } = cost;
  const dollars = [dynamodb, s3, sqs, lambda, total, later].map((value) => value.toFixed(2));
  const verdict = total <= goalUsd ? '' : later <= goalUsd ? ', met on later days' : ', **missed**';
  return [name, ...dollars, `at most ${goalUsd}${verdict}`];
}

function costPerMillion({ files, events, writeUnits, ...result }: LoadResult): Cost {
  const scale = MILLION / events;
  const batches = files / BATCH;
  const seconds = result.processorSeconds / VCPU + batches * WAIT_SECONDS;
  return costOf({
    dynamoWriteUnit: scale * sum(Object.values(writeUnits)),
    dynamoReadUnit: scale * result.readUnits,
    s3Get: scale * files,
    s3List: 0,
    sqsRequest: scale * files * QUEUE_REQUESTS_PER_FILE,
    lambdaRequest: scale * batches,
    lambdaGbSecond: scale * seconds * FUNCTION_GB,
  });
}

function writeUnits(results: readonly LoadResult[]): string[][] {
  const known = Object.keys(KINDS);
  const of = (result: LoadResult, kind: string) => result.writeUnits[kind] ?? 0;
  const others = (result: LoadResult) =>
    sum(Object.values(result.writeUnits)) - sum(known.map((kind) => of(result, kind)));
  const row = (name: string, units: (result: LoadResult) => number) => [
    name,
    ...results.map((result) => (units(result) / result.events).toFixed(2)),
  ];
  return [
    ...known.map((kind) => row(KINDS[kind] ?? kind, (result) => of(result, kind))),
    row('notes for totals', others),
    row('all', (result) => sum(Object.values(result.writeUnits))),
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
