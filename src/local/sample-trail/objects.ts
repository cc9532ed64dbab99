import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { isoSeconds } from './call';
import { BUCKET, type DeliveryPlace, HOME_REGION, ORGANIZATION, type Place, TRAIL } from './places';
import type { Random } from './random';
import type { SigningKey } from './signing-key';

/** A file of the sample, its path below the trail's folder equal to the object key in S3. */
export interface SampleFile {
  readonly path: string;
  readonly bytes: Buffer;
}

export interface LogFile extends SampleFile {
  readonly deliveredMs: number;
  readonly sha256: string;
  readonly oldestEventTime: string;
  readonly newestEventTime: string;
}

const HOUR = 3_600_000;

/** Folder of one kind of object, account, Region and day. */
export function folder(place: Place, kind: string, timeMs: number): string {
  const day = new Date(timeMs).toISOString().slice(0, 10).replaceAll('-', '/');
  return `AWSLogs/${ORGANIZATION}/${place.account}/${kind}/${place.region}/${day}`;
}

/** A log file as CloudTrail delivers it. */
export function logFile(
  place: Place,
  deliveredMs: number,
  records: readonly Record<string, unknown>[],
  random: Random,
): LogFile {
  const json = Buffer.from(JSON.stringify({ Records: records }));
  const times = records.map(({ eventTime }) => String(eventTime)).sort();
  const stamp = isoSeconds(deliveredMs).replace(/[-:]/g, '').slice(0, 13);
  const name = `${place.account}_CloudTrail_${place.region}_${stamp}Z_${random.hex(16)}.json.gz`;
  return {
    path: `${folder(place, 'CloudTrail', deliveredMs)}/${name}`,
    bytes: gzipSync(json, { level: 5 }),
    deliveredMs,
    sha256: sha256(json),
    oldestEventTime: times[0] ?? '',
    newestEventTime: times.at(-1) ?? '',
  };
}

/**
 * The chain of hourly digests over a place's log files, each with the metadata that S3 keeps of it
 * in a file beside it.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
export function* digests(
  place: DeliveryPlace,
  logFiles: readonly LogFile[],
  range: { readonly fromMs: number; readonly toMs: number },
  key: SigningKey,
): Generator<SampleFile> {
  let previous: { path: string; sha256: string; signature: string } | undefined;
  const minuteMs = place.digestMinute * 60_000;
  let startMs = Math.floor((range.fromMs - minuteMs) / HOUR) * HOUR + minuteMs;
  for (; startMs + HOUR <= range.toMs; startMs += HOUR) {
    const endMs = startMs + HOUR;
    const listed = logFiles.filter((f) => f.deliveredMs >= startMs && f.deliveredMs < endMs);
    const path = digestPath(place, endMs);
    const json = Buffer.from(
      JSON.stringify({
        awsAccountId: place.account,
        digestStartTime: isoSeconds(startMs),
        digestEndTime: isoSeconds(endMs),
        digestS3Bucket: BUCKET,
        digestS3Object: path,
        digestPublicKeyFingerprint: key.fingerprint,
        digestSignatureAlgorithm: 'SHA256withRSA',
        newestEventTime:
          listed
            .map((f) => f.newestEventTime)
            .sort()
            .at(-1) ?? null,
        oldestEventTime: listed.map((f) => f.oldestEventTime).sort()[0] ?? null,
        previousDigestS3Bucket: previous ? BUCKET : null,
        previousDigestS3Object: previous?.path ?? null,
        previousDigestHashValue: previous?.sha256 ?? null,
        previousDigestHashAlgorithm: previous ? 'SHA-256' : null,
        previousDigestSignature: previous?.signature ?? null,
        logFiles: listed.map((f) => ({
          s3Bucket: BUCKET,
          s3Object: f.path,
          hashValue: f.sha256,
          hashAlgorithm: 'SHA-256',
          newestEventTime: f.newestEventTime,
          oldestEventTime: f.oldestEventTime,
        })),
      }),
    );
    const hash = sha256(json);
    const signature = key.sign(
      [isoSeconds(endMs), `${BUCKET}/${path}`, hash, previous?.signature ?? 'null'].join('\n'),
    );
    yield { path, bytes: gzipSync(json) };
    yield jsonFile(`${path}.metadata.json`, {
      signature,
      'signature-algorithm': 'SHA256withRSA',
    });
    previous = { path, sha256: hash, signature };
  }
}

export function jsonFile(path: string, value: unknown): SampleFile {
  return { path, bytes: Buffer.from(`${JSON.stringify(value)}\n`) };
}

function digestPath(place: Place, endMs: number): string {
  const stamp = isoSeconds(endMs).replace(/[-:]/g, '');
  const { account, region } = place;
  return `${folder(place, 'CloudTrail-Digest', endMs)}/${account}_CloudTrail-Digest_${region}_${TRAIL}_${HOME_REGION}_${stamp}.json.gz`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
