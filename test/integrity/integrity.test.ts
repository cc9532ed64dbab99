import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { LogFileError } from '../../src/errors';
import type { Verdict } from '../../src/event/audit-event';
import { createFolderObjects } from '../../src/integrity/folder-objects';
import { createIntegrity } from '../../src/integrity/integrity';
import { countVerdicts } from '../../src/integrity/metrics';
import { parsePublicKey } from '../../src/integrity/public-keys';
import type { Receipt } from '../../src/store/receipt';
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
    receipt(old, '2026-03-02T12:30:00Z'),
    receipt(proven, '2026-03-02T11:30:00Z', 'verified'),
    receipt(young, '2026-03-02T12:31:00Z'),
  ];
  const { integrity, verdicts } = await open(files, receipts);

  await integrity.verifyDigest({ key: digests[4] ?? '' });

  expect(verdicts).toEqual({ [old]: 'unlisted' });
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
      open: (location) => {
        if (location.key === digests[0]) return objects.open(location);
        throw new LogFileError('log-file.access-denied', 'no');
      },
    },
    keys: { find: async () => parsePublicKey(key.der) },
    store: {
      setVerdict: async (_file, verdict) => void verdicts.push(verdict),
      async *listReceipts() {},
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

async function open(files: TrailFiles, receipts: readonly Receipt[] = []) {
  await writeTrail(folder, files);
  const verdicts: Record<string, Verdict> = {};
  const calls: object[] = [];
  const integrity = createIntegrity({
    objects: createFolderObjects(folder),
    keys: { find: async () => parsePublicKey(key.der) },
    store: {
      setVerdict: async (file, verdict) => {
        calls.push(file);
        verdicts[file.key] = verdict;
      },
      async *listReceipts() {
        yield* receipts;
      },
    },
  });
  return { integrity, verdicts, calls };
}

function receipt(logKey: string, deliveredAt: string, integrity: Verdict = 'unverified'): Receipt {
  return {
    key: logKey,
    accountId: '111122223333',
    region: 'eu-west-1',
    day: deliveredAt.slice(0, 10),
    deliveredAt,
    storedAt: deliveredAt,
    status: 'stored',
    records: { seen: 1, kept: 1, skipped: 0, quarantined: 0 },
    quarantined: [],
    counts: { class: {}, outcome: {} },
    integrity,
  };
}
