import { isWithin, onDay, sourceName } from './delivery';
import type { DeliveredFile, DeliveryRange, EventStore, LogSource } from './event-store';
import type { Receipt } from './receipt';

/**
 * What can be wrong with a delivered log file: it, or records of it, could not be read; its digest
 * has another hash for it, or names it and it is not there; no digest names it.
 */
export const TROUBLES = ['quarantined', 'failed', 'missing', 'unlisted'] as const;
export type Trouble = (typeof TROUBLES)[number];

export interface TroubledFile extends LogSource {
  /** Its place on the list. */
  readonly position: string;
  /** ISO UTC; of files without receipt the start of their hour. */
  readonly deliveredAt: string;
  readonly troubles: readonly Trouble[];
  /** More than 1 of files without receipt only: their names stand in their digests. */
  readonly count: number;
  readonly receipt?: Receipt;
}

export interface TroubledFilesRequest {
  readonly range: DeliveryRange;
  /** Only files with any of these. */
  readonly troubles?: readonly Trouble[];
  /** Only files behind this place of the list. */
  readonly after?: string;
  readonly limit: number;
}

/** Work of one call: files looked at, rounded up to whole days, and days of months with files. */
export interface FileBounds {
  readonly files: number;
  readonly days: number;
}

export interface TroubledFilesPage {
  readonly files: readonly TroubledFile[];
  /** Behind which place the list goes on, if it does. */
  readonly position?: string;
  /** Where the work of one call ended before the page was full. */
  readonly searchedTo?: string;
}

/** Files that need a look, the newest first; months without files cost nothing. */
export async function listTroubledFiles(
  store: Pick<EventStore, 'listDays' | 'listFiles'>,
  { range, troubles = TROUBLES, after, limit }: TroubledFilesRequest,
  bounds: FileBounds,
): Promise<TroubledFilesPage> {
  const to = after === undefined ? range.to : endOf(after);
  const found: TroubledFile[] = [];
  let lookedAt = 0;
  const days = (await store.listDays({ from: range.from, to })).toReversed();
  for (const [at, day] of days.entries()) {
    if (lookedAt >= bounds.files || at >= bounds.days) {
      return { files: found, position: `${lastSecondOf(day)}~`, searchedTo: lastSecondOf(day) };
    }
    const ofDay = new Map<string, TroubledFile>();
    for await (const file of store.listFiles(onDay({ ...range, to }, day))) {
      lookedAt++;
      if (isWithin(file, range)) addTroubled(ofDay, file, troubles);
    }
    found.push(
      ...[...ofDay.values()]
        .filter(({ position }) => after === undefined || position < after)
        .sort((a, b) => (a.position < b.position ? 1 : -1)),
    );
    if (found.length > limit) {
      const files = found.slice(0, limit);
      return { files, position: files.at(-1)?.position };
    }
  }
  return { files: found };
}

function addTroubled(
  files: Map<string, TroubledFile>,
  { accountId, region, deliveredAt, ...file }: DeliveredFile,
  wanted: readonly Trouble[],
): void {
  const troubles = troublesOf(file);
  if (!troubles.some((trouble) => wanted.includes(trouble))) return;
  const source = { accountId, region };
  const position = positionOf(deliveredAt, source, file.receipt);
  const count = (files.get(position)?.count ?? 0) + 1;
  files.set(position, { ...source, position, deliveredAt, troubles, count, receipt: file.receipt });
}

/** What is wrong with a file. Of one without receipt only that it is missing: the rest may yet arrive. */
export function troublesOf({
  receipt,
  verdict,
}: Pick<DeliveredFile, 'receipt' | 'verdict'>): Trouble[] {
  const told = TROUBLES.filter((trouble) => trouble === verdict);
  if (receipt === undefined) return told.filter((trouble) => trouble === 'missing');
  const isQuarantined = receipt.status === 'quarantined' || receipt.records.quarantined > 0;
  return isQuarantined ? ['quarantined', ...told] : told;
}

/** Where a file stands on the list, so that the newest comes first. */
function positionOf(deliveredAt: string, source: LogSource, receipt: Receipt | undefined): string {
  return `${deliveredAt}#${sourceName(source)}#${receipt?.key ?? ''}`;
}

/** The end of the second of a place. */
function endOf(position: string): string {
  const [time = ''] = position.split(/[#~]/);
  return new Date(Date.parse(time) + 1_000).toISOString().replace(/\.\d+/, '');
}

function lastSecondOf(day: string): string {
  return `${day}T23:59:59Z`;
}
