import { createHash } from 'node:crypto';
import { digestFileKey, makeKey, putDigest, type TrailFiles } from '../integrity/digest-factory';
import type { StoredObject } from './faulty-s3';
import { BUCKET, START, type TrailFile } from './files';
import type { Random } from './random';

export const SIGNING_KEY = makeKey();

const HOUR_MS = 3_600_000;
/** Digests of each account and Region: of the hour of the files, and of those that may name them late. */
const HOURS = 4;

/**
 * The digests of some log files, by key: over files of which some were changed, removed or put there
 * by somebody else, who now and then put another digest in the place of one, too.
 */
export function makeDigests(
  random: Random,
  files: readonly TrailFile[],
): ReadonlyMap<string, StoredObject> {
  const written: TrailFiles = new Map();
  const sources = Map.groupBy(files, ({ account, region }) => `${account} ${region}`);
  for (const members of sources.values()) addSource(written, members, random);
  const keys = [...written.keys()].filter((key) => !key.endsWith('.metadata.json'));
  return new Map(
    keys.map((key) => {
      const metadata = written.get(`${key}.metadata.json`);
      const body = written.get(key) ?? Buffer.alloc(0);
      const isSigned = !random.chance(0.1);
      return [key, { body, metadata: isSigned && metadata ? JSON.parse(`${metadata}`) : {} }];
    }),
  );
}

function addSource(written: TrailFiles, files: readonly TrailFile[], random: Random): void {
  const [place] = files;
  const digests = Array.from({ length: HOURS }, (): object[] => []);
  const unnamed: object[] = [];
  const replaced = random.chance(0.2) ? random.below(2) : undefined;
  for (const file of files) {
    if (random.chance(replaced === undefined ? 0.1 : 0.3)) {
      unnamed.push(listing(file.key, file.content));
      continue;
    }
    const content = random.chance(0.1) ? Buffer.from('what CloudTrail wrote') : file.content;
    const listed = listing(file.key, content);
    const hour = random.below(2);
    digests[hour]?.push(listed);
    // Two digests that name a file: one of them may be unsigned.
    if (replaced === undefined && random.chance(0.15)) digests[1 - hour]?.push(listed);
    if (random.chance(0.1)) digests[0]?.push(listing(file.key.replace('Z_0', 'Z_f'), content));
  }
  let previous = {};
  for (const [hour, logFiles] of digests.entries()) {
    const endMs = START + 20 * 60_000 + hour * HOUR_MS;
    const digestKey = digestFileKey({ accountId: place?.account, region: place?.region }, endMs);
    const digest = {
      awsAccountId: place?.account,
      digestStartTime: toTime(endMs - HOUR_MS),
      digestEndTime: toTime(endMs),
      digestS3Bucket: BUCKET,
      digestS3Object: digestKey,
      digestPublicKeyFingerprint: SIGNING_KEY.fingerprint,
      digestSignatureAlgorithm: 'SHA256withRSA',
      previousDigestSignature: null,
      ...previous,
      logFiles,
    };
    previous = {
      previousDigestS3Bucket: BUCKET,
      previousDigestS3Object: digestKey,
      previousDigestHashValue: sha256(Buffer.from(JSON.stringify(digest))),
      previousDigestHashAlgorithm: 'SHA-256',
      previousDigestSignature: putDigest(written, digestKey, digest, SIGNING_KEY),
    };
    if (hour !== replaced) continue;
    putDigest(written, digestKey, { ...digest, logFiles: [...logFiles, ...unnamed] }, SIGNING_KEY);
  }
}

function listing(s3Object: string, content: Uint8Array): object {
  return { s3Bucket: BUCKET, s3Object, hashValue: sha256(content), hashAlgorithm: 'SHA-256' };
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function toTime(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
