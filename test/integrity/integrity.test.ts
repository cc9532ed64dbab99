import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { LogFileError, UpstreamError } from '../../src/errors';
import type { Verdict } from '../../src/event/audit-event';
import { createFolderObjects } from '../../src/integrity/folder-objects';
import { createIntegrity } from '../../src/integrity/integrity';
import { countVerdicts } from '../../src/integrity/metrics';
import { parsePublicKey } from '../../src/integrity/public-keys';
import type { DeliveredFile } from '../../src/store/event-store';
import { contentMark, type Receipt } from '../../src/store/receipt';
import { receiptOf } from '../fixtures/receipts';
import { logFileKey, makeKey, makeTrail, type TrailFiles, writeTrail } from './digest-factory';

const key = makeKey();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'querytrail-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('sets the verdict of every log file that a digest names', async () => {
  const { files, digests, logs } = makeTrail({ key, filesPerHour: 3 });
  const [good = '', changed = '', lost = ''] = logs[2] ?? [];
  files.set(changed, gzipSync('{"Records":[{}]}'));
  files.delete(lost);
  const { integrity, verdicts } = await open(files);

  const report = await integrity.verifyDigest({ key: digests[2] ?? '' });

  expect(verdicts).toEqual({ [good]: 'verified', [changed]: 'failed', [lost]: 'missing' });
  expect(report.digests).toMatchObject([{ key: digests[2], verdict: 'verified' }]);
  expect(report.logs).toHaveLength(3);
});

test('names the account, the Region and the day of the receipt', async () => {
  const { files, digests, logs } = makeTrail({ key, hours: 1, filesPerHour: 1 });
  const { integrity, calls } = await open(files);

  await integrity.verifyDigest({ key: digests[0] ?? '' });

  expect(calls).toMatchObject([
    { accountId: '111122223333', region: 'eu-west-1', day: '2026-03-02', key: logs[0]?.[0] },
  ]);
});

test('vouches for nothing that only a digest without signature names', async () => {
  const { files, digests, logs } = makeTrail({ key });
  files.delete(`${digests[4]}.metadata.json`);
  const { integrity, verdicts } = await open(files);

  const report = await integrity.verifyDigest({ key: digests[4] ?? '' });

  expect(report.digests).toMatchObject([{ verdict: 'unsigned' }]);
  expect(verdicts).toEqual(Object.fromEntries((logs[4] ?? []).map((log) => [log, 'unlisted'])));
});

test('tells that the digest before was replaced', async () => {
  const { files, digests } = makeTrail({ key });
  const other = makeTrail({ key, filesPerHour: 1 });
  const [, , replaced = '', arriving = ''] = digests;
  for (const name of [replaced, `${replaced}.metadata.json`]) {
    files.set(name, other.files.get(name) ?? Buffer.alloc(0));
  }
  const { integrity } = await open(files);

  const report = await integrity.verifyDigest({ key: arriving });

  expect(report.digests).toMatchObject([
    { key: arriving, verdict: 'verified' },
    { key: replaced, verdict: 'failed', reason: expect.stringContaining('was replaced') },
  ]);
});

test('marks receipts that no digest has named two hours before its end', async () => {
  const { files, digests } = makeTrail({ key, filesPerHour: 0 });
  const endMs = Date.parse('2026-03-02T14:30:00Z');
  const old = logFileKey({}, endMs - 2 * 3_600_000);
  const proven = logFileKey({ region: 'eu-west-1' }, endMs - 3 * 3_600_000);
  const young = logFileKey({}, endMs - 119 * 60_000);
  const receipts = [
    taken(old, '2026-03-02T12:30:00Z'),
    taken(proven, '2026-03-02T11:30:00Z', { verdict: 'verified' }),
    taken(young, '2026-03-02T12:31:00Z'),
    { ...taken(`${old}2`, '2026-03-02T12:10:00Z'), region: 'us-east-1' },
  ];
  const { integrity, verdicts } = await open(files, receipts);

  await integrity.verifyDigest({ key: digests[4] ?? '' });

  expect(verdicts).toEqual({ [old]: 'unlisted' });
});

test('judges what was taken in by its hash, and reads only what was not', async () => {
  const { files, digests, logs } = makeTrail({ key, hours: 1, filesPerHour: 4 });
  const [same = '', other = '', elsewhere = '', quarantined = ''] = logs[0] ?? [];
  const contentOf = (log: string) =>
    contentMark(
      createHash('sha256')
        .update(gunzipSync(files.get(log) ?? ''))
        .digest(),
    );
  const at = '2026-03-02T09:35:00Z';
  const { integrity, verdicts, read } = await open(files, [
    taken(same, at, { content: contentOf(same) }),
    taken(other, at, { content: contentOf(same) }),
    taken(elsewhere, at, { content: contentOf(same), bucket: 'of-another-trail' }),
    taken(quarantined, at, { status: 'quarantined' }),
  ]);

  const { logs: judged } = await integrity.verifyDigest({ key: digests[0] ?? '' });

  expect(verdicts).toEqual({
    [same]: 'verified',
    [other]: 'failed',
    [elsewhere]: 'verified',
    [quarantined]: 'verified',
  });
  expect(judged.find(({ key }) => key === other)?.reason).toMatch(/taken in with other content/);
  expect(read.toSorted()).toEqual([elsewhere, quarantined].toSorted());
});

test('lists the bucket for the next digest only where one has arrived', async () => {
  const { files, digests } = makeTrail({ key, hours: 4 });
  const { integrity, listed } = await open(files);

  for (const digest of digests) await integrity.verifyDigest({ key: digest });
  const inOrder = [...listed];
  await integrity.verifyDigest({ key: digests[1] ?? '' });
  await integrity.verifyDigest({ key: digests[3] ?? '' });

  expect(inOrder).toEqual([]);
  expect(listed).toEqual([digests[1]]);
});

test('keeps what was found where another file cannot be read for now', async () => {
  const { files, digests, logs } = makeTrail({ key, hours: 1, filesPerHour: 2 });
  const [found = '', busy = ''] = logs[0] ?? [];
  await writeTrail(folder, files);
  const objects = createFolderObjects(folder);
  const verdicts: unknown[] = [];
  const integrity = createIntegrity({
    objects: {
      ...objects,
      open: (location) => {
        if (location.key !== busy) return objects.open(location);
        throw new UpstreamError('s3.SlowDown', 'slow');
      },
    },
    keys: { find: async () => parsePublicKey(key.der) },
    store: {
      setVerdicts: async (some) => {
        verdicts.push(...some.map(({ file, verdict }) => [file.key, verdict]));
      },
      isContinued: async () => false,
      async *listFiles() {},
    },
  });

  await expect(integrity.verifyDigest({ key: digests[0] ?? '' })).rejects.toThrow(UpstreamError);

  expect(verdicts).toEqual([[found, 'verified']]);
});

test('reads the receipts of an hour once for digests that arrive together', async () => {
  const trails = ['111122223333', '444455556666'].map((accountId) =>
    makeTrail({ key, accountId, hours: 1 }),
  );
  await writeTrail(folder, new Map(trails.flatMap(({ files }) => [...files])));
  const asked: string[] = [];
  const integrity = createIntegrity({
    objects: createFolderObjects(folder),
    keys: { find: async () => parsePublicKey(key.der) },
    store: {
      setVerdicts: async () => {},
      isContinued: async () => false,
      // biome-ignore lint/correctness/useYield: nothing was taken in.
      async *listFiles({ from }) {
        asked.push(from.slice(11, 13));
      },
    },
    now: () => 0,
  });

  await Promise.all(trails.map(({ digests }) => integrity.verifyDigest({ key: digests[0] ?? '' })));

  expect(asked).toEqual(['07', '08', '09', '10']);
});

test('reports a digest that is gone or damaged', async () => {
  const { files, digests } = makeTrail({ key });
  const [gone = '', damaged = ''] = digests;
  files.delete(gone);
  files.set(damaged, Buffer.from('nothing'));
  const { integrity, verdicts } = await open(files);

  expect((await integrity.verifyDigest({ key: gone })).digests).toMatchObject([
    { verdict: 'missing' },
  ]);
  expect((await integrity.verifyDigest({ key: damaged })).digests).toMatchObject([
    { verdict: 'failed' },
  ]);
  expect(verdicts).toEqual({});
});

test('leaves it to a person when a log file may not be read', async () => {
  const { files, digests } = makeTrail({ key, hours: 1, filesPerHour: 1 });
  await writeTrail(folder, files);
  const objects = createFolderObjects(folder);
  const verdicts: string[] = [];
  const integrity = createIntegrity({
    objects: {
      ...objects,
      open: () => {
        throw new LogFileError('log-file.access-denied', 'no');
      },
    },
    keys: { find: async () => parsePublicKey(key.der) },
    store: {
      setVerdicts: async (some) => void verdicts.push(...some.map(({ verdict }) => verdict)),
      isContinued: async () => false,
      async *listFiles() {},
    },
  });

  await expect(integrity.verifyDigest({ key: digests[0] ?? '' })).rejects.toThrow(LogFileError);
  expect(verdicts).toEqual([]);
});

test('counts every verdict, zeros included', () => {
  const metrics: Record<string, number> = {};
  const file = (verdict: 'verified' | 'failed') => ({ key: 'k', verdict });

  countVerdicts(
    { digests: [file('verified'), file('failed')], logs: [file('verified'), file('verified')] },
    (name, value) => {
      metrics[name] = value;
    },
  );

  expect(metrics).toEqual({
    DigestsVerified: 1,
    DigestsFailed: 1,
    LogFilesVerified: 2,
    LogFilesFailedIntegrity: 0,
    LogFilesMissing: 0,
    LogFilesUnlisted: 0,
  });
});

async function open(files: TrailFiles, received: readonly DeliveredFile[] = []) {
  await writeTrail(folder, files);
  const verdicts: Record<string, Verdict> = {};
  const calls: object[] = [];
  const read: string[] = [];
  const listed: string[] = [];
  const continued = new Set<string>();
  const objects = createFolderObjects(folder);
  const integrity = createIntegrity({
    objects: {
      ...objects,
      open: (location) => {
        read.push(location.key);
        return objects.open(location);
      },
      digestsAfter: (digest) => {
        listed.push(digest.key);
        return objects.digestsAfter(digest);
      },
    },
    keys: { find: async () => parsePublicKey(key.der) },
    store: {
      setVerdicts: async (some, digests) => {
        for (const { file, verdict } of some) {
          calls.push(file);
          verdicts[file.key] = verdict;
        }
        if (digests?.continued) continued.add(digests.continued.key);
      },
      isContinued: async (digest) => continued.has(digest.key),
      async *listFiles({ from, to }) {
        yield* received.filter(({ deliveredAt }) => deliveredAt >= from && deliveredAt < to);
      },
    },
    now: () => 0,
  });
  return { integrity, verdicts, calls, read, listed };
}

function taken(
  logKey: string,
  deliveredAt: string,
  { verdict = 'unverified', ...given }: Partial<Receipt> & { readonly verdict?: Verdict } = {},
): DeliveredFile {
  const receipt = receiptOf(logKey, {
    accountId: '111122223333',
    day: deliveredAt.slice(0, 10),
    deliveredAt,
    storedAt: deliveredAt,
    ...given,
  });
  return { accountId: '111122223333', region: 'eu-west-1', deliveredAt, receipt, verdict };
}
