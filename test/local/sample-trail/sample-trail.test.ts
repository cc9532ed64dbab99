import { createHash, createPublicKey, verify } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { parseObjectKey } from '../../../src/cloudtrail/object-key';
import type { SampleFile } from '../../../src/local/sample-trail/objects';
import { generateSampleTrail } from '../../../src/local/sample-trail/sample-trail';

const NOW = new Date('2026-03-09T10:00:00Z');

const recordSchema = z.looseObject({
  eventID: z.string(),
  eventTime: z.iso.datetime(),
  eventName: z.string(),
  eventSource: z.string(),
  errorCode: z.string().optional(),
  userIdentity: z.looseObject({ type: z.string() }),
  requestParameters: z.record(z.string(), z.unknown()).nullable(),
  responseElements: z.record(z.string(), z.unknown()).nullable(),
});
const digestSchema = z.looseObject({
  digestEndTime: z.string(),
  digestS3Bucket: z.string(),
  digestS3Object: z.string(),
  previousDigestS3Object: z.string().nullable(),
  previousDigestSignature: z.string().nullable(),
  previousDigestHashValue: z.string().nullable(),
  logFiles: z.array(z.object({ s3Object: z.string(), hashValue: z.string() }).loose()),
});
const metadataSchema = z.strictObject({
  signature: z.string(),
  'signature-algorithm': z.literal('SHA256withRSA'),
});
const publicKeysSchema = z.object({
  PublicKeyList: z.tuple([z.looseObject({ Value: z.string(), Fingerprint: z.string() })]),
});
const historySchema = z.object({
  QueryExecutions: z.array(
    z.looseObject({
      QueryExecutionId: z.string(),
      Query: z.string(),
      Status: z.looseObject({ State: z.string() }),
    }),
  ),
  NamedQueries: z.array(z.looseObject({ NamedQueryId: z.string() })),
  PreparedStatements: z.array(z.looseObject({ StatementName: z.string() })),
});

const files = new Map(
  [...generateSampleTrail({ now: NOW })].map((file) => [file.path, file] as const),
);
const logFiles = [...files.values()].filter(({ path }) => parseObjectKey(path).kind === 'log');
const digests = [...files.values()].filter(({ path }) => parseObjectKey(path).kind === 'digest');
const records = logFiles.flatMap(
  (file) => z.object({ Records: z.array(recordSchema) }).parse(json(file)).Records,
);
const kept = records.filter(({ eventSource }) => /^(athena|cassandra)\./.test(eventSource));
const history = historySchema.parse(json(file('athena-history.json')));

describe('the sample trail', () => {
  it('covers three accounts in two Regions, each file in the layout of an organization', () => {
    const keys = logFiles.map(({ path }) => parseObjectKey(path));
    const places = new Set(
      keys.map((key) => ('accountId' in key ? `${key.accountId} ${key.region}` : '')),
    );

    expect(places.size).toBe(6);
    expect(keys.every((key) => 'organizationId' in key && 'deliveredAt' in key)).toBe(true);
  });

  it('keeps thousands of events among at least ten times as many of other services', () => {
    expect(kept.length).toBeGreaterThanOrEqual(3_000);
    expect(records.length - kept.length).toBeGreaterThanOrEqual(10 * kept.length);
  });

  it('lies within the seven days before now', () => {
    const times = records.map(({ eventTime }) => Date.parse(eventTime)).sort((a, b) => a - b);

    expect(times[0]).toBeGreaterThanOrEqual(NOW.getTime() - 7 * 86_400_000);
    expect(times.at(-1)).toBeLessThan(NOW.getTime());
  });

  it('has every identity type', () => {
    expect(new Set(kept.map(({ userIdentity }) => userIdentity.type))).toEqual(
      new Set([
        'AWSAccount',
        'AWSService',
        'AssumedRole',
        'Directory',
        'FederatedUser',
        'IAMUser',
        'IdentityCenterUser',
        'Role',
        'Root',
        'SAMLUser',
        'Unknown',
        'WebIdentityUser',
      ]),
    );
  });

  it.each(['CreateKeyspace', 'AlterTable', 'CreateUdt', 'DropTable', 'RestoreTable', 'Select'])(
    'has the Keyspaces event %s',
    (eventName) => {
      expect(kept.some((record) => record.eventName === eventName)).toBe(true);
    },
  );

  it('has masked text, clear text under both names, and failures', () => {
    const starts = kept.filter(({ eventName }) => eventName === 'StartQueryExecution');
    const texts = starts.map(({ requestParameters }) => requestParameters ?? {});

    expect(texts.some(({ queryString }) => queryString === '***OMITTED***')).toBe(true);
    expect(texts.some(({ queryString }) => /^SELECT/.test(String(queryString)))).toBe(true);
    expect(texts.some(({ query }) => /^SELECT/.test(String(query)))).toBe(true);
    expect(starts.some(({ errorCode }) => errorCode === 'AccessDeniedException')).toBe(true);
  });

  it('repeats some records, as CloudTrail does', () => {
    expect(new Set(records.map(({ eventID }) => eventID)).size).toBeLessThan(records.length);
  });

  it('knows the history of nearly all masked statements, in every state', () => {
    const known = new Set(history.QueryExecutions.map(({ QueryExecutionId }) => QueryExecutionId));
    const accepted = new Set(
      kept
        .filter(({ eventName }) => eventName === 'StartQueryExecution')
        .flatMap(({ responseElements }) => responseElements?.queryExecutionId ?? []),
    );
    const missing = [...accepted].filter((id) => !known.has(String(id)));

    expect(missing.length).toBeGreaterThan(0);
    expect(missing.length).toBeLessThan(accepted.size * 0.02);
    expect(new Set(history.QueryExecutions.map(({ Status }) => Status.State))).toEqual(
      new Set(['SUCCEEDED', 'FAILED', 'CANCELLED', 'RUNNING']),
    );
    expect(history.NamedQueries.length).toBeGreaterThan(0);
    expect(history.PreparedStatements.length).toBeGreaterThan(0);
  });

  it('has other objects lying about', () => {
    const kinds = new Set([...files.keys()].map((path) => parseObjectKey(path).kind));

    expect(kinds).toEqual(new Set(['log', 'digest', 'insight', 'aggregated', 'foreign']));
  });

  it('is the same for the same time and seed, and another for another seed', () => {
    const again = generateSampleTrail({ now: NOW });
    for (const { path, bytes } of again) {
      expect(files.get(path)?.bytes.equals(bytes)).toBe(true);
    }
    const [otherKeys] = generateSampleTrail({ now: NOW, seed: 8 });

    expect(otherKeys?.bytes.equals(file('public-keys.json').bytes)).toBe(false);
  });
});

describe('the digests of the sample trail', () => {
  const [publicKey] = publicKeysSchema.parse(json(file('public-keys.json'))).PublicKeyList;
  const der = Buffer.from(publicKey.Value, 'base64');
  const key = createPublicKey({ key: der, format: 'der', type: 'pkcs1' });

  it('are hourly for each place and end within the last hour', () => {
    expect(digests.length).toBeGreaterThanOrEqual(6 * 167);
    expect(createHash('md5').update(der).digest('hex')).toBe(publicKey.Fingerprint);
  });

  it('are truly signed, each with the metadata beside it', () => {
    const wrong = digests.filter((digest) => {
      const content = gunzipSync(digest.bytes);
      const parsed = digestSchema.parse(JSON.parse(content.toString()));
      const { signature } = metadataSchema.parse(json(file(`${digest.path}.metadata.json`)));
      const text = [
        parsed.digestEndTime,
        `${parsed.digestS3Bucket}/${parsed.digestS3Object}`,
        sha256(content),
        parsed.previousDigestSignature ?? 'null',
      ].join('\n');
      return !verify('RSA-SHA256', Buffer.from(text), key, Buffer.from(signature, 'hex'));
    });

    expect(wrong).toEqual([]);
  });

  it('form one unbroken chain for each place', () => {
    const broken = digests.filter((digest) => {
      const parsed = digestSchema.parse(json(digest));
      const previous = files.get(parsed.previousDigestS3Object ?? '');
      if (previous) return sha256(gunzipSync(previous.bytes)) !== parsed.previousDigestHashValue;
      return parsed.previousDigestS3Object !== null;
    });
    const starting = digests.filter(
      (d) => digestSchema.parse(json(d)).previousDigestS3Object === null,
    );

    expect(broken).toEqual([]);
    expect(starting).toHaveLength(6);
  });

  it('name every log file but those of the last hour, with the hash of its content', () => {
    const listed = new Map(
      digests
        .flatMap((digest) => digestSchema.parse(json(digest)).logFiles)
        .map(({ s3Object, hashValue }) => [s3Object, hashValue]),
    );
    const unlisted = logFiles.filter(({ path }) => !listed.has(path));
    const altered = logFiles.filter(({ path, bytes }) => {
      const hash = listed.get(path);
      return hash !== undefined && hash !== sha256(gunzipSync(bytes));
    });

    expect(altered).toEqual([]);
    expect(unlisted.filter(({ path }) => deliveredMs(path) < NOW.getTime() - 3_600_000)).toEqual(
      [],
    );
  });
});

function file(path: string): SampleFile {
  const found = files.get(path);
  if (!found) throw new Error(`the sample has no ${path}`);
  return found;
}

function json({ path, bytes }: SampleFile): unknown {
  return JSON.parse(Buffer.from(path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
}

function deliveredMs(path: string): number {
  const key = parseObjectKey(path);
  return 'deliveredAt' in key ? Date.parse(key.deliveredAt ?? '') : Number.NaN;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
