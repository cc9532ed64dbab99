import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { type ExtractOptions, extractFile, type FileOutcome } from './extract-file';
import type { FoundFile } from './find-files';
import type { FromWorker, ToWorker } from './worker-messages';

/** Takes the results in the order of the files, whatever the order in which they were read. */
export interface ResultSink {
  /** Whole lines of JSON. */
  write(lines: string | Uint8Array): Promise<void>;
  /** Comes after all lines of the file. */
  done(outcome: FileOutcome): Promise<void>;
}

/** Neighbouring files that one worker reads in one go: a message costs as much as a small file. */
type Group = readonly FoundFile[];

interface OpenGroup {
  readonly worker: Worker;
  readonly messages: Readable;
}

const GROUP_BYTES = 2 * 1024 * 1024;
const GROUP_FILES = 100;
/** Groups read, for each worker, before the first of them is written. */
const GROUPS_AHEAD = 3;

/** Beside the bundled command; in a source tree there is none, and one thread does all. */
const WORKER_FILE = join(__dirname, 'extract-worker.cjs');

/** Reads the files in up to `jobs` threads. */
export async function extractFiles(
  files: Iterable<FoundFile>,
  jobs: number,
  options: ExtractOptions,
  sink: ResultSink,
): Promise<void> {
  const groups = groupsOf(files)[Symbol.iterator]();
  const first = groups.next().value ?? [];
  const second = groups.next().value;
  const isWorthWorkers = jobs > 1 && second !== undefined && existsSync(WORKER_FILE);
  const rest = chain(second === undefined ? [first] : [first, second], groups);
  if (isWorthWorkers) await extractInWorkers(rest, jobs, options, sink);
  else await extractInThread(rest, options, sink);
}

async function extractInThread(
  groups: Iterable<Group>,
  options: ExtractOptions,
  sink: ResultSink,
): Promise<void> {
  for (const group of groups) {
    for (const file of group) {
      await sink.done(await extractFile(file, options, (lines) => sink.write(lines)));
    }
  }
}

async function extractInWorkers(
  groups: Iterable<Group>,
  jobs: number,
  options: ExtractOptions,
  sink: ResultSink,
): Promise<void> {
  const workers = Array.from(
    { length: jobs },
    () => new Worker(WORKER_FILE, { workerData: options }),
  );
  const idle = [...workers];
  const waiting = groups[Symbol.iterator]();
  const open: OpenGroup[] = [];
  const handOut = (): void => {
    while (open.length < GROUPS_AHEAD * jobs) {
      const worker = idle.pop();
      if (!worker) return;
      const { value: group, done } = waiting.next();
      if (done) return;
      const onRead = (): void => {
        idle.push(worker);
        handOut();
      };
      open.push({ worker, messages: readGroup(worker, group, onRead) });
    }
  };

  try {
    handOut();
    for (let group = open[0]; group; group = open[0]) {
      await passOn(group, sink);
      open.shift();
      handOut();
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function readGroup(worker: Worker, files: Group, onRead: () => void): Readable {
  const messages = new Readable({ objectMode: true, read: () => {} });
  let missing = files.length;
  const onMessage = (message: FromWorker): void => {
    messages.push(message);
    if ('outcome' in message) missing--;
    if (missing > 0) return;
    worker.off('message', onMessage).off('error', onError);
    messages.push(null);
    onRead();
  };
  const onError = (error: Error): void => void messages.destroy(error);
  worker.on('message', onMessage).on('error', onError);
  send(worker, { files });
  return messages;
}

async function passOn({ worker, messages }: OpenGroup, sink: ResultSink): Promise<void> {
  for await (const message of messages as AsyncIterable<FromWorker>) {
    if ('outcome' in message) {
      await sink.done(message.outcome);
    } else {
      await sink.write(message.lines);
      send(worker, { takenBytes: message.lines.length });
    }
  }
}

function send(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}

function* groupsOf(files: Iterable<FoundFile>): Generator<Group, undefined> {
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

function* chain<T>(first: Iterable<T>, rest: Iterator<T>): Iterable<T> {
  yield* first;
  for (let next = rest.next(); !next.done; next = rest.next()) yield next.value;
}
