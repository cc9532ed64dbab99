import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudTrailClient, ListPublicKeysCommand } from '@aws-sdk/client-cloudtrail';
import { mockClient } from 'aws-sdk-client-mock';
import { ConfigError, UpstreamError } from '../../src/errors';
import { createCloudTrailPublicKeys } from '../../src/integrity/cloudtrail-public-keys';
import { parsePublicKey, readPublicKeys } from '../../src/integrity/public-keys';
import { makeKey, publicKeyList } from './digest-factory';

const key = makeKey();
const at = new Date('2026-03-02T10:30:00Z');

describe('saved keys', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'querytrail-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('are found by fingerprint', async () => {
    const file = join(folder, 'keys.json');
    await writeFile(file, publicKeyList(key, makeKey()));

    const keys = await readPublicKeys(file);

    expect((await keys.find('eu-west-1', key.fingerprint, at))?.asymmetricKeyType).toBe('rsa');
    expect(await keys.find('eu-west-1', '00'.repeat(16), at)).toBeUndefined();
  });

  test.each([
    ['is no JSON', '-----BEGIN PUBLIC KEY-----'],
    ['has no list', '{"Keys":[]}'],
    ['has a value that is not base64', '{"PublicKeyList":[{"Fingerprint":"f","Value":"%"}]}'],
    ['has a value that is no key', '{"PublicKeyList":[{"Fingerprint":"f","Value":"AAAA"}]}'],
  ])('are refused when the file %s', async (_name, text) => {
    const file = join(folder, 'keys.json');
    await writeFile(file, text);

    await expect(readPublicKeys(file)).rejects.toThrow(ConfigError);
    await expect(readPublicKeys(file)).rejects.toThrow(file);
  });
});

test('reads a key in PKCS#1 and in X.509 SubjectPublicKeyInfo', () => {
  const spki = createPublicKey({ key: key.der, format: 'der', type: 'pkcs1' });
  const der = spki.export({ format: 'der', type: 'spki' });

  expect(parsePublicKey(der)?.equals(spki)).toBe(true);
  expect(parsePublicKey(key.der)?.equals(spki)).toBe(true);
});

test('takes no key of another kind than RSA', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  expect(parsePublicKey(publicKey.export({ format: 'der', type: 'spki' }))).toBeUndefined();
});

describe("CloudTrail's own keys", () => {
  test('are asked for once in each Region, at the time of the digest, page by page', async () => {
    const client = mockClient(CloudTrailClient);
    client
      .on(ListPublicKeysCommand)
      .resolvesOnce({ PublicKeyList: [], NextToken: 'more' })
      .resolves({ PublicKeyList: [{ Fingerprint: key.fingerprint, Value: key.der }] });
    const regions: string[] = [];
    const keys = createCloudTrailPublicKeys((region) => {
      regions.push(region);
      return new CloudTrailClient({ region });
    });

    const found = await Promise.all(
      [1, 2, 3].map(() => keys.find('eu-west-1', key.fingerprint, at)),
    );
    await keys.find('us-gov-west-1', key.fingerprint, at);

    expect(found.every((one) => one !== undefined)).toBe(true);
    expect(regions).toEqual(['eu-west-1', 'us-gov-west-1']);
    expect(client.calls()).toHaveLength(3);
    expect(client.call(0).args[0].input).toMatchObject({
      StartTime: new Date('2026-03-02T09:30:00Z'),
      EndTime: new Date('2026-03-02T12:30:00Z'),
    });
  });

  test('that cannot be had now are asked for again', async () => {
    const client = mockClient(CloudTrailClient);
    client
      .on(ListPublicKeysCommand)
      .rejectsOnce(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }))
      .resolves({ PublicKeyList: [{ Fingerprint: key.fingerprint, Value: key.der }] });
    const keys = createCloudTrailPublicKeys((region) => new CloudTrailClient({ region }));

    const first = keys.find('eu-west-1', key.fingerprint, at);
    await expect(first).rejects.toThrow(UpstreamError);
    await expect(first).rejects.toMatchObject({ code: 'cloudtrail.ThrottlingException' });
    expect(await keys.find('eu-west-1', key.fingerprint, at)).toBeDefined();
  });
});
