import { randomUUID } from 'node:crypto';
import { ConfigError, UpstreamError } from '../errors';
import type { Checkpoint, Checkpoints } from './checkpoint';
import type { Amount } from './estimate';
import { type BackfillFile, type BackfillSource, inOrder, listRound, planRounds } from './rounds';
import { createStoredKeys } from './stored-keys';

export interface BackfillOptions {
  readonly source: BackfillSource;
  /** What was asked for, in words, so that a checkpoint is never taken for another backfill's. */
  readonly request: string;
  readonly checkpoints: Checkpoints;
  /** Puts messages on the intake queue, at most ten. */
  readonly send: (bodies: readonly string[]) => Promise<void>;
  /** Waits until as many files may be sent. */
  readonly takeTurn: (files: number) => Promise<void>;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly onProgress?: (progress: BackfillProgress) => void;
  /** Hears that an earlier run is gone on with. */
  readonly onResume?: (checkpoint: Checkpoint) => void;
}

export interface BackfillProgress {
  /** 0 to 1. */
  readonly share: number;
  readonly sent: number;
  readonly sentBytes: number;
  /** Passed over: stored already. */
  readonly known: number;
}

/** What there is to send, and some of the files at random. */
export interface BackfillSurvey extends Amount {
  readonly known: number;
  readonly sample: readonly BackfillFile[];
}

const BATCH = 10;
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 500;

/**
 * Announces existing log files to the intake queue, in a mixed order, from where an earlier run of
 * the same request ended. It may be killed at any point: at most one batch is sent a second time,
 * and no file is left out.
 *
 * @throws ConfigError for a checkpoint of another request; UpstreamError when SQS, S3 or DynamoDB
 *   keep failing, after which another run goes on.
 */
export async function runBackfill(options: BackfillOptions): Promise<BackfillProgress> {
  const { checkpoints, onProgress } = options;
  let checkpoint = await begin(options);
  const source = withRangeOf(options.source, checkpoint);
  const plan = await planRounds(source, checkpoint.seed, checkpoint.rounds || undefined);
  checkpoint = { ...checkpoint, rounds: plan.length };
  await checkpoints.save(checkpoint);

  const storedKeys = createStoredKeys(source.receipts);
  for (const folders of plan.slice(checkpoint.round)) {
    const files = await listRound(source, storedKeys, checkpoint.seed, folders);
    const { round } = checkpoint;
    for (const batch of batches(files, checkpoint.after)) {
      const fresh = batch.filter((file) => !file.isKnown);
      await options.takeTurn(fresh.length);
      if (fresh.length > 0) await sendPatiently(fresh.map(toMessage), options);
      checkpoint = {
        ...checkpoint,
        after: batch.at(-1)?.position ?? checkpoint.after,
        sent: checkpoint.sent + fresh.length,
        sentBytes: checkpoint.sentBytes + fresh.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        known: checkpoint.known + batch.length - fresh.length,
      };
      await checkpoints.save(checkpoint);
      onProgress?.(progressOf(checkpoint, round + shareOf(checkpoint.after)));
    }
    checkpoint = { ...checkpoint, round: round + 1, after: '' };
    await checkpoints.save(checkpoint);
    onProgress?.(progressOf(checkpoint, checkpoint.round));
  }
  await checkpoints.remove();
  return progressOf(checkpoint, checkpoint.rounds);
}

/** Lists what a backfill would send, and sends nothing. */
export async function surveyBackfill(
  source: BackfillSource,
  sampleSize: number,
  onProgress?: (share: number) => void,
): Promise<BackfillSurvey> {
  const seed = randomUUID();
  const plan = await planRounds(source, seed);
  const storedKeys = createStoredKeys(source.receipts);
  let [files, sizeBytes, known] = [0, 0, 0];
  let sample: readonly BackfillFile[] = [];
  for (const [index, folders] of plan.entries()) {
    const listed = await listRound(source, storedKeys, seed, folders);
    const fresh = listed.filter((file) => !file.isKnown);
    files += fresh.length;
    known += listed.length - fresh.length;
    sizeBytes += fresh.reduce((sum, file) => sum + file.sizeBytes, 0);
    // Positions are as good as random: the lowest are a fair sample of all rounds.
    sample = inOrder([...sample, ...fresh.slice(0, sampleSize)]).slice(0, sampleSize);
    onProgress?.((index + 1) / plan.length);
  }
  return { files, sizeBytes, known, sample };
}

async function begin({
  source,
  request,
  checkpoints,
  onResume,
}: BackfillOptions): Promise<Checkpoint> {
  const checkpoint = await checkpoints.load();
  if (checkpoint === undefined) {
    const { from, to } = source.selection;
    return {
      querytrail: 'backfill',
      request,
      from: from?.toISOString(),
      to: to.toISOString(),
      seed: randomUUID(),
      ...{ rounds: 0, round: 0, after: '', sent: 0, sentBytes: 0, known: 0 },
    };
  }
  if (checkpoint.request !== request) {
    throw new ConfigError(
      'config.checkpoint',
      `the checkpoint is of another backfill (${checkpoint.request}): name another file, or repeat that one`,
    );
  }
  onResume?.(checkpoint);
  return checkpoint;
}

/** "The last seven days" are those of the first run. */
function withRangeOf(source: BackfillSource, { from, to }: Checkpoint): BackfillSource {
  const range = { from: from === undefined ? undefined : new Date(from), to: new Date(to) };
  return { ...source, selection: { ...source.selection, ...range } };
}

/** Up to ten files to send, with the known ones between them. */
function* batches(
  files: readonly BackfillFile[],
  after: string,
): Iterable<readonly BackfillFile[]> {
  let batch: BackfillFile[] = [];
  let fresh = 0;
  for (const file of files) {
    if (file.position <= after) continue;
    batch.push(file);
    if (!file.isKnown) fresh += 1;
    if (fresh === BATCH) {
      yield batch;
      [batch, fresh] = [[], 0];
    }
  }
  if (batch.length > 0) yield batch;
}

async function sendPatiently(
  bodies: readonly string[],
  { send, sleep }: Pick<BackfillOptions, 'send' | 'sleep'>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(bodies);
    } catch (error) {
      if (!(error instanceof UpstreamError) || attempt === ATTEMPTS) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

/** CloudTrail's own form of a notification, one file a message. */
function toMessage({ bucket, key }: BackfillFile): string {
  return JSON.stringify({ s3Bucket: bucket, s3ObjectKey: [key] });
}

/** Positions are spread evenly, so they tell how much of a round is done. */
function shareOf(position: string): number {
  return Number.parseInt(position.slice(0, 8), 16) / 2 ** 32;
}

function progressOf(
  { rounds, sent, sentBytes, known }: Checkpoint,
  done: number,
): BackfillProgress {
  return { share: rounds === 0 ? 1 : done / rounds, sent, sentBytes, known };
}
