import { createServer } from 'node:http';
import type { Api } from '../../src/api/api';
import { apiRequest } from '../api/factories';

/**
 * Puts an API behind HTTP on this machine; gives its URL and the requests it got. Where the API
 * rejects, the connection is reset.
 */
export async function serveApi(api: Api) {
  const requests: { readonly url: string; readonly headers: NodeJS.Dict<string | string[]> }[] = [];
  const server = createServer(async (request, response) => {
    const url = request.url ?? '';
    requests.push({ url, headers: request.headers });
    const result = await api(apiRequest(url, { headers: { accept: 'application/json' } })).catch(
      () => undefined,
    );
    if (result === undefined) {
      request.socket.resetAndDestroy();
      return;
    }
    response.statusCode = result.statusCode ?? 200;
    for (const [name, value] of Object.entries(result.headers ?? {})) {
      response.setHeader(name, String(value));
    }
    response.end(Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
