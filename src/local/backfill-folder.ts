import type { Selection } from '../backfill/day-folders';
import { createIngest } from '../ingest/ingest-file';
import type { EventStore } from '../store/event-store';
import type { TrailFile, TrailFolder, UnreadableListener } from './trail-folder';
import { createTrailReader, type ReadCounts, type TrailReaderOptions } from './trail-reader';

export interface FolderBackfillOptions {
  readonly folder: TrailFolder;
  readonly files: readonly TrailFile[];
  readonly store: EventStore;
  /** Read files again that were read before. */
  readonly isOverwriting: boolean;
  readonly clock: () => Date;
  readonly onUnreadable: TrailReaderOptions['onUnreadable'];
  readonly onProgress: TrailReaderOptions['onProgress'];
}

const DAY_MS = 86_400_000;
const KNOWS_NOTHING: Pick<EventStore, 'listFiles'> = { async *listFiles() {} };

/** The log files of a folder that are selected; where nobody knows a file's place, its date counts. */
export async function selectFiles(
  folder: TrailFolder,
  { accountId, region, from, to }: Selection,
  onUnreadable: UnreadableListener,
): Promise<readonly TrailFile[]> {
  const files = await folder.list(onUnreadable);
  return files.filter(({ place }) => {
    if (accountId !== undefined && place.accountId !== accountId) return false;
    if (region !== undefined && place.region !== region) return false;
    const start = Date.parse(place.deliveredAt ?? place.day);
    const last = place.deliveredAt === undefined ? start + DAY_MS - 1 : start;
    return start < to.getTime() && (from === undefined || last >= from.getTime());
  });
}

/** Takes log files of a folder into a store, as `serve` does, and ends. */
export async function backfillFolder(options: FolderBackfillOptions): Promise<ReadCounts> {
  const { folder, files, store, isOverwriting, clock, onUnreadable, onProgress } = options;
  const reader = createTrailReader({
    ingestFile: createIngest({ logFiles: folder.logFiles, store, clock }),
    store: isOverwriting ? { ...store, ...KNOWS_NOTHING } : store,
    onUnreadable,
    onProgress,
  });
  await reader.readNew(files);
  return reader.counts;
}
