import { type Api, createApi } from '../api/api';
import { createIngest } from '../ingest/ingest-file';
import type { PublicKeys } from '../integrity/public-keys';
import type { AthenaHistory } from '../recovery/athena-history';
import type { EventStore } from '../store/event-store';
import { createLocalIntegrity, type VerifiedDigests } from './local-integrity';
import { createLocalRecovery } from './local-recovery';
import type { TrailFolder, UnreadableListener } from './trail-folder';
import { createTrailReader, type ReadCounts, type TrailReaderOptions } from './trail-reader';
import { watchTrail } from './trail-watcher';

/** Between two looks for hours whose totals have come to rest. */
const ROLL_UP_MS = 60_000;

export interface LocalOptions {
  readonly folder: TrailFolder;
  readonly store: EventStore;
  /** What Athena would tell of masked statements; absent: they stay masked. */
  readonly history?: AthenaHistory;
  /** Keys that the folder's digests are verified with; absent: they are not. */
  readonly publicKeys?: PublicKeys;
  readonly onUnreadable: UnreadableListener;
  /** Hears why a part of the folder is not watched. */
  readonly onBlind: (reason: string) => void;
  readonly onProgress?: TrailReaderOptions['onProgress'];
  readonly onError: (error: unknown) => void;
}

export interface LocalQuerytrail {
  readonly api: Api;
  /** Resolves with the counts when all that lay in the folder at the start is read. */
  readonly firstReading: Promise<Readonly<ReadCounts>>;
  /** Resolves when all digests that lay there are verified. */
  readonly firstVerification: Promise<VerifiedDigests>;
  close(): Promise<void>;
}

/**
 * The whole pipeline in one process: the ingest and query code of the functions, on a folder. It
 * answers from the start, while it still reads.
 */
export function startLocal(options: LocalOptions): LocalQuerytrail {
  const { folder, store, history, publicKeys, onUnreadable, onBlind, onProgress, onError } =
    options;
  const { logFiles } = folder;
  const recovery = history && createLocalRecovery(history, store, onError);
  const integrity = publicKeys && createLocalIntegrity(folder.root, publicKeys, store);
  const ingestFile = createIngest({
    logFiles,
    store,
    clock: () => new Date(),
    requestRecovery: recovery?.request,
  });
  const reader = createTrailReader({ ingestFile, store, onUnreadable, onProgress });

  const watching = watchTrail(
    folder.root,
    (path) => {
      folder
        .fileAt(path)
        .then((file) => file && reader.readAgain(file))
        .catch(onError);
      const digest = folder.digestAt(path);
      if (digest !== undefined) integrity?.verify([digest]).catch(onError);
    },
    onBlind,
  );

  async function readAll(): Promise<Readonly<ReadCounts>> {
    const present = await folder.list(onUnreadable);
    await reader.readNew(present);
    // What came between the listing and the watching is in neither.
    await watching;
    const seen = new Set(present.map(({ key }) => key));
    await reader.readNew((await folder.list()).filter(({ key }) => !seen.has(key)));
    return reader.counts;
  }

  const firstReading = readAll();

  /** After the reading: these can wait, an answer should not. */
  async function completeAll(): Promise<VerifiedDigests> {
    const { known } = await firstReading;
    if (known > 0) await recovery?.requestStored();
    return (await integrity?.verify(await folder.listDigests())) ?? { good: 0, bad: 0 };
  }

  const rollUps = setInterval(() => void store.rollUp().catch(onError), ROLL_UP_MS);
  const firstVerification = completeAll();

  return {
    api: createApi({ store, logFiles, clock: Date.now, onError }),
    firstReading,
    firstVerification,
    async close() {
      clearInterval(rollUps);
      recovery?.close();
      integrity?.stop();
      await reader.stop();
      // Whoever waits for it was told if it failed.
      await firstVerification.catch(() => {});
      await (await watching).close();
    },
  };
}
