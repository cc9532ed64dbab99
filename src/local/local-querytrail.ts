import { type Api, createApi } from '../api/api';
import { createIngest } from '../ingest/ingest-file';
import type { EventStore } from '../store/event-store';
import type { TrailFolder } from './trail-folder';
import { createTrailReader, type ReadCounts, type TrailReaderOptions } from './trail-reader';
import { watchTrail } from './trail-watcher';

export interface LocalOptions {
  readonly folder: TrailFolder;
  readonly store: EventStore;
  readonly onUnreadable: TrailReaderOptions['onUnreadable'];
  readonly onProgress?: TrailReaderOptions['onProgress'];
  readonly onError: (error: unknown) => void;
}

export interface LocalQuerytrail {
  readonly api: Api;
  /** Resolves with the counts when all that lay in the folder at the start is read. */
  readonly firstReading: Promise<Readonly<ReadCounts>>;
  close(): Promise<void>;
}

/**
 * The whole pipeline in one process: the ingest and query code of the functions, on a folder. It
 * answers from the start, while it still reads.
 */
export function startLocal(options: LocalOptions): LocalQuerytrail {
  const { folder, store, onUnreadable, onProgress, onError } = options;
  const { logFiles } = folder;
  const ingestFile = createIngest({ logFiles, store, clock: () => new Date() });
  const reader = createTrailReader({ ingestFile, store, onUnreadable, onProgress });

  const watching = watchTrail(folder.root, (path) => {
    folder
      .fileAt(path)
      .then((file) => file && reader.readAgain(file))
      .catch(onError);
  });

  async function readAll(): Promise<Readonly<ReadCounts>> {
    const present = await folder.list();
    await reader.readNew(present);
    // What came between the listing and the watching is in neither.
    await watching;
    const seen = new Set(present.map(({ key }) => key));
    await reader.readNew((await folder.list()).filter(({ key }) => !seen.has(key)));
    return reader.counts;
  }

  return {
    api: createApi({ store, logFiles, clock: Date.now, onError }),
    firstReading: readAll(),
    async close() {
      await reader.stop();
      await (await watching).close();
    },
  };
}
