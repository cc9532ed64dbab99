import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { run } from '../../../src/cli/run';
import { auditEventSchema } from '../../../src/event/audit-event';
import { captureIo } from '../capture-io';

const BUNDLE = resolve(__dirname, '../../../dist/querytrail.cjs');

const LOG =
  'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/111122223333_CloudTrail_x.json.gz';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'querytrail-extract-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('prints a valid event for each record of both services, and nothing else', async () => {
  write('a.json.gz', gzipSync(logOf(record('s3', 1), record('athena', 2), record('cassandra', 3))));

  const { events, exitCode, stderr } = await extract(folder);

  expect(events.map((event) => event.eventId)).toEqual(['id-2', 'id-3']);
  for (const event of events) expect(auditEventSchema.parse(event)).toEqual(event);
  expect(events.map((event) => event.evidence)).toEqual([
    { key: join(folder, 'a.json.gz'), index: 1, integrity: 'unverified' },
    { key: join(folder, 'a.json.gz'), index: 2, integrity: 'unverified' },
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

test.each([LOG, '111122223333_CloudTrail_eu-west-1_20260302T1005Z_Ab3dEf6hIj9kLm2n.json.gz'])(
  'takes the account from where the record lies, if it does not tell it: %s',
  async (path) => {
    const { recipientAccountId, userIdentity, ...bare } = record('athena', 1);
    write(path, gzipSync(logOf(bare)));

    const { events } = await extract(folder);

    expect(events).toMatchObject([{ accountId: '111122223333' }]);
  },
);

test('follows links, but not in circles, and names those that lead nowhere', async () => {
  write('real/a.json.gz', gzipSync(logOf(record('athena', 1))));
  mkdirSync(join(folder, 'links'));
  symlinkSync('../real', join(folder, 'links/there'));
  symlinkSync('..', join(folder, 'links/back'));
  symlinkSync('itself', join(folder, 'links/itself'));

  const { events, exitCode, stderr } = await extract(join(folder, 'links'));

  expect(events.map((event) => event.evidence.key)).toEqual([
    join(folder, 'links/back/real/a.json.gz'),
    join(folder, 'links/there/a.json.gz'),
  ]);
  const complaint = `querytrail: ${join(folder, 'links/itself')}: there is no such file`;
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(complaint) });
});

test('prints the original records on one line each with --raw', async () => {
  const original = '{ "eventSource" : "athena.amazonaws.com",\r\n\t"n": 1.0, "t": "a\\n  b" }';
  write('a.json.gz', gzipSync(`{"Records":[{},${original}]}`));

  const { stdout } = await extract('--raw', folder);

  expect(stdout).toBe('{ "eventSource" : "athena.amazonaws.com","n": 1.0, "t": "a\\n  b" }\n');
});

test('tells by content what a file is, and counts the others', async () => {
  write('b/log-without-a-name', gzipSync(logOf(record('athena', 2))));
  write('a/plain.json', Buffer.from(logOf(record('athena', 1))));
  write('c/digest.json.gz', gzipSync('{"logFiles":[],"awsAccountId":"111122223333"}'));
  write('c/list.json', Buffer.from('[1,2]'));
  write('c/notes.txt', Buffer.from('not JSON'));
  write('c/notes.gz', gzipSync('not JSON'));
  write('c/folder-marker', Buffer.alloc(0));

  const { events, exitCode, stderr } = await extract('--stats', folder);

  expect(events.map((event) => event.eventId)).toEqual(['id-1', 'id-2']);
  expect(JSON.parse(stderr)).toMatchObject({
    files: { log: 2, foreign: 5, broken: 0 },
    records: { seen: 2, kept: 2, skipped: 0, quarantined: 0 },
  });
  expect(exitCode).toBe(0);
});

test('reports each broken file with its reason, reads the others, and exits with 1', async () => {
  const sound = gzipSync(logOf(record('athena', 1)));
  write('a.json.gz', sound.subarray(0, -1));
  write('b.json.gz', Buffer.from('not gzip'));
  write('c.bin', gzipSync(logOf(record('athena', 2)).slice(0, -2)));
  write('d.json.gz', sound);

  const { events, exitCode, stderr } = await extract(folder, join(folder, 'nowhere'));

  expect(events).toHaveLength(1);
  expect(exitCode).toBe(1);
  expect(stderr.split('\n')).toEqual([
    `querytrail: ${join(folder, 'a.json.gz')}: ends before its gzip trailer (log-file.truncated)`,
    `querytrail: ${join(folder, 'b.json.gz')}: neither gzip nor JSON (log-file.gzip)`,
    expect.stringMatching(/c\.bin: not JSON: ends early at byte \d+ \(log-file\.json\)$/),
    `querytrail: ${join(folder, 'nowhere')}: there is no such file (log-file.not-found)`,
    '',
  ]);
});

test('calls a file broken that is no JSON but was named', async () => {
  write('notes.txt', Buffer.from('not JSON'));

  const { exitCode, stderr } = await extract(join(folder, 'notes.txt'));

  expect(exitCode).toBe(1);
  expect(stderr).toContain('neither gzip nor JSON');
});

test('sets a record aside that no event can be made of, prints the rest, and exits with 1', async () => {
  const bad = { ...record('athena', 1), eventTime: 'yesterday' };
  write('a.json.gz', gzipSync(logOf(bad, record('athena', 2))));

  const { events, exitCode, stderr } = await extract('--stats', folder);

  expect(events).toHaveLength(1);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('a.json.gz: record 0 set aside: eventTime is no time in UTC\n');
  expect(stderr).toContain('"quarantined":1');
});

test('shows the counts as sentences on a terminal', async () => {
  write('a.json.gz', gzipSync(logOf(record('athena', 1))));
  const io = captureIo({ columns: 100 });

  await run(['extract', '--stats', join(folder, 'a.json.gz')], io);

  expect(io.stderr.text()).toContain('files    1 log files, 0 foreign, 0 broken\n');
});

test.each([['without a place'], ['with a wrong number of jobs', '--jobs', '0', '.']])(
  'exits with 2 %s',
  async (_what, ...args) => {
    expect((await extract(...args)).exitCode).toBe(2);
  },
);

describe('as a process', () => {
  test('prints the same in the same order with any number of jobs', async () => {
    for (let file = 0; file < 230; file++) {
      write(`${file % 7}/${file}.json.gz`, gzipSync(logOf(record('athena', file))));
    }
    write('3/broken.json.gz', Buffer.from('x'));

    const [one, three] = await Promise.all([
      runBundle('extract', '--jobs', '1', folder),
      runBundle('extract', '--jobs', '3', folder),
    ]);

    expect(one.stdout.split('\n')).toHaveLength(231);
    expect(one.code).toBe(1);
    expect(three).toEqual(one);
  });

  test('reads a log file, compressed or not, from standard input', async () => {
    const log = logOf(record('athena', 1));
    for (const input of [gzipSync(log), Buffer.from(log)]) {
      const child = spawn(process.execPath, [BUNDLE, 'extract', '-'], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      child.stdin.end(input);

      const lines = Buffer.concat(await Array.fromAsync(child.stdout)).toString();

      expect(JSON.parse(lines)).toMatchObject({ eventId: 'id-1', evidence: { key: '-' } });
    }
  });

  test('reads standard input beside folders that other threads read', async () => {
    for (let file = 0; file < 210; file++) {
      write(`${file}.json.gz`, gzipSync(logOf(record('athena', file))));
    }
    const command = `gzip -c | "${process.execPath}" "${BUNDLE}" extract --jobs 2 "${folder}" -`;
    const child = spawn('sh', ['-c', command], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(logOf(record('cassandra', 1)));

    const lines = Buffer.concat(await Array.fromAsync(child.stdout))
      .toString()
      .trim()
      .split('\n');

    expect(lines).toHaveLength(211);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ service: 'keyspaces' });
  });

  test('ends quietly when its reader has seen enough', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => record('athena', index));
    write('a.json.gz', gzipSync(logOf(...many)));
    const command = `"${process.execPath}" "${BUNDLE}" extract "${folder}" | head -n 1`;

    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command]);

    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr).toBe('');
  });
});

test("reads AWS's own sample of a log file", async () => {
  const sample = resolve(__dirname, '../../fixtures/samples/keyspaces-ddl-envelope.json');
  write('sample.json.gz', gzipSync(readFileSync(sample)));

  const { events } = await extract(folder);

  expect(events.map((event) => event.eventName)).toEqual([
    'CreateKeyspace',
    'DropKeyspace',
    'CreateTable',
    'DropTable',
  ]);
});

function record(service: string, id: number) {
  return {
    eventVersion: '1.11',
    userIdentity: { type: 'IAMUser', userName: 'maria', accountId: '444455556666' },
    eventTime: '2026-03-02T10:01:07Z',
    eventSource: `${service}.amazonaws.com`,
    eventName: 'Anything',
    awsRegion: 'eu-west-1',
    eventID: `id-${id}`,
    recipientAccountId: '444455556666',
  };
}

function logOf(...records: readonly unknown[]): string {
  return JSON.stringify({ Records: records });
}

function write(name: string, bytes: Buffer): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

async function extract(...args: string[]) {
  const io = captureIo();
  const exitCode = await run(['extract', ...args], io);
  const stdout = io.stdout.text();
  const isRaw = args.includes('--raw');
  const events = isRaw
    ? []
    : stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
  return { exitCode, stdout, events, stderr: io.stderr.text() };
}

async function runBundle(
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BUNDLE, ...args], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
