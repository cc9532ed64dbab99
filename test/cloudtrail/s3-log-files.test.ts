import { createS3LogFiles } from '../../src/cloudtrail/s3-log-files';
import { LogFileError, UpstreamError } from '../../src/errors';
import {
  type ObjectEndpoint,
  type ObjectFault,
  startObjectEndpoint,
} from '../fixtures/object-endpoint';

let endpoint: ObjectEndpoint;

beforeAll(async () => {
  endpoint = await startObjectEndpoint();
});

afterAll(() => endpoint.close());

const body = Buffer.alloc(300_000, 'x');
const location = { bucket: 'trail', key: 'AWSLogs/a b+c.json.gz' };

async function read(faults: ObjectFault[] = []): Promise<Buffer> {
  endpoint.objects.set(`${location.bucket}/${location.key}`, { body, faults });
  const client = endpoint.client();
  try {
    return Buffer.concat(await Array.fromAsync(createS3LogFiles(client).open(location)));
  } finally {
    client.destroy();
  }
}

test('hands over every byte of an object, whatever its key', async () => {
  expect((await read()).equals(body)).toBe(true);
});

test('opens an object as often as asked', async () => {
  endpoint.objects.set(`${location.bucket}/${location.key}`, { body });
  const logFiles = createS3LogFiles(endpoint.client());

  const first = await Array.fromAsync(logFiles.open(location));
  const second = await Array.fromAsync(logFiles.open(location));

  expect(Buffer.concat(first).equals(Buffer.concat(second))).toBe(true);
});

test.each<[ObjectFault, typeof LogFileError | typeof UpstreamError, string]>([
  ['access-denied', LogFileError, 'log-file.access-denied'],
  ['kms-throttled', UpstreamError, 's3.KMS.ThrottlingException'],
  ['slow-down', UpstreamError, 's3.SlowDown'],
  ['truncated', UpstreamError, 's3.interrupted'],
])('an object that answers %s fails with %p', async (fault, type, code) => {
  const error = await read([fault]).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(type);
  expect(error).toMatchObject({ code });
});

test('an object that is gone is gone for good', async () => {
  const open = Array.fromAsync(
    createS3LogFiles(endpoint.client()).open({ bucket: 'trail', key: 'nothing' }),
  );

  await expect(open).rejects.toMatchObject({ code: 'log-file.not-found', retryable: false });
});
