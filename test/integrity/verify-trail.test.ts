import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createFolderObjects } from '../../src/integrity/folder-objects';
import { readPublicKeys } from '../../src/integrity/public-keys';
import type { Selection } from '../../src/integrity/streams';
import { type Finding, verifyTrail } from '../../src/integrity/verify-trail';
import {
  digestFileKey,
  logFileKey,
  makeKey,
  makeTrail,
  previousOf,
  publicKeyList,
  putDigest,
  putMetadata,
  type Trail,
  type TrailFiles,
  type TrailOptions,
  writeTrail,
} from './digest-factory';

const KEY = makeKey();
const OLD_KEY = makeKey();
const FOREIGN_KEY = makeKey();
const NOW = new Date('2026-03-03T00:00:00Z');
const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

test('verifies an honest trail', async () => {
  const trail = makeTrail({ key: KEY });

  const found = await verify(trail.files);

  expect(found).toHaveLength(5 + 10);
  expect(problems(found)).toEqual([]);
});

test.each<[string, Partial<TrailOptions>]>([
  ['a prefix before AWSLogs', { prefix: 'team/a b/' }],
  ['an organization trail', { organizationId: 'o-ab12cd34ef' }],
  ['a GovCloud Region', { region: 'us-gov-west-1' }],
  ['a Region that nobody has heard of', { region: 'xx-moon-9' }],
  ['hours without log files', { filesPerHour: 0 }],
  ['a trail name with the separators of file names', { trailName: 'a_CloudTrail-Digest_b.c-1' }],
  ['midnight', { start: '2026-02-28T22:00:00Z' }],
])('verifies %s', async (_name, options) => {
  const found = await verify(makeTrail({ key: KEY, ...options }).files);

  expect(found.length).toBeGreaterThan(0);
  expect(problems(found)).toEqual([]);
});

test('verifies several trails, accounts and Regions in one bucket', async () => {
  const files: TrailFiles = new Map();
  const parts: Partial<TrailOptions>[] = [
    { trailName: 'one' },
    { trailName: 'two', start: '2026-03-02T09:33:00Z', filesPerHour: 0 },
    { region: 'us-east-1', organizationId: 'o-ab12cd34ef' },
    { accountId: '444455556666' },
  ];
  for (const part of parts) addAll(files, makeTrail({ key: KEY, ...part }));

  const found = await verify(files);

  expect(found.filter(({ kind }) => kind === 'digest')).toHaveLength(20);
  expect(problems(found)).toEqual([]);
});

test.each(['AWSLogs', 'AWSLogs/111122223333', '..', '../..'])(
  'verifies a copy whose root lies at %s of the bucket',
  async (root) => {
    const { files } = makeTrail({ key: KEY });

    const found = await verify(files, { root });

    expect(found).toHaveLength(15);
    expect(problems(found)).toEqual([]);
  },
);

test('reports keys as paths below the folder', async () => {
  const { files, digests, logs } = makeTrail({ key: KEY, hours: 1, filesPerHour: 1 });

  const found = await verify(files);

  expect(found.map(({ key }) => key)).toEqual([...digests, ...logs.flat()]);
});

describe('finds', () => {
  test('one changed byte of a log file', async () => {
    const trail = makeTrail({ key: KEY });
    const key = pick(trail.logs[2]);
    const content = gunzipSync(get(trail.files, key)).toString().replace('2-0', '2-9');
    trail.files.set(key, gzipSync(content));

    expect(problems(await verify(trail.files))).toEqual([
      [key, 'failed', 'was changed: its SHA-256 is not the one that was signed'],
    ]);
  });

  test('a deleted log file', async () => {
    const trail = makeTrail({ key: KEY });
    const key = pick(trail.logs[0]);
    trail.files.delete(key);

    expect(problems(await verify(trail.files))).toEqual([
      [key, 'missing', 'is listed by a digest but is not there'],
    ]);
  });

  test.each([
    ['a second gzip member', gzipSync('{"Records":[]}'), 'goes on with a further gzip member'],
    ['an empty gzip member', gzipSync(''), 'goes on with a further gzip member'],
    ['zero bytes', Buffer.alloc(2), 'goes on behind its gzip data'],
  ])('%s appended to a log file', async (_name, appended, reason) => {
    const trail = makeTrail({ key: KEY });
    const key = pick(trail.logs[4]);
    trail.files.set(key, Buffer.concat([get(trail.files, key), appended]));

    expect(problems(await verify(trail.files))).toEqual([[key, 'failed', reason]]);
  });

  test('a digest replaced and signed by a foreign key', async () => {
    const trail = makeTrail({ key: KEY });
    const forged = makeTrail({ key: FOREIGN_KEY, filesPerHour: 1 });
    const key = pick(trail.digests, 2);
    trail.files.set(key, get(forged.files, key));
    trail.files.set(`${key}.metadata.json`, get(forged.files, `${key}.metadata.json`));

    const found = problems(await verify(trail.files));

    expect(found).toContainEqual([key, 'failed', expect.stringContaining('not among the public')]);
    expect(found).toContainEqual([key, 'failed', expect.stringContaining('was replaced')]);
    expect(verdicts(found)).toEqual({ failed: 1, unlisted: 2 });
  });

  test('a digest replaced and signed by a foreign key under a known fingerprint', async () => {
    const trail = makeTrail({ key: KEY });
    const key = pick(trail.digests, 2);
    putDigest(trail.files, key, { ...readDigest(trail, key), logFiles: [] }, FOREIGN_KEY);

    const found = problems(await verify(trail.files));

    expect(found).toContainEqual([
      key,
      'failed',
      expect.stringMatching(/^does not match its signature; it was replaced/),
    ]);
    expect(verdicts(found)).toEqual({ failed: 1, unlisted: 2 });
  });

  test('a digest replaced and signed by an old key of CloudTrail itself', async () => {
    const trail = makeTrail({ key: KEY });
    const key = pick(trail.digests, 2);
    const fingerprint = { digestPublicKeyFingerprint: OLD_KEY.fingerprint };
    const digest = { ...readDigest(trail, key), ...fingerprint, logFiles: [] };
    putDigest(trail.files, key, digest, OLD_KEY);

    const found = problems(await verify(trail.files));

    expect(found).toContainEqual([
      key,
      'failed',
      expect.stringMatching(/^was replaced: .*SHA-256/),
    ]);
    expect(verdicts(found)).toEqual({ failed: 1, unlisted: 2 });
  });

  test.each(['original', 'other'])(
    'the %s content of a file with two signed hashes',
    async (content) => {
      const trail = makeTrail({ key: KEY });
      const key = pick(trail.logs[2]);
      const other = Buffer.from('{"Records":[{}]}');
      // No later digest tells that this one was replaced.
      const newest = pick(trail.digests, 4);
      const digest = readDigest(trail, newest);
      const [listed] = readDigest(trail, pick(trail.digests, 2)).logFiles as object[];
      const hashValue = createHash('sha256').update(other).digest('hex');
      const logFiles = [...(digest.logFiles as object[]), { ...listed, hashValue }];
      putDigest(trail.files, newest, { ...digest, logFiles }, KEY);
      if (content === 'other') trail.files.set(key, gzipSync(other));

      expect(problems(await verify(trail.files))).toEqual([
        [key, 'failed', 'is named by two verified digests, with different hashes'],
      ]);
    },
  );

  test('a digest with the same content under another signature', async () => {
    const trail = makeTrail({ key: KEY });
    const key = pick(trail.digests, 3);
    const next = pick(trail.digests, 4);
    const digest = { ...readDigest(trail, next), previousDigestSignature: 'ab'.repeat(256) };
    putDigest(trail.files, next, digest, KEY);

    expect(problems(await verify(trail.files))).toContainEqual([
      key,
      'failed',
      expect.stringMatching(/^was replaced: its signature/),
    ]);
  });

  test('a dropped pair of digests', async () => {
    const trail = makeTrail({ key: KEY });
    const [, second = '', third = '', fourth] = trail.digests;
    for (const key of [second, third]) removeDigest(trail.files, key);

    const found = problems(await verify(trail.files));

    expect(found).toContainEqual([
      third,
      'missing',
      `is named as the previous one by ${fourth} but is not there`,
    ]);
    expect(verdicts(found)).toEqual({ missing: 1, unlisted: 4 });
  });

  test('the oldest digest gone', async () => {
    const trail = makeTrail({ key: KEY });
    removeDigest(trail.files, pick(trail.digests));

    expect(verdicts(problems(await verify(trail.files)))).toEqual({ missing: 1, unlisted: 2 });
  });

  test('the newest digests gone: their log files cannot be verified', async () => {
    const trail = makeTrail({ key: KEY });
    for (const key of trail.digests.slice(2)) removeDigest(trail.files, key);

    expect(verdicts(problems(await verify(trail.files)))).toEqual({ unverified: 6 });
  });

  test('a digest moved to another folder', async () => {
    const trail = makeTrail({ key: KEY });
    const key = pick(trail.digests, 4);
    const moved = key.replace('/2026/03/02/', '/2026/03/03/');
    trail.files.set(moved, get(trail.files, key));
    trail.files.set(`${moved}.metadata.json`, get(trail.files, `${key}.metadata.json`));
    removeDigest(trail.files, key);

    const found = problems(await verify(trail.files));

    expect(found).toContainEqual([
      moved,
      'failed',
      `was moved: CloudTrail wrote it to s3://audit-logs/${key}`,
    ]);
  });

  test('an older digest put in the place of another', async () => {
    const trail = makeTrail({ key: KEY });
    const [older = '', newer = ''] = trail.digests;
    trail.files.set(newer, get(trail.files, older));
    trail.files.set(`${newer}.metadata.json`, get(trail.files, `${older}.metadata.json`));

    expect(problems(await verify(trail.files))).toContainEqual([
      newer,
      'failed',
      expect.stringMatching(/^was moved/),
    ]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'names another signature algorithm',
      { digestSignatureAlgorithm: 'SHA1withRSA' },
      'SHA1withRSA',
    ],
    ['names none', { digestSignatureAlgorithm: undefined }, 'digestSignatureAlgorithm'],
    ['names another hash of the previous', { previousDigestHashAlgorithm: 'MD5' }, '"MD5"'],
    ['has no previous signature member', { previousDigestSignature: undefined }, 'previousDigest'],
    ['has no fingerprint', { digestPublicKeyFingerprint: undefined }, 'digestPublicKeyFingerprint'],
    ['has no list of log files', { logFiles: undefined }, 'logFiles'],
    ['has an end that is no time', { digestEndTime: 'soon' }, 'digestEndTime'],
  ])('a digest that %s', async (_name, change, word) => {
    const edit = (digest: Record<string, unknown>, hour: number) =>
      hour === 3 ? { ...digest, ...change } : digest;
    const trail = makeTrail({ key: KEY, hours: 4, edit });

    expect(problems(await verify(trail.files))).toContainEqual([
      pick(trail.digests, 3),
      'failed',
      expect.stringContaining(word),
    ]);
  });

  test.each<[string, unknown, string, string]>([
    ['no metadata', undefined, 'unsigned', 'has no signature'],
    ['metadata without signature', {}, 'unsigned', 'has no signature'],
    ['an empty signature', { signature: '' }, 'unsigned', 'has no signature'],
    ['no algorithm', { signature: 'ab' }, 'failed', 'names no signature algorithm'],
    [
      'another algorithm',
      { signature: 'ab', 'signature-algorithm': 'MD5withRSA' },
      'failed',
      '"MD5withRSA"',
    ],
    [
      'a signature that is not hex',
      { signature: 'xyz', 'signature-algorithm': 'SHA256withRSA' },
      'failed',
      'does not match',
    ],
    ['metadata that is no object', [], 'failed', 'metadata that is not a JSON object'],
  ])('a digest with %s', async (_name, metadata, verdict, reason) => {
    const trail = makeTrail({ key: KEY });
    const key = pick(trail.digests, 4);
    if (metadata === undefined) trail.files.delete(`${key}.metadata.json`);
    else putMetadata(trail.files, key, metadata as Record<string, unknown>);

    const found = problems(await verify(trail.files));

    expect(found).toContainEqual([key, verdict, expect.stringContaining(reason)]);
    expect(verdicts(found)).toMatchObject({ [verdict]: 1 });
  });

  test('metadata that is not JSON', async () => {
    const trail = makeTrail({ key: KEY });
    const key = pick(trail.digests, 4);
    trail.files.set(`${key}.metadata.json`, Buffer.from('{'));

    expect(verdicts(problems(await verify(trail.files)))).toMatchObject({ failed: 1 });
  });

  test('a log file listed with another hash algorithm', async () => {
    const edit = (digest: Record<string, unknown>) => ({
      ...digest,
      logFiles: (digest.logFiles as object[]).map((file) => ({ ...file, hashAlgorithm: 'MD5' })),
    });
    const trail = makeTrail({ key: KEY, hours: 1, filesPerHour: 1, edit });

    expect(problems(await verify(trail.files))).toEqual([
      [pick(trail.logs[0]), 'failed', expect.stringContaining('"MD5"')],
    ]);
  });

  test('log files that no digest names, two hours before the newest digest and earlier', async () => {
    const trail = makeTrail({ key: KEY });
    const endMs = Date.parse('2026-03-02T14:30:00Z');
    const planted = logFileKey({}, endMs - 2 * 3_600_000);
    const young = logFileKey({}, endMs - 2 * 3_600_000 + 60_000);
    const nameless = planted.replace(/[^/]+$/, 'x.json.gz');
    for (const key of [planted, young, nameless]) trail.files.set(key, gzipSync('{"Records":[]}'));

    const found = problems(await verify(trail.files));

    expect(found).toHaveLength(3);
    expect(found).toContainEqual([planted, 'unlisted', 'is named by no digest']);
    expect(found).toContainEqual([nameless, 'unlisted', 'is named by no digest']);
    expect(found).toContainEqual([young, 'unverified', 'is named by no digest yet']);
  });

  test('log files where there is no digest at all', async () => {
    const trail = makeTrail({ key: KEY, hours: 1 });
    removeDigest(trail.files, pick(trail.digests));

    expect(verdicts(problems(await verify(trail.files)))).toEqual({ unverified: 2 });
  });
});

test('follows a chain into the layout from before the trail became one of an organization', async () => {
  const alone = makeTrail({ key: KEY, hours: 1 });
  const trail = makeTrail({
    key: KEY,
    hours: 2,
    start: '2026-03-02T10:30:00Z',
    organizationId: 'o-ab12cd34ef',
    edit: (digest, hour) => (hour === 0 ? { ...digest, ...previousOf(alone, 0) } : digest),
  });
  addAll(trail.files, alone);

  const found = await verify(trail.files);

  expect(problems(found)).toEqual([]);
});

test('accepts a starting digest in the middle and says what nothing vouches for', async () => {
  const trail = makeTrail({ key: KEY, hours: 6, restarts: [4], silent: [2, 3], filesPerHour: 0 });

  const found = await verify(trail.files);

  expect(problems(found)).toEqual([]);
  expect(found.filter(({ reason }) => reason !== undefined)).toMatchObject([
    {
      key: digestFileKey({}, Date.parse('2026-03-02T14:30:00Z')),
      verdict: 'verified',
      reason:
        'starts a new chain: no digest vouches for the time from 2026-03-02T11:30:00Z to 2026-03-02T13:30:00Z',
    },
  ]);
});

test('takes a backfill digest for the files that the ordinary one missed', async () => {
  const full = makeTrail({ key: KEY, hours: 4 });
  const edit = (digest: Record<string, unknown>, hour: number) =>
    hour === 1 ? { ...digest, logFiles: [] } : digest;
  const trail = makeTrail({ key: KEY, hours: 4, edit });
  expect(verdicts(problems(await verify(trail.files)))).toEqual({ unlisted: 2 });

  const ordinary = pick(full.digests, 1);
  const key = ordinary.replace('.json.gz', '_backfill.json.gz');
  const digest = { ...readDigest(full, ordinary), digestS3Object: key };
  const signature = putDigest(trail.files, key, digest, KEY);
  putMetadata(trail.files, key, {
    signature,
    'signature-algorithm': 'SHA256withRSA',
    'backfill-generation-timestamp': '2026-03-02T20:00:00.000Z',
  });

  const found = await verify(trail.files);
  expect(found.filter(({ kind }) => kind === 'digest')).toHaveLength(5);
  expect(problems(found)).toEqual([]);
});

test.each([
  ['2026-03-02T10:30:00.000Z', '2026-03-02T11:30:00.123Z'],
  ['2026-03-02T12:30:00+02:00', '2026-03-02T13:30:00+02:00'],
])('signs times as they are written: %s', async (digestStartTime, digestEndTime) => {
  const edit = (digest: Record<string, unknown>, hour: number) =>
    hour === 1 ? { ...digest, digestStartTime, digestEndTime } : digest;

  const found = await verify(makeTrail({ key: KEY, hours: 3, edit }).files);

  expect(problems(found)).toEqual([]);
});

describe('selects', () => {
  const selection = {
    from: new Date('2026-03-02T11:30:00Z'),
    to: new Date('2026-03-02T12:30:00Z'),
  };

  test('digests and log files of a time range', async () => {
    const trail = makeTrail({ key: KEY, hours: 8 });

    const found = await verify(trail.files, { selection });

    expect(found.map(({ key }) => key)).toEqual([trail.digests[2], ...(trail.logs[2] ?? [])]);
    expect(problems(found)).toEqual([]);
  });

  test('nothing outside of it, damaged or not', async () => {
    const trail = makeTrail({ key: KEY, hours: 8 });
    for (const hour of [0, 1, 3, 6]) {
      trail.files.delete(pick(trail.logs[hour]));
      trail.files.delete(`${pick(trail.digests, hour)}.metadata.json`);
    }

    expect(problems(await verify(trail.files, { selection }))).toEqual([]);
  });

  test('a file that a later digest names', async () => {
    const late = pick(makeTrail({ key: KEY }).logs[2]);
    const edit = (digest: Record<string, unknown>, hour: number) => {
      const files = digest.logFiles as { s3Object: string }[];
      if (hour === 2) return { ...digest, logFiles: files.filter((f) => f.s3Object !== late) };
      return hour === 3 ? { ...digest, logFiles: [...files, moved] } : digest;
    };
    const moved = (readDigest(makeTrail({ key: KEY }), digestKeyOf(2)).logFiles as object[])[0];
    const trail = makeTrail({ key: KEY, hours: 5, edit });

    const found = await verify(trail.files, { selection });

    expect(found).toHaveLength(3);
    expect(problems(found)).toEqual([]);
  });

  test('an account and a Region', async () => {
    const wanted = makeTrail({ key: KEY, region: 'us-east-1' });
    addAll(wanted.files, makeTrail({ key: KEY }));
    addAll(wanted.files, makeTrail({ key: KEY, accountId: '444455556666', region: 'us-east-1' }));

    const found = await verify(wanted.files, {
      selection: { accountId: '111122223333', region: 'us-east-1' },
    });

    expect(found).toHaveLength(15);
    expect(found.every(({ key }) => key.includes('111122223333_CloudTrail'))).toBe(true);
    expect(found.every(({ key }) => key.includes('us-east-1/'))).toBe(true);
  });
});

test('reads nothing outside of the folder, whatever a signed digest names', async () => {
  const edit = (digest: Record<string, unknown>) => ({
    ...digest,
    logFiles: [
      { s3Bucket: 'b', s3Object: '../../etc/x.gz', hashValue: 'ab', hashAlgorithm: 'SHA-256' },
    ],
  });
  const trail = makeTrail({ key: KEY, hours: 1, filesPerHour: 0, edit });

  expect(problems(await verify(trail.files))).toMatchObject([['../../etc/x.gz', 'missing', {}]]);
});

interface VerifyOptions {
  readonly root?: string;
  readonly selection?: Selection;
}

async function verify(files: TrailFiles, { root = '', selection }: VerifyOptions = {}) {
  const parent = await mkdtemp(join(tmpdir(), 'querytrail-'));
  folders.push(parent);
  const folder = join(parent, 'evidence', 'bucket');
  await writeTrail(folder, files);
  const keysFile = join(parent, 'keys.json');
  await writeTrail(parent, new Map([['keys.json', Buffer.from(publicKeyList(KEY, OLD_KEY))]]));
  const objects = createFolderObjects(join(folder, root));
  const keys = await readPublicKeys(keysFile);
  const findings = await Array.fromAsync(verifyTrail({ objects, keys, selection, now: NOW }));
  const rank = ({ kind, key }: Finding) => `${kind} ${key}`;
  return findings.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

function problems(findings: readonly Finding[]): (string | undefined)[][] {
  return findings
    .filter(({ verdict }) => verdict !== 'verified')
    .map(({ key, verdict, reason }) => [key, verdict, reason]);
}

function verdicts(found: readonly (string | undefined)[][]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [, verdict = ''] of found) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

function addAll(files: TrailFiles, trail: Trail): void {
  for (const [key, bytes] of trail.files) files.set(key, bytes);
}

function removeDigest(files: TrailFiles, key: string): void {
  files.delete(key);
  files.delete(`${key}.metadata.json`);
}

function readDigest(trail: Trail, key: string): Record<string, unknown> {
  return JSON.parse(gunzipSync(get(trail.files, key)).toString());
}

function digestKeyOf(hour: number): string {
  return digestFileKey({}, Date.parse('2026-03-02T10:30:00Z') + hour * 3_600_000);
}

function get(files: TrailFiles, key: string): Buffer {
  const bytes = files.get(key);
  if (bytes === undefined) throw new Error(`the test has no file ${key}`);
  return bytes;
}

function pick(keys: readonly string[] | undefined, index = 0): string {
  const key = keys?.[index];
  if (key === undefined) throw new Error(`the test has no key ${index}`);
  return key;
}
