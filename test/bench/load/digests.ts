/** Writes the digests that name a folder's log files, and verifies them as the function does. */
import { createHash, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parseObjectKey } from '../../../src/cloudtrail/object-key';
import { createIntegrity } from '../../../src/integrity/integrity';
import { parsePublicKey } from '../../../src/integrity/public-keys';
import type { EventStore } from '../../../src/store/event-store';
import { makeKey, type SigningKey } from '../../integrity/digest-factory';

export interface DigestLoad {
  readonly digests: number;
  readonly processorSeconds: number;
  /** GetObject. */
  readonly objectRequests: number;
  readonly listRequests: number;
}

interface SignedDigest {
  readonly key: string;
  readonly body: Buffer;
  readonly signature: string;
}

const BUCKET = 'audit-logs';
/** Digests of a hundred accounts that a window of five minutes brings together. */
const DIGESTS_PER_BATCH = 8;
const WINDOW_MS = 5 * 60_000;
const HALF_HOUR_MS = 30 * 60_000;
const HOUR_MS = 2 * HALF_HOUR_MS;

/** Windows begin at half past, as they may: a digest then names files of two hours. */
export async function verifyDigests(
  folder: string,
  files: readonly string[],
  store: EventStore,
): Promise<DigestLoad> {
  const key = makeKey();
  const digests = signDigests(folder, files, key);
  const objects = new Map(digests.map((digest) => [digest.key, digest]));
  const publicKey = parsePublicKey(key.der);
  let objectRequests = 0;
  let listRequests = 0;
  let now = 0;
  const integrity = createIntegrity({
    objects: {
      open: ({ key }) => {
        objectRequests += 1;
        return Readable.from([readFileSync(join(folder, key))]);
      },
      openDigest: async ({ key }) => {
        objectRequests += 1;
        const digest = objects.get(key);
        if (digest === undefined) throw new Error(`no digest: ${key}`);
        const { body, signature } = digest;
        const metadata = { signature, 'signature-algorithm': 'SHA256withRSA' };
        return { body: Readable.from([body]), metadata };
      },
      // biome-ignore lint/correctness/useYield: as digests arrive, there is no next one yet.
      async *digestsAfter() {
        listRequests += 1;
      },
      relocation: () => (location) => location,
    },
    keys: { find: async () => publicKey },
    store,
    now: () => now,
  });

  const startCpu = process.cpuUsage();
  let verified = 0;
  for (let at = 0; at < digests.length; at += DIGESTS_PER_BATCH) {
    const batch = digests.slice(at, at + DIGESTS_PER_BATCH);
    const reports = await Promise.all(
      batch.map(({ key }) => integrity.verifyDigest({ bucket: BUCKET, key })),
    );
    verified += reports.flatMap(({ logs }) => logs).filter(isVerified).length;
    now += WINDOW_MS;
  }
  const { user, system } = process.cpuUsage(startCpu);
  if (verified !== files.length) throw new Error(`${verified} of ${files.length} files verified`);
  const processorSeconds = (user + system) / 1e6;
  const requests = { objectRequests, listRequests };
  return { digests: digests.length, processorSeconds, ...requests };
}

function isVerified({ verdict }: { readonly verdict: string }): boolean {
  return verdict === 'verified';
}

/** Hour by hour, the accounts side by side, each digest with its predecessor. */
function signDigests(folder: string, files: readonly string[], key: SigningKey): SignedDigest[] {
  const windows = Map.groupBy(files, (file) => {
    const endMs = windowEnd(file);
    return `${new Date(endMs).toISOString()} ${accountOf(file)}`;
  });
  const newest = new Map<string, SignedDigest>();
  return [...windows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([window, named]) => {
      const [end = '', account = ''] = window.split(' ');
      const before = newest.get(account);
      const digest = signDigest(folder, named, { account, end, before, key });
      newest.set(account, digest);
      return digest;
    });
}

interface DigestPlace {
  readonly account: string;
  readonly end: string;
  readonly before?: SignedDigest;
  readonly key: SigningKey;
}

function signDigest(
  folder: string,
  named: readonly string[],
  { account, end, before, key }: DigestPlace,
): SignedDigest {
  const [endTime, stamp] = [seconds(end), seconds(end).replace(/[-:]/g, '')];
  const day = end.slice(0, 10).replaceAll('-', '/');
  const place = `AWSLogs/o-ab12cd34ef/${account}/CloudTrail-Digest/eu-west-1/${day}`;
  const digestKey = `${place}/${account}_CloudTrail-Digest_eu-west-1_main_eu-west-1_${stamp}.json.gz`;
  const content = Buffer.from(
    JSON.stringify({
      digestStartTime: seconds(new Date(Date.parse(end) - HOUR_MS).toISOString()),
      digestEndTime: endTime,
      digestS3Bucket: BUCKET,
      digestS3Object: digestKey,
      digestPublicKeyFingerprint: key.fingerprint,
      digestSignatureAlgorithm: 'SHA256withRSA',
      previousDigestS3Bucket: before && BUCKET,
      previousDigestS3Object: before?.key,
      previousDigestHashValue: before && sha256(gunzipSync(before.body)),
      previousDigestHashAlgorithm: before && 'SHA-256',
      previousDigestSignature: before?.signature ?? null,
      logFiles: named.map((file) => ({
        s3Bucket: BUCKET,
        s3Object: file,
        hashValue: sha256(gunzipSync(readFileSync(join(folder, file)))),
        hashAlgorithm: 'SHA-256',
      })),
    }),
  );
  const text = [
    endTime,
    `${BUCKET}/${digestKey}`,
    sha256(content),
    before?.signature ?? 'null',
  ].join('\n');
  const signature = sign('RSA-SHA256', Buffer.from(text), key.privateKey).toString('hex');
  return { key: digestKey, body: gzipSync(content), signature };
}

function windowEnd(file: string): number {
  const object = parseObjectKey(file);
  const deliveredAt = object.kind === 'log' ? object.deliveredAt : undefined;
  if (deliveredAt === undefined) throw new Error(`no log file: ${file}`);
  const hours = Math.floor((Date.parse(deliveredAt) - HALF_HOUR_MS) / HOUR_MS);
  return (hours + 1) * HOUR_MS + HALF_HOUR_MS;
}

function accountOf(file: string): string {
  const object = parseObjectKey(file);
  return object.kind === 'log' ? object.accountId : '';
}

function seconds(time: string): string {
  return time.replace('.000Z', 'Z');
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
