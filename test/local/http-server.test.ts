import { request } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type HttpServer, startHttpServer } from '../../src/local/http-server';
import type { Page } from '../../src/local/pages';

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

const pages = new Map<string, Page>([
  ['/', { contentType: 'text/html; charset=utf-8', bytes: Buffer.from('<!doctype html>') }],
]);
let seen: APIGatewayProxyEventV2[] = [];
let server: HttpServer;
let port: number;

beforeAll(async () => {
  server = await startHttpServer({
    port: 0,
    pages,
    api: async (event) => {
      seen.push(event);
      return {
        statusCode: 200,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from('{"events":[]}').toString('base64'),
        isBase64Encoded: true,
      };
    },
  });
  port = Number(new URL(server.url).port);
});
beforeEach(() => {
  seen = [];
});
afterAll(() => server.close());

/** `fetch` sets Host and Origin itself; a hostile page's browser is played with plain HTTP. */
function ask(
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    })
      .on('error', reject)
      .end();
  });
}

describe('the local server', () => {
  it('hands the API a true API Gateway v2 event', async () => {
    await ask('/v1/events/a%2Fb?class=DDL&class=DML&q=a%20b', { headers: { 'X-Any': 'Thing' } });

    expect(seen).toEqual([
      expect.objectContaining({
        version: '2.0',
        rawPath: '/v1/events/a%2Fb',
        rawQueryString: 'class=DDL&class=DML&q=a%20b',
        queryStringParameters: { class: 'DDL,DML', q: 'a b' },
        headers: expect.objectContaining({ 'x-any': 'Thing' }),
        isBase64Encoded: false,
        requestContext: expect.objectContaining({
          stage: '$default',
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          http: expect.objectContaining({ method: 'GET', path: '/v1/events/a%2Fb' }),
        }),
      }),
    ]);
  });

  it('answers with the status, headers and decoded body of the result', async () => {
    const answer = await ask('/v1/events');

    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"events":[]}',
    });
  });

  it('answers HEAD without a body', async () => {
    expect(await ask('/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  it('listens on 127.0.0.1 only', () => {
    expect(server.url).toBe(`http://127.0.0.1:${port}`);
  });

  it('says in words that a port is taken', async () => {
    await expect(startHttpServer({ port, pages, api: async () => ({}) })).rejects.toThrow(
      `port ${port} of 127.0.0.1 is taken: choose another one with --port`,
    );
  });
});

describe('requests of other sites', () => {
  it.each([
    ['a foreign Host (DNS rebinding)', { host: 'attacker.example' }],
    ['the right name on another port', { host: '127.0.0.1:1' }],
    ['a foreign Origin', { origin: 'https://attacker.example' }],
    ['an opaque Origin', { origin: 'null' }],
    ['the right host by another scheme', { origin: 'https://localhost' }],
    ['a cross-site script', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ])('are refused by %s', async (_, headers) => {
    const answer = await ask('/v1/events', { headers });

    expect(answer.status).toBe(403);
    expect(answer.body).toMatch(/"code":"request\.(host|origin)"/);
    expect(seen).toEqual([]);
  });

  it.each(['127.0.0.1', 'localhost'])('does not refuse %s', async (name) => {
    const headers = { host: `${name}:${port}`, origin: `http://${name}:${port}` };

    expect(await ask('/v1/events', { headers })).toMatchObject({ status: 200 });
  });

  it('grants no other origin anything', async () => {
    const { headers } = await ask('/v1/events');

    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  });
});

describe('the page', () => {
  it('comes with a policy under which no string becomes markup or code', async () => {
    const { headers } = await ask('/');

    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
        "require-trusted-types-for 'script'; trusted-types 'none'",
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  it.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '//etc/passwd',
    '/app.js/../../package.json',
    '/index.html%00.js',
    '/__proto__',
  ])('is all that there is: %s is not found', async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404 });
  });

  it('cannot be posted to', async () => {
    expect(await ask('/', { method: 'POST' })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    });
  });
});
