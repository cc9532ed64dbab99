import { createHash } from 'node:crypto';
import { ByteSource } from './byte-source';
import { Candidates, type KeptRecord } from './candidates';
import { type BytesSink, inflateGzip, inflateOrCopy } from './gzip';
import { RecordReader } from './record-reader';
import { borrowScanner, returnScanner } from './scanner/scanner-pool';

export type { KeptRecord };

export interface LogFileSummary {
  /** Elements of `Records`. */
  readonly seen: number;
  /** Of Athena and Keyspaces. */
  readonly kept: number;
  readonly inflatedBytes: number;
  /** Of the inflated bytes, where asked for. */
  readonly sha256?: Buffer;
}

export interface ReadOptions {
  /** Most bytes a file may inflate to. Default 512 MiB. */
  readonly maxInflatedBytes?: number;
  /** Most bytes of kept records' JSON that are held until the file is known to be sound. */
  readonly maxHeldBytes?: number;
  /** Read a file that is not gzip as the JSON itself. */
  readonly acceptPlain?: boolean;
  /** Hand over the records' own JSON text as well. */
  readonly withText?: boolean;
  /** Answer with the hash of the content, which is what CloudTrail signs. */
  readonly withHash?: boolean;
}

type OnRecords = (records: readonly KeptRecord[]) => Promise<void> | void;

const MAX_INFLATED_BYTES = 512 * 1024 * 1024;
const MAX_HELD_BYTES = 2 * 1024 * 1024;

/**
 * Reads one log file and hands over its Athena and Keyspaces records, in order, once the whole
 * file is known to be sound.
 *
 * Records of other services are not parsed: their brackets have to be balanced, nothing else is
 * checked. Memory depends neither on the file's size nor on its content.
 *
 * @param open - starts reading the gzip bytes from the beginning; may be called a second time for
 *   a file whose kept records do not fit the memory bound.
 * @param onRecords - gets the kept records in batches; awaited, so that memory stays flat.
 * @throws LogFileError for a file that can never be read; nothing was handed over then. Damage of
 *   the gzip data is named before damage of the JSON in it.
 */
export async function readLogFile(
  open: () => AsyncIterable<Uint8Array>,
  onRecords: OnRecords,
  options: ReadOptions = {},
): Promise<LogFileSummary> {
  const held = new HeldRecords(options.maxHeldBytes ?? MAX_HELD_BYTES);
  const { arrays, ...file } = await readOnce(open, options, (records, sizeBytes, array) =>
    held.add(records, sizeBytes, array),
  );
  held.turnTo(arrays);
  if (held.isComplete) {
    for (const batch of held.batches) await onRecords(batch);
  } else {
    await handOver(open, { ...options, withHash: false }, onRecords, arrays);
  }
  return { ...file, kept: held.count };
}

type OnKept = (records: readonly KeptRecord[], sizeBytes: number, array: number) => void;

/** The kept records of a file that may yet turn out to be damaged, up to a bound. */
class HeldRecords {
  count = 0;
  batches: (readonly KeptRecord[])[] = [];
  private sizeBytes = 0;
  private array = 0;

  constructor(private readonly maxBytes: number) {}

  get isComplete(): boolean {
    return this.sizeBytes <= this.maxBytes;
  }

  add(records: readonly KeptRecord[], sizeBytes: number, array: number): void {
    this.turnTo(array);
    this.count += records.length;
    this.sizeBytes += sizeBytes;
    if (this.isComplete) this.batches.push(records);
    else this.batches = [];
  }

  /** A document may name a further array of records: what stood in earlier ones is void. */
  turnTo(array: number): void {
    if (array === this.array) return;
    this.array = array;
    this.batches = [];
    this.count = 0;
    this.sizeBytes = 0;
  }
}

/** Reads a file that is known to be sound once more, and hands its records over as they come. */
async function handOver(
  open: () => AsyncIterable<Uint8Array>,
  options: ReadOptions,
  onRecords: OnRecords,
  array: number,
): Promise<void> {
  const waiting: (readonly KeptRecord[])[] = [];
  const drain = async () => {
    for (const records of waiting.splice(0)) await onRecords(records);
  };
  const keep: OnKept = (records, _sizeBytes, itsArray) => {
    if (itsArray === array) waiting.push(records);
  };
  await readOnce(open, options, keep, () => (waiting.length > 0 ? drain() : undefined));
  await drain();
}

/** @param afterPiece - is awaited before more is read. */
async function readOnce(
  open: () => AsyncIterable<Uint8Array>,
  options: ReadOptions,
  onKept: OnKept,
  afterPiece?: () => Promise<void> | undefined,
): Promise<Omit<LogFileSummary, 'kept'> & { readonly arrays: number }> {
  const source = new ByteSource(open());
  const scanner = borrowScanner();
  let array = 0;
  const candidates = new Candidates(options.withText === true, (records, sizeBytes) =>
    onKept(records, sizeBytes, array),
  );
  const reader = new RecordReader(scanner, (bytes, index) => {
    if (reader.arrays !== array) candidates.parse();
    array = reader.arrays;
    candidates.add(bytes, index);
  });
  const hash = options.withHash ? createHash('sha256') : undefined;
  let jsonDamage: unknown;
  const read: BytesSink = (bytes) => {
    hash?.update(bytes);
    if (jsonDamage) return;
    try {
      reader.write(bytes);
    } catch (error) {
      jsonDamage = error; // The gzip data goes on: what is wrong with it comes first.
    }
    return afterPiece?.();
  };

  try {
    const maxBytes = options.maxInflatedBytes ?? MAX_INFLATED_BYTES;
    const inflate = options.acceptPlain ? inflateOrCopy : inflateGzip;
    const inflatedBytes = await inflate(source, maxBytes, read);
    if (jsonDamage) throw jsonDamage;
    reader.finish();
    candidates.parse();
    const sha256 = hash?.digest();
    return { seen: reader.seen, inflatedBytes, sha256, arrays: reader.arrays };
  } finally {
    returnScanner(scanner);
    candidates.close();
    await source.close();
  }
}
