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
  readonly batchSize: number;
  /** Messages that a request to the queue brings. */
  readonly perReceive: number;
  /** Most dollars for a million kept events, in the mean of a month. */
  readonly goalUsd?: number;
}

export const title = 'A day of a hundred accounts';

/** A file every five minutes from each of a hundred accounts. */
const ACCOUNTS = 100;
const FILES_PER_DAY = ACCOUNTS * 288;
/** Each account's digest of an hour names the files of that hour. */
const FILES_PER_DIGEST = 12;
const KEPT_SHARE = 0.01;
const MILLION = 1_000_000;
const DAYS = 30;
/** Share of a vCPU that 1,024 MB of a function come with. */
const VCPU = 1024 / 1769;
const FUNCTION_GB = 1;
/** A GetObject, and a call of DynamoDB, as a function waits for them. */
const OBJECT_WAIT_MS = 30;
const CALL_WAIT_MS = 10;

/** What the default window, two minutes, brings together at a third of a file a second. */
const BATCH = 40;
/** The same, did each of the five pollers that Lambda starts with gather for itself. */
const APART_BATCH = 9;
/** Digests of a batch, as the window of five minutes brings them together, and their waiting. */
const DIGESTS_PER_BATCH = 8;
const DIGEST_WAIT_SECONDS = 0.15;
/** Announced, received and deleted as a file is, sent on, and received and deleted in batches. */
const QUEUE_REQUESTS_PER_DIGEST = 1.2 + 1 + 2 / DIGESTS_PER_BATCH;

/** Of the part of a log file's name that CloudTrail draws. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const KINDS: Readonly<Record<string, string>> = {
  A: 'events and their indexes',
  T: 'table entries',
  D: 'directory, on the first day of a month',
  L: 'receipts',
};

export async function bench(): Promise<string> {
  const share = DYNAMO_SERVERS.dynoxide ? 1 : 0.2;
  const small = { name: '54 KB', sizeBytes: 54_000, files: FILES_PER_DAY * share, goalUsd: 6 };
  const large = { name: '1 MB', sizeBytes: 1_000_000, files: 360 * share, goalUsd: 3.2 };
  const shapes: readonly Shape[] = [
    { ...small, batchSize: BATCH, perReceive: 10 },
    { ...large, batchSize: BATCH, perReceive: 10 },
    {
      ...{ ...small, goalUsd: undefined, files: small.files / 20 },
      ...{ batchSize: APART_BATCH, perReceive: 1 },
    },
  ];
  const results = shapes.map((shape) => ({ shape, result: run(shape) }));
  const asDeployed = results.slice(0, 2);
  return [
    `${FILES_PER_DAY.toLocaleString('en-US')} files, ${KEPT_SHARE * 100} % of the records kept, from notification to receipt: the function's own code in batches of ${BATCH}, S3 and DynamoDB (${results[0]?.result.database}) in processes of their own on the same machine. Sizes are before compression. Where less than the day was run, the rest is reckoned from it.`,
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
      asDeployed.map(throughput),
    ),
    `The same day on AWS, dollars per million kept events, at the list prices in \`src/backfill/prices.ts\`; units counted by DynamoDB's sizing rules from what was written and read. Assumed: functions of 1,024 MB that have ${(VCPU * 100).toFixed(0)} % of a core as fast as this machine's, and to which a GetObject takes ${OBJECT_WAIT_MS} ms at least and a call of DynamoDB ${CALL_WAIT_MS}: in a second run of the day they take ${(VCPU * 100).toFixed(0)} % of that, and what it lasts counts for so much longer. ${DIGEST_WAIT_SECONDS * 1000} ms for the digests of a batch.`,
    table(
      [
        ...['files of', 'batches of', 'messages a receive', 'DynamoDB', 'S3', 'SQS', 'Lambda'],
        ...['a later day', 'the first of a month', 'mean of 30 days', 'goal', 'integrity adds'],
      ],
      results.map(({ shape, result }) => prices(shape, result)),
    ),
    table(
      ['write units', ...asDeployed.map(({ shape }) => `a kept event at ${shape.name}`)],
      writeUnits(asDeployed.map(({ result }) => result)),
    ),
    ASSUMPTIONS,
    ...results.slice(0, 1).map(ofLargerRecords),
  ].join('\n\n');
}

const ASSUMPTIONS = `The columns by service are those of a later day. The directory writes each name once a month: on a later day all are known, and are looked for once, as by a function that started anew. Batches of ${BATCH} are what the default window of two minutes gathers at a third of a file a second. AWS does not document how its five pollers share a window: the last row is the other end, where each gathers by itself and every receive brings one message. A longer \`batchingWindowSeconds\` moves it towards the first.

*Integrity* is what verifying the digests as they arrive adds, one an hour from each account and a Region: their objects and those of their predecessors, their messages, the verdicts, the receipts that they are compared with (batches of ${DIGESTS_PER_BATCH}; no log file is read again). An organization that keeps 17 Regions gets 17 times the digests.

Not in it: the polling of idle queues (about a quarter of a dollar a month and queue), KMS, storage, logs, and the recovery of masked texts, where it is on.

What would bring it lower: notifications through CloudTrail's own topic, which name several files in a message; several events of one source file deflated into one item, which would halve the units of events, at the price of reading them back one by one.`;

function run({ sizeBytes, files, batchSize }: Shape): LoadResult {
  const folder = mkdtempSync(join(tmpdir(), 'querytrail-load-'));
  try {
    writeDay(folder, files, sizeBytes);
    const script = join(__dirname, 'load/pipeline.ts');
    const waits = [OBJECT_WAIT_MS, CALL_WAIT_MS].map((ms) => String(Math.ceil(ms * VCPU)));
    const args = [require.resolve('tsx/cli'), script, folder, String(batchSize), ...waits];
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
    const unique = Array.from({ length: 16 }, () => LETTERS[Math.floor(random() * 62)]).join('');
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

function prices(shape: Shape, result: LoadResult): string[] {
  const { D: _directory, ...known } = result.writeUnits;
  const { dynamodb, s3, sqs, lambda, total } = costPerMillion(shape, {
    ...result,
    writeUnits: known,
  });
  const first = costPerMillion(shape, result).total;
  const mean = (first + (DAYS - 1) * total) / DAYS;
  const integrity = integrityPerMillion(result).total;
  const { goalUsd } = shape;
  return [
    shape.name,
    `${shape.batchSize}`,
    `${shape.perReceive}`,
    ...[dynamodb, s3, sqs, lambda, total, first, mean].map((value) => value.toFixed(2)),
    goalUsd === undefined ? '' : `at most ${goalUsd}${mean <= goalUsd ? '' : ', **missed**'}`,
    integrity.toFixed(2),
  ];
}

/** What the measured cost hangs on besides the size of the files. */
function ofLargerRecords({ shape, result }: { shape: Shape; result: LoadResult }): string {
  const { L: receipts = 0 } = result.writeUnits;
  const byFile = { ...result, writeUnits: { L: receipts }, readUnits: 0 };
  const perFile = costPerMillion(shape, byFile).total;
  const filesPerEvent = (result.files / result.events).toFixed(2);
  return `A kept event takes ${filesPerEvent} files of ${shape.name} here; which records are kept is drawn. What is paid by the file is ${perFile.toFixed(2)} of the dollars above: were the records a tenth larger, and so a tenth fewer in a file, a million events would cost ${(perFile / 10).toFixed(2)} more.`;
}

function costPerMillion(
  { batchSize, perReceive }: Shape,
  { files, events, writeUnits, readUnits, waitingSeconds }: LoadResult,
): Cost {
  const scale = MILLION / events;
  const batches = files / batchSize;
  const deletes = batches * Math.ceil(batchSize / 10);
  return costOf({
    dynamoWriteUnit: scale * sum(Object.values(writeUnits)),
    dynamoReadUnit: scale * readUnits,
    s3Get: scale * files,
    s3List: 0,
    // S3 sends each notification alone.
    sqsRequest: scale * (files + files / perReceive + deletes),
    lambdaRequest: scale * batches,
    lambdaGbSecond: scale * (waitingSeconds / VCPU) * FUNCTION_GB,
  });
}

function integrityPerMillion({ files, events, integrity }: LoadResult): Cost {
  // The files of a run that is shorter than an hour are named by more digests than a day's would be.
  const digests = files / FILES_PER_DIGEST;
  const scale = MILLION / events;
  const ofMeasured = (scale * digests) / integrity.digests;
  const batches = digests / DIGESTS_PER_BATCH;
  const processorSeconds = (integrity.processorSeconds * digests) / integrity.digests;
  return costOf({
    dynamoWriteUnit: ofMeasured * integrity.writeUnits,
    dynamoReadUnit: ofMeasured * integrity.readUnits,
    s3Get: ofMeasured * integrity.objectRequests,
    s3List: ofMeasured * integrity.listRequests,
    sqsRequest: scale * digests * QUEUE_REQUESTS_PER_DIGEST,
    lambdaRequest: scale * batches,
    lambdaGbSecond: scale * (processorSeconds / VCPU + batches * DIGEST_WAIT_SECONDS) * FUNCTION_GB,
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
    row(
      'verdicts, with integrity on',
      ({ files, integrity }) =>
        (integrity.writeUnits * files) / FILES_PER_DIGEST / integrity.digests,
    ),
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
