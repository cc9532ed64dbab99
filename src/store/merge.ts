import type { StoredItem } from './dynamo-calls';

/** One partition, read in order, a chunk at a time. */
export interface Partition {
  /** Whether a filter will leave few of the items read. */
  readonly isFiltered: boolean;
  /** Reads the next chunk; `size` counts items before any filter. */
  readChunk(size: number, startKey?: StoredItem): Promise<Chunk>;
}

interface Chunk {
  readonly candidates: readonly Candidate[];
  /** Where to go on; absent at the partition's end. */
  readonly next?: { readonly startKey: StoredItem; readonly position: string };
  readonly evaluated: number;
}

/** An item that may be on the list. */
export interface Candidate {
  /** Its place in the total order of events. */
  readonly position: string;
  /** Key of the event's own item. */
  readonly pk: string;
  /** Found by a table entry. */
  readonly isEntry?: boolean;
  /** The whole item, where the partition holds it. */
  readonly item?: StoredItem;
}

export interface WorkBudget {
  queries: number;
  evaluated: number;
}

export type Step =
  | { readonly candidate: Candidate }
  /** Every partition is read to its end. */
  | { readonly end: 'exhausted' }
  /** The budget is spent; everything before this position was handed over. */
  | { readonly end: 'stopped'; readonly position: string };

interface Reader {
  readonly partition: Partition;
  readonly buffer: Candidate[];
  next?: { readonly startKey?: StoredItem; readonly position?: string };
  chunkSize: number;
}

const MAX_CHUNK = 4_000;
const FILTERED_FACTOR = 8;
/** How much larger chunks get where one held too little. */
const GROWTH = 6;

/**
 * Merges partitions in the total order of events.
 *
 * The earliest candidate may be handed over once every other partition is known to hold nothing
 * before it: it has a candidate itself, is at its end, or was read past that place, if only to find
 * that its filter let nothing through. Others are read on, until the budget is spent.
 */
export function createMerge(
  partitions: readonly Partition[],
  order: 'asc' | 'desc',
  budget: WorkBudget,
  firstChunk: number,
): { next(): Promise<Step> } {
  const readers: Reader[] = partitions.map((partition) => ({
    partition,
    buffer: [],
    next: {},
    chunkSize: partition.isFiltered ? firstChunk * FILTERED_FACTOR : firstChunk,
  }));
  const isBefore = (a: string, b: string) => (order === 'asc' ? a < b : a > b);

  async function next(): Promise<Step> {
    for (;;) {
      const first = earliest();
      const blocking = readers.filter((reader) => isInTheWay(reader, first?.buffer[0]));
      if (blocking.length === 0) {
        const candidate = first?.buffer.shift();
        return candidate ? { candidate } : { end: 'exhausted' };
      }
      const isSpent = budget.queries <= 0 || budget.evaluated <= 0;
      const places = blocking.flatMap((reader) => reader.next?.position ?? []);
      // What was not opened yet has no place to stop at: the first chunks are always read.
      if (isSpent && places.length === blocking.length) {
        return { end: 'stopped', position: places.reduce((a, b) => (isBefore(b, a) ? b : a)) };
      }
      const share = Math.ceil(budget.evaluated / blocking.length);
      await Promise.all(blocking.map((reader) => fill(reader, Math.max(share, firstChunk))));
    }
  }

  function isInTheWay({ buffer, next }: Reader, candidate: Candidate | undefined): boolean {
    if (buffer.length > 0 || !next) return false;
    if (!candidate || next.position === undefined) return true;
    return isBefore(next.position, candidate.position);
  }

  /** Reads on, no more than its share of the budget; where a chunk is not enough the next is larger. */
  async function fill(reader: Reader, share: number): Promise<void> {
    budget.queries--;
    const size = Math.min(reader.chunkSize, share, MAX_CHUNK);
    const chunk = await reader.partition.readChunk(size, reader.next?.startKey);
    budget.evaluated -= chunk.evaluated;
    reader.buffer.push(...chunk.candidates);
    reader.next = chunk.next;
    reader.chunkSize *= GROWTH;
  }

  function earliest(): Reader | undefined {
    let found: Reader | undefined;
    for (const reader of readers) {
      const head = reader.buffer[0];
      if (head && (!found?.buffer[0] || isBefore(head.position, found.buffer[0].position))) {
        found = reader;
      }
    }
    return found;
  }

  return { next };
}
