import { createHash } from 'node:crypto';
import type { LogFileLocation } from '../cloudtrail/log-files';
import { parseObjectKey } from '../cloudtrail/object-key';
import { inParallel } from '../concurrency';
import type { ListedTrailObjects } from '../integrity/trail-objects';
import type { EventStore } from '../store/event-store';
import { type DayFolder, findDayFolders, type Selection } from './day-folders';
import type { StoredKeys } from './stored-keys';

/** Where the files are, and what is known of them. */
export interface BackfillSource {
  readonly objects: Pick<ListedTrailObjects, 'folders' | 'files'>;
  /** Ends in `/` unless it is empty. */
  readonly root: string;
  readonly selection: Selection;
  /** Tells the files that are stored already; absent: none is known. */
  readonly receipts?: Pick<EventStore, 'listFiles'>;
}

export interface BackfillFile extends LogFileLocation {
  readonly sizeBytes: number;
  /** Its place in the order of the round; no two files share it. */
  readonly position: string;
  /** Stored already. */
  readonly isKnown: boolean;
}

/** Day folders that are listed together; their files are held in memory, and are mixed. */
const FOLDERS_PER_ROUND = 64;
const LISTS_AT_ONCE = 16;

/**
 * Splits a backfill into rounds, each of days of many months and accounts. A listing is sorted, and
 * in its order all files of an account's month would meet the same few partitions of the table.
 *
 * Everything follows from the seed and the keys: in a later run every file is in the same round, at
 * the same place, whatever has joined or left meanwhile.
 */
export async function planRounds(
  { objects, root, selection }: BackfillSource,
  seed: string,
  rounds?: number,
): Promise<readonly (readonly DayFolder[])[]> {
  const folders = await findDayFolders(objects, root, selection);
  const count = rounds ?? Math.max(1, Math.ceil(folders.length / FOLDERS_PER_ROUND));
  const plan: DayFolder[][] = Array.from({ length: count }, () => []);
  for (const folder of folders) {
    plan[Number.parseInt(positionOf(seed, folder.folder).slice(0, 12), 16) % count]?.push(folder);
  }
  return plan;
}

/** The log files of a round in a mixed order. */
export async function listRound(
  source: BackfillSource,
  storedKeys: StoredKeys,
  seed: string,
  folders: readonly DayFolder[],
): Promise<readonly BackfillFile[]> {
  const files: BackfillFile[] = [];
  await inParallel(
    folders,
    async (day) => {
      const stored = await storedKeys(day.day);
      for await (const { bucket, key, sizeBytes = 0 } of source.objects.files(day.folder)) {
        if (!isSelected(key, source.selection)) continue;
        const position = positionOf(seed, key);
        files.push({ bucket, key, sizeBytes, position, isKnown: stored.has(key) });
      }
    },
    LISTS_AT_ONCE,
  );
  return inOrder(files);
}

export function inOrder(files: readonly BackfillFile[]): readonly BackfillFile[] {
  return files.toSorted((a, b) => (a.position < b.position ? -1 : 1));
}

/** Only ordinary log files; one whose name does not say when it was delivered goes by its day. */
function isSelected(key: string, { from, to }: Selection): boolean {
  const parsed = parseObjectKey(key);
  if (parsed.kind !== 'log') return false;
  if (parsed.deliveredAt === undefined) return true;
  const delivered = Date.parse(parsed.deliveredAt);
  return delivered < to.getTime() && (from === undefined || delivered >= from.getTime());
}

function positionOf(seed: string, key: string): string {
  return createHash('sha256').update(`${seed}\n${key}`).digest('hex').slice(0, 32);
}
