/** Reads the same files in several ways, interleaved, and prints the median of each as JSON. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip, gunzipSync } from 'node:zlib';
import { readLogFile } from '../../../src/cloudtrail/log-file';
import { serviceOf } from '../../../src/cloudtrail/record';

export interface Timings {
  readonly gunzipSync: number;
  readonly reusedBuffer: number;
  readonly readLogFile: number;
  readonly jsonParse: number;
}

const ROUNDS = 11;
const WARM_UP = 2;
const OUTPUT = Buffer.alloc(256 * 1024);

const WAYS: Record<keyof Timings, (file: Buffer) => Promise<number> | number> = {
  gunzipSync: (file) => gunzipSync(file).length,
  reusedBuffer: inflateIntoOneBuffer,
  readLogFile: (file) => readKept(file),
  jsonParse: (file) => {
    const { Records } = JSON.parse(gunzipSync(file).toString());
    return Records.filter((record: { eventSource?: unknown }) => serviceOf(record.eventSource))
      .length;
  },
};

async function main(folder: string): Promise<void> {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  const times = new Map<string, number[]>(Object.keys(WAYS).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    for (const [name, way] of Object.entries(WAYS)) {
      globalThis.gc?.(); // Nobody pays for the garbage of another.
      const start = process.cpuUsage();
      for (const file of files) await way(file);
      const { user, system } = process.cpuUsage(start);
      if (round >= WARM_UP) times.get(name)?.push((user + system) / 1000);
    }
  }
  const medians = [...times].map(([name, values]) => [name, median(values)]);
  process.stdout.write(JSON.stringify(Object.fromEntries(medians)));
}

async function readKept(file: Buffer): Promise<number> {
  const open = async function* () {
    yield file;
  };
  return (await readLogFile(open, () => {})).kept;
}

/** zlib's own synchronous loop with one output buffer: the floor for inflating in Node. */
function inflateIntoOneBuffer(file: Buffer): number {
  const gunzip = createGunzip();
  const { _handle: handle, _writeState: state } = gunzip as unknown as {
    _handle: { writeSync(...args: unknown[]): void };
    _writeState: Uint32Array;
  };
  let size = 0;
  let left = file.length;
  for (;;) {
    const from = file.length - left;
    handle.writeSync(4, file, from, left, OUTPUT, 0, OUTPUT.length);
    const [room = 0, unread = 0] = state;
    size += OUTPUT.length - room;
    left = unread;
    if (room > 0) break;
  }
  gunzip.close();
  return size;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

void main(process.argv[2] ?? '');
