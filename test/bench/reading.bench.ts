import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { installPeers, isThere, median, type ProcessTime, timeProcess } from './processes';
import { createRandom, writeHugeLogFile, writeLogFiles } from './reading/trail-files';

export const title = 'Reading log files';

interface Timings {
  readonly gunzipSync: number;
  readonly reusedBuffer: number;
  readonly readLogFile: number;
  readonly jsonParse: number;
}

const MB = 1_000_000;
const ROUNDS = 5;
const ROOT = resolve(__dirname, '../..');
const CLI = join(ROOT, 'dist/querytrail.cjs');

export async function bench(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'querytrail-bench-'));
  try {
    execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs')], { cwd: ROOT });
    return [inProcess(folder), wholeProcesses(folder), await memory(folder)].join('\n\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function inProcess(folder: string): string {
  const random = createRandom(1);
  const script = bundle('in-process', folder);
  const small = (draw: () => number) => 54_000 * (0.2 + 1.6 * draw());
  const workloads: [string, string, goals: (timings: Timings) => string[]][] = [
    [
      'one file of 40 MB, 1 % kept',
      writeLogFiles(join(folder, 'large'), 1, () => 40 * MB, 0.01, random),
      ({ gunzipSync, reusedBuffer, readLogFile, jsonParse }) => [
        goal('of gunzipSync', readLogFile / gunzipSync, 'at most', 0.6),
        goal('of the reused buffer', readLogFile / reusedBuffer, 'at most', 1.5),
        goal('faster than JSON.parse', jsonParse / readLogFile, 'at least', 5),
      ],
    ],
    [
      '2,000 files, mean 54 KB, 1 % kept',
      writeLogFiles(join(folder, 'small'), 2000, small, 0.01, random),
      ({ gunzipSync, readLogFile }) => [
        goal('of gunzipSync', readLogFile / gunzipSync, 'at most', 1),
      ],
    ],
    [
      '500 files, mean 54 KB, all kept',
      writeLogFiles(join(folder, 'small-kept'), 500, small, 1, random),
      ({ readLogFile, jsonParse }) => [
        goal('of JSON.parse', readLogFile / jsonParse, 'at most', 0.7),
      ],
    ],
    [
      'one file of 40 MB, all kept',
      writeLogFiles(join(folder, 'large-kept'), 1, () => 40 * MB, 1, random),
      ({ readLogFile, jsonParse }) => [
        goal('of JSON.parse', readLogFile / jsonParse, 'at most', 0.7),
      ],
    ],
  ];
  const rows = workloads.map(([name, files, goals]) => {
    const timings = measure(script, files);
    const { gunzipSync, reusedBuffer, readLogFile, jsonParse } = timings;
    const times = [gunzipSync, reusedBuffer, readLogFile, jsonParse].map((ms) => ms.toFixed(1));
    return `| ${name} | ${times.join(' | ')} | ${goals(timings).join('<br>')} |`;
  });
  return `${describe(join(folder, 'large'))}

Milliseconds of processor time for all files on one core, warmed up, medians of ${ROUNDS}
interleaved rounds, each way in a process of its own, so that it pays for its own garbage. The first
two inflate only; the last one inflates, parses everything and filters.

| files | gunzipSync | reused buffer | readLogFile | gunzipSync + JSON.parse | |
| --- | --: | --: | --: | --: | --- |
${rows.join('\n')}`;
}

/** What the files hold, as facts of the first one. */
function describe(folder: string): string {
  const [name = ''] = readdirSync(folder);
  const compressed = readFileSync(join(folder, name));
  const json = gunzipSync(compressed);
  const { Records } = JSON.parse(json.toString());
  const recordKb = (json.length / Records.length / 1000).toFixed(2);
  const ratio = (json.length / compressed.length).toFixed(1);
  return `Synthetic files of ${recordKb} KB a record, compressed ${ratio} : 1. Identifiers of what lives for
more than one call (roles, sessions, keys, instances) return, those of a call are random.`;
}

function measure(script: string, files: string): Timings {
  const times = { gunzipSync: [], reusedBuffer: [], readLogFile: [], jsonParse: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [way, values] of Object.entries<number[]>(times)) {
      values.push(Number(pinned([script, way, files])));
    }
  }
  return {
    gunzipSync: median(times.gunzipSync),
    reusedBuffer: median(times.reusedBuffer),
    readLogFile: median(times.readLogFile),
    jsonParse: median(times.jsonParse),
  };
}

function wholeProcesses(folder: string): string {
  const files = writeLogFiles(join(folder, 'all'), 10, () => 40 * MB, 0.01, createRandom(2));
  const jq = `.Records[] | select(.eventSource | test("^(athena|cassandra)[.]amazonaws[.]com"))`;
  const hasPeers = installPeers();
  const ours = `"${process.execPath}" "${CLI}" extract`;
  const peer = (name: string) =>
    `"${process.execPath}" "${join(__dirname, 'peers', `${name}.mjs`)}" "${files}"`;
  const commands: [name: string, command: string | undefined, cores: string][] = [
    ['querytrail extract', `${ours} --jobs 1 "${files}"`, '0'],
    ['zcat', isThere('zcat') ? `zcat "${files}"/*` : undefined, '0'],
    ['chDB', hasPeers ? peer('chdb') : undefined, '0'],
    ['DuckDB', hasPeers ? peer('duckdb') : undefined, '0'],
    ['zcat and jq', isThere('jq') ? `zcat "${files}"/* | jq -c "$JQ"` : undefined, '0'],
    ['querytrail extract --jobs 2', `${ours} --jobs 2 "${files}"`, '0,1'],
  ];
  process.env.JQ = jq;

  const times = new Map<string, ProcessTime[]>(commands.map(([name]) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, command, cores] of commands) {
      if (command) times.get(name)?.push(timeProcess(command, cores));
    }
  }
  const cpu = (name: string) => median((times.get(name) ?? []).map((time) => time.cpu));
  const wall = (name: string) => median((times.get(name) ?? []).map((time) => time.wall));
  const one = 'querytrail extract';
  const goals: Record<string, string> = {
    zcat: goal('of zcat', cpu(one) / cpu('zcat'), 'at most', 0.5),
    chDB: goal('faster than chDB', cpu('chDB') / cpu(one), 'at least', 2),
    DuckDB: goal('faster than DuckDB', cpu('DuckDB') / cpu(one), 'at least', 10),
    'zcat and jq': goal('faster than jq', cpu('zcat and jq') / cpu(one), 'at least', 15),
    'querytrail extract --jobs 2': goal(
      'faster than one job on one core',
      wall(one) / wall('querytrail extract --jobs 2'),
      'at least',
      1.8,
    ),
  };
  const rows = commands.map(([name, command]) =>
    command
      ? `| ${name} | ${cpu(name).toFixed(2)} | ${wall(name).toFixed(2)} | ${goals[name] ?? ''} |`
      : `| ${name} | – | – | not installed here |`,
  );
  return `Whole processes, start included, over ten files of 40 MB (1 % kept), seconds, medians of
${ROUNDS} interleaved rounds; one core each but for the last. Querytrail prints events, chDB,
DuckDB and jq the records, zcat everything; all to /dev/null.

| process | processor | elapsed | |
| --- | --: | --: | --- |
${rows.join('\n')}`;
}

async function memory(folder: string): Promise<string> {
  const script = bundle('peak-memory', folder);
  const rows: string[] = [];
  for (const size of [40, 500]) {
    const path = join(folder, `${size}.json.gz`);
    await writeHugeLogFile(path, size * MB, 0.01, createRandom(3));
    const peaks = Array.from({ length: 5 }, () => Number(pinned([script, path])) / MB);
    const compressed = (statSync(path).size / MB).toFixed(1);
    const verdict = goal('MB', median(peaks), 'at most', 48);
    rows.push(`| ${size} MB, ${compressed} MB compressed | ${verdict} |`);
  }
  return `Growth of the process while it reads one file with 1 % kept, at its largest, median of 5.

| file | |
| --- | --- |
${rows.join('\n')}`;
}

function bundle(name: string, folder: string): string {
  const outfile = join(folder, `${name}.cjs`);
  const entryPoints = [join(__dirname, 'reading', `${name}.ts`)];
  buildSync({ entryPoints, outfile, bundle: true, platform: 'node', target: 'node22' });
  return outfile;
}

function pinned(args: readonly string[]): string {
  const [program = '', ...rest] = isThere('taskset')
    ? ['taskset', '-c', '0', process.execPath, ...args]
    : [process.execPath, ...args];
  return execFileSync(program, rest).toString();
}

function goal(what: string, value: number, kind: 'at most' | 'at least', limit: number): string {
  const isReached = kind === 'at most' ? value <= limit : value >= limit;
  return `${value.toFixed(2)} ${what} (goal: ${kind} ${limit}${isReached ? '' : ', **missed**'})`;
}
