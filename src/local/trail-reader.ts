import type { IngestFile } from '../ingest/ingest-file';
import type { EventStore } from '../store/event-store';
import type { TrailFile, UnreadableListener } from './trail-folder';

export interface ReadCounts {
  /** Files asked for, so far. */
  files: number;
  done: number;
  events: number;
  /** Read in an earlier run. */
  known: number;
  notOurs: number;
  unreadable: number;
}

export interface TrailReaderOptions {
  readonly ingestFile: IngestFile;
  readonly store: Pick<EventStore, 'listFiles' | 'putReceipts' | 'judgeLate'>;
  readonly onUnreadable: UnreadableListener;
  readonly onProgress?: (counts: Readonly<ReadCounts>) => void;
}

export interface TrailReader {
  readonly counts: Readonly<ReadCounts>;
  /** Reads files that have no receipt yet. Rejects where those cannot be told; a file's trouble is its own. */
  readNew(files: readonly TrailFile[]): Promise<void>;
  /** Reads a file, whether or not it was read before. */
  readAgain(file: TrailFile): Promise<void>;
  /** Starts no further file and waits for those under way. */
  stop(): Promise<void>;
}

/** Enough to keep the store busy while a file is inflated. */
const FILES_AT_ONCE = 4;

/** Reads log files into the store, a few at a time. */
export function createTrailReader(options: TrailReaderOptions): TrailReader {
  const { ingestFile, store, onUnreadable, onProgress } = options;
  const counts: ReadCounts = { files: 0, done: 0, events: 0, known: 0, notOurs: 0, unreadable: 0 };
  const underWay = new Set<Promise<void>>();
  let stopped = false;

  /** A receipt's day is read for all files: the receipts of many are in one item. */
  async function listKnown(files: readonly TrailFile[]): Promise<ReadonlySet<string>> {
    const known = new Set<string>();
    for (const day of new Set(files.map(({ place }) => place.day))) {
      const range = { from: `${day}T00:00:00Z`, to: `${day}T23:59:59Z` };
      for await (const { receipt } of store.listFiles(range)) {
        if (receipt && receipt.status !== 'quarantined') known.add(receipt.key);
      }
    }
    return known;
  }

  async function read(file: TrailFile, isAgain = false): Promise<void> {
    const result = await ingestFile({ key: file.key }, { place: file.place });
    if (result.kind === 'not-ours') counts.notOurs += 1;
    if (result.kind !== 'stored' && result.kind !== 'quarantined') return;
    await store.putReceipts([result.receipt]);
    // Digests are verified behind the files, so that only another content can be late.
    if (isAgain) await store.judgeLate([result.receipt]);
    if (result.kind === 'stored') counts.events += result.receipt.records.kept;
    else report(file, result.receipt.reason?.message ?? 'unknown');
  }

  function report(file: TrailFile, reason: string): void {
    counts.unreadable += 1;
    onUnreadable(file.key, reason);
  }

  async function attempt(file: TrailFile, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      report(file, error instanceof Error ? error.message : String(error));
    }
    counts.done += 1;
    onProgress?.(counts);
  }

  async function drain(queue: Iterator<TrailFile>, known: ReadonlySet<string>): Promise<void> {
    for (let next = queue.next(); !next.done && !stopped; next = queue.next()) {
      const file = next.value;
      await attempt(file, async () => {
        if (known.has(file.key)) counts.known += 1;
        else await read(file);
      });
    }
  }

  async function readUnknown(files: readonly TrailFile[]): Promise<void> {
    const known = await listKnown(files);
    const queue = files.values();
    await Promise.all(Array.from({ length: FILES_AT_ONCE }, () => drain(queue, known)));
  }

  async function track(work: Promise<void>): Promise<void> {
    underWay.add(work);
    await work.finally(() => underWay.delete(work));
  }

  return {
    counts,
    readNew(files) {
      counts.files += files.length;
      return track(readUnknown(files));
    },
    async readAgain(file) {
      if (stopped) return;
      counts.files += 1;
      await track(attempt(file, () => read(file, true)));
    },
    async stop() {
      stopped = true;
      await Promise.allSettled(underWay);
    },
  };
}
