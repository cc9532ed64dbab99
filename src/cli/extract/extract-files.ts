import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { ExtractOptions, FileOutcome } from './extract-file';
import type { FoundFile } from './find-files';
import type { Result, ToWorker } from './worker-messages';

/** Takes the results in the order of the files, whatever the order in which they were read. */
export interface ResultSink {
  /** Whole lines of JSON. */
  write(lines: Uint8Array): Promise<void>;
  /** Comes after all lines of the file. */
  done(outcome: FileOutcome): Promise<void>;
}

/** Neighbouring files that are read in one go: a message costs as much as a small file. */
type Group = readonly FoundFile[];

/** Reads in this thread, or in another one. */
interface Reader {
  readonly isHere: boolean;
  /** Passes on the results; `onRead` is called after the last of them. */
  read(group: Group, onRead: () => void): Readable;
  taken(sizeBytes: number): void;
  stop(): Promise<unknown>;
}

const GROUP_BYTES = 2 * 1024 * 1024;
const GROUP_FILES = 100;
/** Groups read, for each thread, before the first of them is written. */
const GROUPS_AHEAD = 3;

/** Beside the bundled command; a source tree has none, and one thread does all. */
const WORKER_FILE = join(__dirname, 'extract-worker.cjs');

/** Reads the files in up to `jobs` threads, this one among them. */
export async function extractFiles(
  files: Iterable<FoundFile>,
  jobs: number,
  options: ExtractOptions,
  sink: ResultSink,
): Promise<void> {
  const groups = new LookAhead(groupsOf(files), jobs);
  const readers: Reader[] = [];
  if (existsSync(WORKER_FILE)) {
    while (readers.length < groups.seen.length - 1) readers.push(createWorkerReader(options));
  }
  try {
    readers.push(await createReader(options)); // The others start meanwhile.
    await readInOrder(groups, readers, sink);
  } finally {
    await Promise.all(readers.map((reader) => reader.stop()));
  }
}

async function readInOrder(
  groups: LookAhead<Group>,
  readers: readonly Reader[],
  sink: ResultSink,
): Promise<void> {
  const idle = [...readers];
  const open: { readonly reader: Reader; readonly results: Readable }[] = [];
  const handOut = (): void => {
    while (open.length < GROUPS_AHEAD * readers.length) {
      const group = groups.seen[0];
      const reader = group && idle.find(({ isHere }) => isHere || group.every(isRegular));
      if (!reader) return;
      groups.shift();
      idle.splice(idle.indexOf(reader), 1);
      const onRead = () => {
        idle.push(reader);
        handOut();
      };
      open.push({ reader, results: reader.read(group, onRead) });
    }
  };

  handOut();
  for (let first = open[0]; first; first = open[0]) {
    for await (const result of first.results as AsyncIterable<Result>) {
      if ('outcome' in result) {
        await sink.done(result.outcome);
      } else {
        await sink.write(result.lines);
        first.reader.taken(result.lines.length);
      }
    }
    open.shift();
    handOut();
  }
}

async function createReader(options: ExtractOptions): Promise<Reader> {
  const { GroupReader } = await import('./read-group');
  let results = createResults();
  const reader = new GroupReader(options, (result) => void results.push(result));
  return {
    isHere: true,
    read: (group, onRead) => {
      const ours = createResults();
      results = ours;
      reader.read(group).then(
        () => {
          ours.push(null);
          onRead();
        },
        (error: Error) => ours.destroy(error),
      );
      return ours;
    },
    taken: (sizeBytes) => reader.taken(sizeBytes),
    stop: async () => {},
  };
}

function createWorkerReader(options: ExtractOptions): Reader {
  const worker = new Worker(WORKER_FILE, { workerData: options });
  const send = (message: ToWorker) => worker.postMessage(message);
  return {
    isHere: false,
    read: (files, onRead) => {
      const results = createResults();
      let missing = files.length;
      const onMessage = (result: Result): void => {
        results.push(result);
        if ('outcome' in result) missing--;
        if (missing > 0) return;
        worker.off('message', onMessage).off('error', onError);
        results.push(null);
        onRead();
      };
      const onError = (error: Error): void => void results.destroy(error);
      worker.on('message', onMessage).on('error', onError);
      send({ files });
      return results;
    },
    taken: (takenBytes) => send({ takenBytes }),
    stop: () => worker.terminate(),
  };
}

function createResults(): Readable {
  return new Readable({ objectMode: true, read: () => {} });
}

/** Only this thread has the process's standard input and pipes. */
function isRegular({ sizeBytes }: FoundFile): boolean {
  return sizeBytes !== undefined;
}

/** Values of a generator, some of them known in advance. */
class LookAhead<T> {
  readonly seen: T[] = [];

  constructor(
    private readonly values: Iterator<T, unknown>,
    count: number,
  ) {
    for (let index = 0; index < count; index++) this.pull();
  }

  shift(): void {
    this.seen.shift();
    this.pull();
  }

  private pull(): void {
    const next = this.values.next();
    if (!next.done) this.seen.push(next.value);
  }
}

function* groupsOf(files: Iterable<FoundFile>): Generator<Group, void> {
  let group: FoundFile[] = [];
  let size = 0;
  for (const file of files) {
    group.push(file);
    size += file.sizeBytes ?? 0;
    if (size < GROUP_BYTES && group.length < GROUP_FILES) continue;
    yield group;
    group = [];
    size = 0;
  }
  if (group.length > 0) yield group;
}
