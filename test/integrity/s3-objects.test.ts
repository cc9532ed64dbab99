import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { UpstreamError } from '../../src/errors';
import { parsePublicKey } from '../../src/integrity/public-keys';
import { createBucketObjects } from '../../src/integrity/s3-objects';
import { verifyTrail } from '../../src/integrity/verify-trail';
import { makeKey, makeTrail, previousOf, type TrailFiles } from './digest-factory';

const key = makeKey();
const keys = { find: async () => parsePublicKey(key.der) };
const s3 = mockClient(S3Client);

beforeEach(() => s3.reset());

test('verifies a bucket', async () => {
  serve({ 'audit-logs': makeTrail({ key, prefix: 'team/' }).files });

  const findings = await verify('audit-logs', 'team/');

  expect(findings).toHaveLength(15);
  expect(findings.every(({ verdict }) => verdict === 'verified')).toBe(true);
});

test('fails digests that were copied to another bucket or below another prefix', async () => {
  const { files } = makeTrail({ key });
  const below = new Map([...files].map(([path, bytes]) => [`copy/${path}`, bytes]));
  serve({ other: files, 'audit-logs': below });

  for (const [bucket, root] of [
    ['other', ''],
    ['audit-logs', 'copy/'],
  ] as const) {
    const digests = (await verify(bucket, root)).filter(({ kind }) => kind === 'digest');
    expect(digests).toHaveLength(5);
    for (const { verdict, reason } of digests) {
      expect(verdict).toBe('failed');
      expect(reason).toMatch(/^was moved/);
    }
  }
});

test('follows a chain into the bucket that the trail used before', async () => {
  const before = makeTrail({ key, bucket: 'old-logs', hours: 2 });
  const since = makeTrail({
    key,
    hours: 3,
    start: '2026-03-02T11:30:00Z',
    edit: (digest, hour) => (hour === 0 ? { ...digest, ...previousOf(before, 1) } : digest),
  });
  serve({ 'old-logs': before.files, 'audit-logs': since.files });

  const findings = await verify('audit-logs');

  expect(findings.map(({ key }) => key).sort()).toEqual(
    [...before.digests, ...before.logs.flat(), ...since.digests, ...since.logs.flat()].sort(),
  );
  expect(findings.every(({ verdict }) => verdict === 'verified')).toBe(true);
});

test('says which files could not be read for now', async () => {
  const { files, logs, digests } = makeTrail({ key });
  serve({ 'audit-logs': files });
  const [log] = logs[4] ?? [];
  const slow = Object.assign(new Error('slow down'), { name: 'SlowDown' });
  s3.on(GetObjectCommand, { Key: log }).rejects(slow);
  s3.on(GetObjectCommand, { Key: digests[0] }).rejects(slow);

  const findings = await verify('audit-logs');

  expect(findings).toContainEqual({
    kind: 'log',
    key: log,
    verdict: 'unverified',
    reason: expect.stringContaining('could not be read'),
  });
  expect(findings).toContainEqual({
    kind: 'digest',
    key: digests[0],
    verdict: 'failed',
    reason: expect.stringContaining('could not be read'),
  });
});

test('gives up when the bucket cannot be listed', async () => {
  s3.on(ListObjectsV2Command).rejects(Object.assign(new Error('slow down'), { name: 'SlowDown' }));

  await expect(verify('audit-logs')).rejects.toThrow(UpstreamError);
});

async function verify(bucket: string, root = '') {
  const objects = createBucketObjects(new S3Client({}), bucket);
  return Array.fromAsync(verifyTrail({ objects, keys, root, now: new Date() }));
}

/** A bucket that answers two keys a page. */
function serve(buckets: Record<string, TrailFiles>): void {
  s3.on(ListObjectsV2Command).callsFake((input) => {
    const { Bucket, Prefix = '', Delimiter, StartAfter = '', ContinuationToken = '' } = input;
    const after = ContinuationToken > StartAfter ? ContinuationToken : StartAfter;
    const names = [...(buckets[Bucket]?.keys() ?? [])]
      .filter((name) => name.startsWith(Prefix) && !name.endsWith('.metadata.json'))
      .map((name) => {
        const end = Delimiter ? name.indexOf(Delimiter, Prefix.length) : -1;
        return end < 0 ? name : name.slice(0, end + 1);
      });
    const found = [...new Set(names)].sort().filter((name) => name > after);
    const page = found.slice(0, 2);
    return {
      Contents: page.filter((name) => !name.endsWith('/')).map((Key) => ({ Key })),
      CommonPrefixes: page.filter((name) => name.endsWith('/')).map((Prefix) => ({ Prefix })),
      NextContinuationToken: found.length > 2 ? page[1] : undefined,
    };
  });
  s3.on(GetObjectCommand).callsFake(({ Bucket, Key }) => {
    const bytes = find(buckets, Bucket, Key);
    const metadata = buckets[Bucket]?.get(`${Key}.metadata.json`);
    return {
      Body: Readable.from([bytes]),
      ContentLength: bytes.length,
      Metadata: metadata && JSON.parse(metadata.toString()),
    };
  });
}

function find(buckets: Record<string, TrailFiles>, bucket: string, key: string): Buffer {
  const bytes = buckets[bucket]?.get(key);
  if (bytes === undefined) throw Object.assign(new Error('gone'), { name: 'NoSuchKey' });
  return bytes;
}
