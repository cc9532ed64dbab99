import { Readable } from 'node:stream';
import { CloudTrailClient, ListPublicKeysCommand } from '@aws-sdk/client-cloudtrail';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { fileOfKey } from '../../src/store/delivery';
import { createDynamoCalls } from '../../src/store/dynamo-calls';
import { createVerdicts } from '../../src/store/verdicts';
import { makeKey, makeTrail } from '../integrity/digest-factory';
import { callWithMessages } from './lambda-call';
import { useStore } from './lambda-store';

const BUCKET = 'audit-logs';
const s3 = mockClient(S3Client);
const cloudTrail = mockClient(CloudTrailClient);
const storeOf = useStore();

test('sets the verdicts of a digest’s log files and hands back only what failed for now', async () => {
  const key = makeKey();
  const { files, digests, logs } = makeTrail({ key, hours: 3, filesPerHour: 1 });
  const [good = '', lost = '', busy = ''] = logs.flat();
  files.delete(lost);
  const get = (path = '') => {
    if (path === busy) throw Object.assign(new Error('slow'), { name: 'SlowDown' });
    const bytes = files.get(path);
    if (bytes === undefined) throw Object.assign(new Error('gone'), { name: 'NoSuchKey' });
    return bytes;
  };
  s3.on(GetObjectCommand).callsFake(({ Key }) => {
    const metadata = files.get(`${Key}.metadata.json`);
    return {
      Body: Readable.from([get(Key)]),
      Metadata: metadata && JSON.parse(metadata.toString()),
    };
  });
  s3.on(ListObjectsV2Command).resolves({});
  cloudTrail
    .on(ListPublicKeysCommand)
    .resolves({ PublicKeyList: [{ Fingerprint: key.fingerprint, Value: key.der }] });
  const { handler } = await import('../../lambda/integrity/handler');

  const { failed, metrics } = await callWithMessages(
    handler,
    digests.map((digest) => JSON.stringify({ bucket: BUCKET, key: digest })),
  );

  expect(failed).toEqual(['m-2']);
  const verdicts = await createVerdicts(createDynamoCalls(storeOf())).proofsOf(
    [good, lost, busy].flatMap((name) => fileOfKey(name) ?? []),
  );
  expect([...verdicts].map(([name, { verdict }]) => [name, verdict])).toEqual([
    [good, 'verified'],
    [lost, 'missing'],
  ]);
  expect(metrics).toEqual({
    DigestsVerified: 2,
    DigestsFailed: 0,
    LogFilesVerified: 1,
    LogFilesFailedIntegrity: 0,
    LogFilesMissing: 1,
    LogFilesUnlisted: 0,
  });
});
