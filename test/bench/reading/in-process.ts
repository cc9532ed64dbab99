/** Reads the files of a folder in one way, and prints the median of some rounds. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip, gunzipSync } from 'node:zlib';
import { readLogFile } from '../../../src/cloudtrail/log-file';
import { serviceOf } from '../../../src/cloudtrail/record';
import { median } from '../processes';

const ROUNDS = 9;
/** Times fall until about the eighth round, when all code is compiled. */
const WARM_UP = 8;
const OUTPUT = Buffer.alloc(256 * 1024);

const WAYS: Record<string, (file: Buffer) => Promise<number> | number> = {
  gunzipSync: (file) => gunzipSync(file).length,
  reusedBuffer: inflateIntoOneBuffer,
  readLogFile: (file) => readKept(file),
  jsonParse: (file) => {
    const { Records } = JSON.parse(gunzipSync(file).toString());
    return Records.filter((record: { eventSource?: unknown }) => serviceOf(record.eventSource))
      .length;
  },
};

async function main(name = '', folder = ''): Promise<void> {
  const way = WAYS[name];
  if (!way) throw new Error(`no way '${name}'`);
  const files = readdirSync(folder).map((file) => readFileSync(join(folder, file)));
  const times: number[] = [];
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    const start = process.cpuUsage();
    for (const file of files) await way(file);
    const { user, system } = process.cpuUsage(start);
    if (round >= WARM_UP) times.push((user + system) / 1000);
  }
  process.stdout.write(String(median(times)));
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

void main(...process.argv.slice(2));
