import { createHash, createHmac } from 'node:crypto';
import { createSignedFetch } from '../../src/api/signed-fetch';

const API = 'https://abc123.execute-api.eu-central-1.amazonaws.com';
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'session+token/=',
};

const sent: { url: URL; headers: Record<string, string> }[] = [];

beforeEach(() => {
  sent.length = 0;
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    sent.push({ url: new URL(String(url)), headers: Object(init?.headers) });
    return new Response('{}');
  });
});

afterEach(() => jest.restoreAllMocks());

/** Signature Version 4 as its documentation puts it, written for this test. */
function expectedSignature({ url, headers }: (typeof sent)[number], region: string): string {
  const strict = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const signedNames = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1] ?? '';
  const all: Record<string, string> = { ...headers, host: url.host };
  const query = [...url.search.slice(1).split('&').filter(Boolean)]
    .map((pair) =>
      pair
        .split('=')
        .map((part) => strict(decodeURIComponent(part)))
        .join('='),
    )
    .sort();
  const canonical = [
    'GET',
    url.pathname.split('/').map(strict).join('/'),
    query.join('&'),
    ...signedNames.split(';').map((name) => `${name}:${all[name]?.trim()}`),
    '',
    signedNames,
    createHash('sha256').update('').digest('hex'),
  ].join('\n');
  const time = all['x-amz-date'] ?? '';
  const scope = `${time.slice(0, 8)}/${region}/execute-api/aws4_request`;
  const toSign = [
    'AWS4-HMAC-SHA256',
    time,
    scope,
    createHash('sha256').update(canonical).digest('hex'),
  ];
  let key = Buffer.from(`AWS4${credentials.secretAccessKey}`);
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update(toSign.join('\n')).digest('hex');
}

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
  expect(request.headers.authorization).toContain(
    `Signature=${expectedSignature(request, 'eu-central-1')}`,
  );
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
