import { createSignedFetch } from '../../src/api/signed-fetch';
import { expectedSignature, type SentRequest } from '../fixtures/signature-v4';

const API = 'https://abc123.execute-api.eu-central-1.amazonaws.com';
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'session+token/=',
};

const sent: SentRequest[] = [];

beforeEach(() => {
  sent.length = 0;
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    sent.push({ url: new URL(String(url)), headers: Object(init?.headers) });
    return new Response('{}');
  });
});

afterEach(() => jest.restoreAllMocks());

test.each([
  ['/v1/events'],
  ['/v1/events?table=shop.%2A&q=drop%20table%2Bx&class=DDL&class=API'],
  ['/v1/events/a%2Fb%20c/record?eventName=Insert'],
])('signs %s for execute-api', async (path) => {
  const get = createSignedFetch({ apiUrl: API, env: {}, credentials });

  await get(path, { accept: 'application/json' });

  const [request] = sent;
  if (request === undefined) throw new Error('nothing was sent');
  expect(request.url.href).toBe(API + path);
  const secret = credentials.secretAccessKey;
  const signature = expectedSignature(request, {
    region: 'eu-central-1',
    secret,
  });
  expect(request.headers.authorization).toContain(`Signature=${signature}`);
  expect(request.headers['x-amz-security-token']).toBe(credentials.sessionToken);
});

test.each([
  ['the host name', API, undefined, {}, 'eu-central-1'],
  ['an option', API, 'eu-west-1', {}, 'eu-west-1'],
  ['AWS_REGION', 'https://audit.example.com', undefined, { AWS_REGION: 'us-east-2' }, 'us-east-2'],
])('takes the Region of %s', async (_, apiUrl, region, env, expected) => {
  await createSignedFetch({ apiUrl, region, env, credentials })('/v1/events', {});

  expect(sent[0]?.headers.authorization).toContain(`/${expected}/execute-api/`);
});

test('sends the token of QUERYTRAIL_TOKEN in place of a signature', async () => {
  const env = { QUERYTRAIL_TOKEN: 'header.payload.signature' };

  await createSignedFetch({ apiUrl: 'https://audit.example.com', env })('/v1/events', {});

  expect(sent[0]?.headers).toEqual({ authorization: 'Bearer header.payload.signature' });
});

test('refuses a host name that does not tell its Region', () => {
  expect(() => createSignedFetch({ apiUrl: 'https://audit.example.com', env: {} })).toThrow(
    expect.objectContaining({ code: 'config.region' }),
  );
});

test('keeps the path that the API stands below', async () => {
  await createSignedFetch({ apiUrl: `${API}/audit/`, env: {}, credentials })('/v1/events', {});

  expect(sent[0]?.url.pathname).toBe('/audit/v1/events');
});

test.each(['http://127.0.0.1:7333', 'http://localhost:7333', 'http://[::1]:7333'])(
  'sends no credentials to %s',
  async (apiUrl) => {
    await createSignedFetch({ apiUrl, env: {}, credentials })('/v1/events', {});

    expect(sent[0]?.headers).toEqual({});
  },
);
