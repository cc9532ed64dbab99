import promises, { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../src/cli/run';
import { makeKey, makeTrail, publicKeyList, writeTrail } from '../../integrity/digest-factory';
import { captureIo } from '../capture-io';

const key = makeKey();
let folder: string;
let keys: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'querytrail-'));
  keys = join(folder, 'keys.json');
  await writeFile(keys, publicKeyList(key));
});

afterEach(() => rm(folder, { recursive: true }));

test('prints every digest and log file with its verdict as JSON', async () => {
  const { files, digests, logs } = makeTrail({ key, hours: 2, filesPerHour: 1 });
  await writeTrail(folder, files);

  const { output, exitCode } = await verify({}, folder, '--public-keys', keys, '--json');

  expect(JSON.parse(output)).toEqual({
    ok: true,
    digests: digests.map((digest) => ({ key: digest, verdict: 'verified' })),
    logs: logs.flat().map((log) => ({ key: log, verdict: 'verified' })),
  });
  expect(exitCode).toBe(0);
});

test('exits with 1 and gives the reason when something is not verified', async () => {
  const { files, logs } = makeTrail({ key });
  const [lost = ''] = logs[1] ?? [];
  files.delete(lost);
  await writeTrail(folder, files);

  const { output, exitCode } = await verify({}, folder, '--public-keys', keys, '--json');

  const report = JSON.parse(output);
  expect(report.ok).toBe(false);
  expect(report.logs).toContainEqual({
    key: lost,
    verdict: 'missing',
    reason: 'is listed by a digest but is not there',
  });
  expect(exitCode).toBe(1);
});

test('prints a report in plain sentences', async () => {
  const { files, logs } = makeTrail({ key });
  const [lost = ''] = logs[1] ?? [];
  files.delete(lost);
  await writeTrail(folder, files);

  const { output, exitCode } = await verify({}, folder, '--public-keys', keys);

  expect(output).toContain('NOT ALL VERIFIED: 1 file of 15.');
  expect(output).toContain('10 log files, of which 9 verified.');
  expect(output).toContain(lost);
  expect(output).toContain('The log file is listed by a digest but is not there.');
  expect(output).toContain(`${key.fingerprint} (eu-west-1): signs 5 verified digests`);
  expect(output).toContain('from 2026-03-02T09:30:00Z to 2026-03-02T14:30:00Z');
  expect(exitCode).toBe(1);
});

test('says that everything is verified, and exits with 0', async () => {
  await writeTrail(folder, makeTrail({ key }).files);

  const { output, exitCode } = await verify({}, folder, '--public-keys', keys);

  expect(output).toContain('All verified: 5 digests and 10 log files are what CloudTrail wrote.');
  expect(exitCode).toBe(0);
});

test('leaves log files out of account whose digest is not due yet', async () => {
  const { files, logs, digests } = makeTrail({ key });
  for (const digest of digests.slice(3)) {
    files.delete(digest);
    files.delete(`${digest}.metadata.json`);
  }
  await writeTrail(folder, files);
  const args = [folder, '--public-keys', keys];

  const inTime = await verify({ now: '2026-03-02T14:30:00Z' }, ...args);
  const late = await verify({ now: '2026-03-02T14:36:00Z' }, ...args);

  expect(inTime.output).toContain('All verified: 3 digests and 6 log files');
  expect(inTime.output).toContain('4 more log files: too new');
  expect(inTime.exitCode).toBe(0);
  const [overdue = ''] = logs[3] ?? [];
  expect(late.output).toContain(`unverified ${overdue}`);
  expect(late.output).toContain('NOT ALL VERIFIED: 1 file of 13.');
  expect(late.exitCode).toBe(1);
});

test('does not call a folder without digests verified', async () => {
  const { output, exitCode } = await verify({}, folder, '--public-keys', keys);
  const json = await verify({}, folder, '--public-keys', keys, '--json');

  expect(output).toContain('no digest was found, so nothing can be proven');
  expect(exitCode).toBe(1);
  expect(JSON.parse(json.output)).toEqual({ ok: false, digests: [], logs: [] });
});

test('examines only the time, account and Region that are asked for', async () => {
  await writeTrail(folder, makeTrail({ key }).files);
  const range = ['--from', '2026-03-02T10:30:00Z', '--to', '2026-03-02T11:30:00Z'];
  const where = ['--account', '111122223333', '--region', 'eu-west-1'];

  const all = [folder, '--public-keys', keys, '--json', ...range, ...where];
  const { output } = await verify({}, ...all);

  expect(JSON.parse(output)).toMatchObject({ ok: true, digests: [{}], logs: [{}, {}] });
});

describe('where a folder cannot be looked into', () => {
  const shut = 'AWSLogs/444455556666/CloudTrail/eu-west-1/2026/';

  beforeEach(async () => {
    await writeTrail(folder, makeTrail({ key }).files);
    await writeTrail(folder, makeTrail({ key, accountId: '444455556666', filesPerHour: 0 }).files);
    await mkdir(join(folder, shut), { recursive: true });
    const { readdir } = promises;
    jest
      .spyOn(promises, 'readdir')
      .mockImplementation(((path: string, options: object) =>
        join(path, '/') === join(folder, shut)
          ? Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' }))
          : readdir(path, options)) as never);
  });
  afterEach(() => jest.restoreAllMocks());

  test('goes on with the others, names it, and exits with 1', async () => {
    const { output, errors, exitCode } = await verify({}, folder, '--public-keys', keys);

    expect(output).toContain('NOT ALL VERIFIED: 1 folder could not be read.');
    expect(output).toContain(
      `unverified ${shut}\n             The folder could not be read (EACCES).`,
    );
    expect(output).toContain('10 log files, of which 10 verified.');
    expect(errors).toBe('');
    expect(exitCode).toBe(1);
  });

  test('says so as JSON', async () => {
    const { output, exitCode } = await verify({}, folder, '--public-keys', keys, '--json');

    const { ok, digests, logs, folders } = JSON.parse(output);
    expect([ok, digests.length, logs.length]).toEqual([false, 10, 10]);
    expect(folders).toEqual([
      { key: shut, verdict: 'unverified', reason: 'could not be read (EACCES)' },
    ]);
    expect(exitCode).toBe(1);
  });

  test('counts it beside the files that are not verified', async () => {
    const { logs } = makeTrail({ key });
    await rm(join(folder, logs[1]?.[0] ?? ''));

    const { output } = await verify({}, folder, '--public-keys', keys);

    expect(output).toContain('NOT ALL VERIFIED: 1 file of 20, and 1 folder could not be read.');
  });

  test('does not look into it for another account', async () => {
    const where = ['--account', '111122223333', '--public-keys', keys];

    expect(await verify({}, folder, ...where)).toMatchObject({ exitCode: 0 });
  });
});

test('names the folder itself where that cannot be looked into', async () => {
  jest
    .spyOn(promises, 'readdir')
    .mockRejectedValue(Object.assign(new Error('no'), { code: 'EACCES' }));

  const { output, exitCode } = await verify({}, folder, '--public-keys', keys);
  jest.restoreAllMocks();

  expect(output).toContain('NOT VERIFIED: no digest was found');
  expect(output).toContain('unverified ./');
  expect(exitCode).toBe(1);
});

test('shows no control characters of a name, and takes none for a line of the report', async () => {
  const { files, logs } = makeTrail({ key });
  const planted = `${logs[0]?.[0]?.slice(0, -8)}\u001b[2J\n  All verified.json.gz`;
  files.set(planted, Buffer.from('x'));
  await writeTrail(folder, files);

  const { output, exitCode } = await verify({}, folder, '--public-keys', keys);

  expect(output).toContain('\uFFFD[2J All verified.json.gz\n');
  expect(output).not.toContain('\u001b');
  expect(output).not.toMatch(/^ *All verified/m);
  expect(exitCode).toBe(1);
});

test.each(['log file', 'digest'])(
  'goes on where a folder lies in the place of a %s',
  async (what) => {
    const { files, logs, digests } = makeTrail({ key });
    const place = (what === 'digest' ? digests[3] : logs[1]?.[0]) ?? '';
    files.delete(place);
    await writeTrail(folder, files);
    await mkdir(join(folder, place));
    const args = ['--public-keys', keys, '--json'];

    const { output, exitCode } = await verify({}, folder, ...args);

    const found = JSON.parse(output);
    expect(what === 'digest' ? found.digests : found.logs).toContainEqual({
      key: place,
      verdict: what === 'digest' ? 'failed' : 'unverified',
      reason: expect.stringMatching(/^could not be read: .*EISDIR/),
    });
    expect(exitCode).toBe(1);
  },
);

test.each([
  ['no place', []],
  ['a folder that is not there', ['/nowhere']],
  ['a bucket without name', ['s3://']],
  ['a place below the CloudTrail folders', ['s3://b/AWSLogs/111122223333/CloudTrail/eu-west-1']],
  ['a time of no known form', ['.', '--from', 'yesterday']],
  ['an end before the start', ['.', '--from', '2026-03-02', '--to', '2026-03-01']],
  ['an account of eleven digits', ['.', '--account', '11112222333']],
  ['a file of keys that is not there', ['.', '--public-keys', '/nowhere.json']],
  ['a file of keys that is none', ['.', '--public-keys', 'package.json']],
])('calls %s a misuse', async (_name, args) => {
  const { exitCode, output, errors } = await verify({}, ...args);

  expect(exitCode).toBe(2);
  expect(output).toBe('');
  expect(errors).not.toBe('');
});

async function verify({ now }: { now?: string }, ...args: string[]) {
  const io = { ...captureIo(), ...(now !== undefined && { clock: () => Date.parse(now) }) };
  const exitCode = await run(['verify', ...args], io);
  return { exitCode, output: io.stdout.text(), errors: io.stderr.text() };
}
