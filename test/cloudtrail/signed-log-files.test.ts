import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createSignedLogFiles } from '../../src/cloudtrail/signed-log-files';
import { LogFileError, UpstreamError } from '../../src/errors';
import {
  type ObjectEndpoint,
  type ObjectFault,
  startObjectEndpoint,
} from '../fixtures/object-endpoint';
import { expectedSignature } from '../fixtures/signature-v4';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'secret',
  sessionToken: 'token',
};
const body = Buffer.alloc(300_000, 'x');
const location = { bucket: 'trail', key: "AWSLogs/a b+c!'é.json.gz" };

let endpoint: ObjectEndpoint;
let pauses: number[];

beforeAll(async () => {
  endpoint = await startObjectEndpoint();
});

beforeEach(() => {
  pauses = [];
});

afterAll(() => endpoint.close());

function logFilesAt(url: string) {
  return createSignedLogFiles({
    region: 'eu-west-1',
    credentials,
    endpoint: url,
    sleep: async (ms) => pauses.push(ms),
  });
}

async function read(faults: ObjectFault[] = []): Promise<Buffer> {
  endpoint.objects.set(`${location.bucket}/${location.key}`, { body, faults });
  return Buffer.concat(await Array.fromAsync(logFilesAt(endpoint.url).open(location)));
}

test('hands over every byte of an object, whatever its key', async () => {
  expect((await read()).equals(body)).toBe(true);
});

test('tries again, after growing pauses, what may pass', async () => {
  expect((await read(['slow-down', 'kms-throttled'])).equals(body)).toBe(true);
  expect(pauses).toEqual([200, 400]);
});

test.each<[ObjectFault[], typeof LogFileError | typeof UpstreamError, string]>([
  [['access-denied'], LogFileError, 'log-file.access-denied'],
  [['slow-down', 'slow-down', 'slow-down'], UpstreamError, 's3.SlowDown'],
  [['truncated'], UpstreamError, 's3.interrupted'],
])('an object that answers %j fails', async (faults, type, code) => {
  const error = await read(faults).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(type);
  expect(error).toMatchObject({ code });
});

test('an object that is gone is gone for good', async () => {
  const open = Array.fromAsync(logFilesAt(endpoint.url).open({ bucket: 'trail', key: 'nothing' }));

  await expect(open).rejects.toMatchObject({ code: 'log-file.not-found', retryable: false });
  expect(pauses).toEqual([]);
});

test('an endpoint that is not there may come back', async () => {
  const open = Array.fromAsync(logFilesAt('http://127.0.0.1:1').open(location));

  await expect(open).rejects.toMatchObject({ code: 's3.unreachable', retryable: true });
});

test('signs the request, and takes the object as it is stored', async () => {
  const object = gzipSync('{"Records":[]}');
  const requests: { url: URL; headers: Record<string, string> }[] = [];
  const server = createServer((request, response) => {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    requests.push({ url: new URL(request.url ?? '', `http://${headers.host}`), headers });
    // CloudTrail marks its objects so; an HTTP client that inflates them would hide what is stored.
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': object.length });
    response.end(object);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const chunks = await Array.fromAsync(logFilesAt(`http://127.0.0.1:${port}`).open(location));
  await new Promise((resolve) => server.close(resolve));

  expect(Buffer.concat(chunks).equals(object)).toBe(true);
  const [request] = requests;
  if (request === undefined) throw new Error('nothing was sent');
  expect(request.headers).toMatchObject({
    'x-amz-content-sha256': expect.stringMatching(/^[0-9a-f]{64}$/),
    'x-amz-security-token': 'token',
  });
  const signing = { service: 's3', region: 'eu-west-1', secret: credentials.secretAccessKey };
  expect(request.headers.authorization).toContain(
    `Signature=${expectedSignature(request, signing)}`,
  );
});
