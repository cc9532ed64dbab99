import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

/** Files by object key; a digest's metadata by its key and `.metadata.json`. */
export type TrailFiles = Map<string, Buffer>;

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly der: Buffer;
  readonly fingerprint: string;
}

export interface TrailOptions {
  readonly key: SigningKey;
  readonly hours?: number;
  readonly filesPerHour?: number;
  readonly accountId?: string;
  readonly region?: string;
  readonly trailName?: string;
  readonly bucket?: string;
  /** What stands before `AWSLogs/`, with its slash. */
  readonly prefix?: string;
  readonly organizationId?: string;
  readonly start?: string;
  /** Hours, from 0, whose digest starts a new chain. */
  readonly restarts?: readonly number[];
  /** Hours that have log files but no digest. */
  readonly silent?: readonly number[];
  /** Changes a digest before it is signed. */
  readonly edit?: (digest: Record<string, unknown>, hour: number) => Record<string, unknown>;
}

export interface Trail {
  readonly files: TrailFiles;
  /** By hour. */
  readonly digests: readonly string[];
  /** By hour. */
  readonly logs: readonly (readonly string[])[];
}

const HOUR_MS = 3_600_000;
const UNIQUE = 'Ab3dEf6hIj9kLm2n';

export function makeKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = publicKey.export({ format: 'der', type: 'pkcs1' });
  return { privateKey, der, fingerprint: createHash('md5').update(der).digest('hex') };
}

/** The answer of ListPublicKeys as the AWS CLI prints it. */
export function publicKeyList(...keys: readonly SigningKey[]): string {
  return JSON.stringify({
    PublicKeyList: keys.map(({ der, fingerprint }) => ({
      Value: der.toString('base64'),
      ValidityStartTime: '2026-02-20T00:00:00+00:00',
      ValidityEndTime: '2026-03-20T00:00:00+00:00',
      Fingerprint: fingerprint,
    })),
  });
}

/** An honest trail: hourly digests, chained and signed, over a few log files each. */
export function makeTrail(options: TrailOptions): Trail {
  const { hours = 5, filesPerHour = 2, key, edit = (digest) => digest } = options;
  const { bucket = 'audit-logs', restarts = [], silent = [] } = options;
  const startMs = Date.parse(options.start ?? '2026-03-02T09:30:00Z');
  const files: TrailFiles = new Map();
  const digests: string[] = [];
  const logs: string[][] = [];
  let previous: { key: string; hash: string; signature: string } | undefined;
  for (let hour = 0; hour < hours; hour++) {
    const [fromMs, toMs] = [startMs + hour * HOUR_MS, startMs + (hour + 1) * HOUR_MS];
    const listed = Array.from({ length: filesPerHour }, (_, index) => {
      const logKey = logFileKey(options, fromMs + (index + 1) * 5 * 60_000);
      const content = Buffer.from(`{"Records":[{"eventID":"${hour}-${index}"}]}`);
      files.set(logKey, gzipSync(content));
      return {
        s3Bucket: bucket,
        s3Object: logKey,
        hashValue: sha256(content),
        hashAlgorithm: 'SHA-256',
        newestEventTime: iso(fromMs),
        oldestEventTime: iso(fromMs),
      };
    });
    logs.push(listed.map(({ s3Object }) => s3Object));
    if (silent.includes(hour)) continue;
    if (restarts.includes(hour)) previous = undefined;
    const digestKey = digestFileKey(options, toMs);
    const digest = edit(
      {
        awsAccountId: options.accountId ?? '111122223333',
        digestStartTime: iso(fromMs),
        digestEndTime: iso(toMs),
        digestS3Bucket: bucket,
        digestS3Object: digestKey,
        digestPublicKeyFingerprint: key.fingerprint,
        digestSignatureAlgorithm: 'SHA256withRSA',
        newestEventTime: null,
        oldestEventTime: null,
        previousDigestS3Bucket: previous ? bucket : null,
        previousDigestS3Object: previous?.key ?? null,
        previousDigestHashValue: previous?.hash ?? null,
        previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
        previousDigestSignature: previous?.signature ?? null,
        logFiles: listed,
      },
      hour,
    );
    const signature = putDigest(files, digestKey, digest, key);
    previous = { key: digestKey, hash: sha256(Buffer.from(JSON.stringify(digest))), signature };
    digests.push(digestKey);
  }
  return { files, digests, logs };
}

/** Writes a digest and the metadata that signs it. */
export function putDigest(
  files: TrailFiles,
  digestKey: string,
  digest: Record<string, unknown>,
  key: SigningKey,
): string {
  const content = Buffer.from(JSON.stringify(digest));
  const text = [
    digest.digestEndTime,
    `${digest.digestS3Bucket}/${digest.digestS3Object}`,
    sha256(content),
    digest.previousDigestSignature ?? 'null',
  ].join('\n');
  const signature = sign('RSA-SHA256', Buffer.from(text), key.privateKey).toString('hex');
  files.set(digestKey, gzipSync(content));
  putMetadata(files, digestKey, { signature, 'signature-algorithm': 'SHA256withRSA' });
  return signature;
}

export function putMetadata(
  files: TrailFiles,
  digestKey: string,
  metadata: Record<string, unknown>,
): void {
  files.set(`${digestKey}.metadata.json`, Buffer.from(JSON.stringify(metadata)));
}

/** The members with which a digest continues the digest of another trail's hour. */
export function previousOf({ files, digests }: Trail, hour: number): Record<string, unknown> {
  const key = digests[hour] ?? '';
  const content = gunzipSync(files.get(key) ?? '');
  const metadata = files.get(`${key}.metadata.json`) ?? '';
  return {
    previousDigestS3Bucket: JSON.parse(content.toString()).digestS3Bucket,
    previousDigestS3Object: key,
    previousDigestHashAlgorithm: 'SHA-256',
    previousDigestHashValue: sha256(content),
    previousDigestSignature: JSON.parse(metadata.toString()).signature,
  };
}

export async function writeTrail(folder: string, files: TrailFiles): Promise<void> {
  for (const [key, bytes] of files) {
    const path = join(folder, key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
}

export function logFileKey(options: Partial<TrailOptions>, deliveredMs: number): string {
  const { accountId = '111122223333', region = 'eu-west-1' } = options;
  const name = `${accountId}_CloudTrail_${region}_${stamp(deliveredMs).slice(0, 13)}Z_${UNIQUE}`;
  return `${folderOf(options, 'CloudTrail', deliveredMs)}/${name}.json.gz`;
}

export function digestFileKey(options: Partial<TrailOptions>, endMs: number): string {
  const { accountId = '111122223333', region = 'eu-west-1', trailName = 'main_trail' } = options;
  const name = `${accountId}_CloudTrail-Digest_${region}_${trailName}_us-east-1_${stamp(endMs)}`;
  return `${folderOf(options, 'CloudTrail-Digest', endMs)}/${name}.json.gz`;
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function folderOf(options: Partial<TrailOptions>, kind: string, timeMs: number): string {
  const { prefix = '', organizationId, accountId = '111122223333', region = 'eu-west-1' } = options;
  const day = iso(timeMs).slice(0, 10).replaceAll('-', '/');
  const organization = organizationId ? `${organizationId}/` : '';
  return `${prefix}AWSLogs/${organization}${accountId}/${kind}/${region}/${day}`;
}

function stamp(timeMs: number): string {
  return iso(timeMs).replace(/[-:]/g, '');
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z');
}
