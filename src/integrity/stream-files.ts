import type { LogFileLocation } from '../cloudtrail/log-files';
import { parseDigestFileName, parseLogFileName } from '../cloudtrail/object-key';
import { LISTING_DELAY_MS } from '../store/delivery';
import type { Selection, Stream } from './streams';
import type { ListedTrailObjects } from './trail-objects';

/** Digests that may name a log file delivered in the selected time, by their names, in order. */
export async function* listDigests(
  objects: ListedTrailObjects,
  stream: Stream,
  selection: Selection,
): AsyncIterable<LogFileLocation> {
  const { from, to } = selection;
  const until = to && new Date(to.getTime() + LISTING_DELAY_MS);
  for (const folder of stream.digestFolders) {
    for await (const file of filesOfDays(objects, folder, { ...selection, to: until })) {
      const endsAt = digestEnd(file.key);
      if (endsAt !== undefined && from && endsAt <= from.getTime()) continue;
      if (endsAt !== undefined && until && endsAt > until.getTime()) continue;
      yield file;
    }
  }
}

/** Log files delivered in the selected time, by their names. */
export async function* listLogFiles(
  objects: ListedTrailObjects,
  stream: Stream,
  selection: Selection,
): AsyncIterable<LogFileLocation> {
  for (const folder of stream.logFolders) {
    for await (const file of filesOfDays(objects, folder, selection)) {
      if (isSelected(file.key, selection)) yield file;
    }
  }
}

/** Whether a log file was delivered in the selected time; one whose name does not say it counts. */
export function isSelected(key: string, { from, to }: Selection): boolean {
  const deliveredMs = deliveryTime(key);
  if (deliveredMs === undefined) return true;
  return (!from || deliveredMs >= from.getTime()) && (!to || deliveredMs < to.getTime());
}

/** When a log file was delivered, by its name, milliseconds since 1970. */
export function deliveryTime(key: string): number | undefined {
  return toMs(parseLogFileName(fileName(key)).deliveredAt);
}

/** When a digest's window ends, by its name, milliseconds since 1970. */
export function digestEnd(key: string): number | undefined {
  return toMs(parseDigestFileName(fileName(key)).endsAt);
}

/** Below the folder of a Region: `yyyy/mm/dd`. */
export function dayFolder(time: Date): string {
  return time.toISOString().slice(0, 10).replaceAll('-', '/');
}

async function* filesOfDays(
  objects: ListedTrailObjects,
  folder: string,
  { from, to, accountId }: Selection,
): AsyncIterable<LogFileLocation> {
  const firstDay = from && folder + dayFolder(from);
  const lastDay = to && folder + dayFolder(to);
  for await (const file of objects.files(folder, firstDay)) {
    const day = file.key.slice(0, folder.length + 'yyyy/mm/dd'.length);
    if (lastDay !== undefined && day > lastDay) return;
    if (!file.key.endsWith('.json.gz')) continue;
    if (accountId !== undefined && !fileName(file.key).startsWith(`${accountId}_`)) continue;
    yield file;
  }
}

function fileName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

function toMs(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}
