import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { estimate, sampleDensity } from '../../backfill/estimate';
import { ConfigError } from '../../errors';
import { backfillFolder, selectFiles } from '../../local/backfill-folder';
import { openDataDirectory, readLatestRun } from '../../local/data-directory';
import { startEmbeddedStore } from '../../local/embedded-store';
import {
  openTrailFolder,
  type TrailFile,
  type TrailFolder,
  type UnreadableListener,
} from '../../local/trail-folder';
import { toOneLine } from '../../safe-text';
import { createDynamoEventStore } from '../../store/dynamo-event-store';
import { isServed } from '../connect';
import type { Io } from '../io';
import { Unsuccessful } from '../unsuccessful';
import { type BackfillCommandOptions, toSelection } from './options';
import { createProgressBar } from './progress-bar';
import { describeEstimate, printResult, thousands, toEstimateJson } from './report';

const SAMPLED_FILES = 30;

/** Reads the log files of a folder into the local store; with `--dry-run` only counts them. */
export async function backfillStore(
  directory: string,
  options: BackfillCommandOptions,
  io: Io,
): Promise<void> {
  const folder = await openTrailFolder(directory);
  const unreadable: string[] = [];
  const onUnreadable = (key: string, reason: string) =>
    unreadable.push(`${toOneLine(`cannot read ${key}: ${reason}`)}\n`);
  const files = await selectFiles(folder, toSelection(options, io), onUnreadable);
  if (options.dryRun) await count(folder, files, options, io);
  else await read(folder, files, options, io, onUnreadable);
  await io.stderr.write(unreadable.join(''));
  if (unreadable.length > 0) throw new Unsuccessful('some files could not be read');
}

async function read(
  folder: TrailFolder,
  files: readonly TrailFile[],
  options: BackfillCommandOptions,
  io: Io,
  onUnreadable: UnreadableListener,
): Promise<void> {
  await refuseServed(options.data);
  const data = await openDataDirectory(options.data);
  const run = { trail: folder.root, store: data.storePath(folder.root) };
  const embedded = await startEmbeddedStore({ path: run.store });
  const bar = await createProgressBar(io, 'reading');
  try {
    // Before the work: what an interrupted run has read can be asked for.
    await data.rememberRun(run);
    const counts = await backfillFolder({
      folder,
      files,
      store: createDynamoEventStore(embedded),
      isOverwriting: options.overwrite === true,
      clock: () => new Date(io.clock()),
      onUnreadable,
      onProgress: ({ files, done, events }) =>
        bar.show(done / files, `${thousands(done)} files, ${thousands(events)} events`),
    }).finally(bar.stop);
    const words = `${thousands(counts.done - counts.known)} files read, ${thousands(counts.events)} events; ${thousands(counts.known)} files stored already\n`;
    await printResult(io, options.json, counts, words);
  } finally {
    await embedded.close();
  }
}

async function count(
  folder: TrailFolder,
  files: readonly TrailFile[],
  options: BackfillCommandOptions,
  io: Io,
): Promise<void> {
  const sized = await Promise.all(
    files.map(async ({ key }) => ({ key, sizeBytes: (await stat(join(folder.root, key))).size })),
  );
  const sizeBytes = sized.reduce((sum, file) => sum + file.sizeBytes, 0);
  // Evenly spread over the folder, which is sorted by time.
  const step = Math.max(1, Math.floor(sized.length / SAMPLED_FILES));
  const sample = sized.filter((_, index) => index % step === 0).slice(0, SAMPLED_FILES);
  const density = await sampleDensity(sample, folder.logFiles);
  const found = {
    ...estimate({ files: files.length, sizeBytes }, density, options.rate),
    known: 0,
  };
  const words = `${describeEstimate(found, density, options.rate)}Cost and time are those of a deployed stack: here it costs nothing.\n`;
  await printResult(io, options.json, toEstimateJson(found, density), words);
}

async function refuseServed(data: string): Promise<void> {
  const run = await readLatestRun(data);
  if (run?.url === undefined || !(await isServed(run.url))) return;
  throw new ConfigError('config.data', `the store is in use by ${run.url}: stop serve first`);
}
