import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createRemoteApi } from '../../src/local/remote-api';

function event(method = 'GET'): APIGatewayProxyEventV2 {
  const path = '/v1/events';
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: 'q=a+b',
    headers: { accept: 'text/csv', cookie: 'mine=1' },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'local',
      domainName: 'localhost',
      domainPrefix: 'local',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'r1',
      routeKey: '$default',
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
    isBase64Encoded: false,
  };
}

describe('createRemoteApi', () => {
  it('asks the deployed API the same question, and passes its answer on', async () => {
    const fetch = jest.fn(
      async () =>
        new Response('eventId\r\n', {
          status: 200,
          headers: {
            'content-type': 'text/csv',
            'x-querytrail-cursor': 'c1',
            'retry-after': '7',
            'set-cookie': 'a=b',
          },
        }),
    );
    const api = createRemoteApi(fetch);

    const result = await api(event());

    expect(fetch).toHaveBeenCalledWith('/v1/events?q=a%20b', { accept: 'text/csv' });
    expect(result).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'text/csv', 'x-querytrail-cursor': 'c1', 'retry-after': '7' },
      body: Buffer.from('eventId\r\n').toString('base64'),
      isBase64Encoded: true,
    });
  });

  it('answers 502 with the reason when the API cannot be reached', async () => {
    const api = createRemoteApi(async () => {
      throw new Error('getaddrinfo ENOTFOUND api.example');
    });

    expect(await api(event())).toMatchObject({
      statusCode: 502,
      body: expect.stringContaining('ENOTFOUND'),
    });
  });

  it('sends nothing but questions', async () => {
    const fetch = jest.fn();
    const api = createRemoteApi(fetch);

    expect(await api(event('POST'))).toMatchObject({ statusCode: 405 });
    expect(fetch).not.toHaveBeenCalled();
  });
});
