import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Api } from '../api/api';
import { ConfigError } from '../errors';
import { sendGatewayResult, toGatewayEvent } from './gateway-event';
import type { Page } from './pages';
import { refuseForeign } from './request-guard';

/** This machine only: the server has no password. */
const ADDRESS = '127.0.0.1';

/** Nothing but the server's own files, and no string ever becomes markup or code. */
const SECURITY_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

export interface HttpServerOptions {
  readonly api: Api;
  readonly pages: ReadonlyMap<string, Page>;
  /** 0 takes a free one. */
  readonly port: number;
}

export interface HttpServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the API below `/v1/` and the dashboard on 127.0.0.1.
 * @throws ConfigError `config.port` where the port is not allowed; Error where it is taken.
 */
export async function startHttpServer({
  api,
  pages,
  port,
}: HttpServerOptions): Promise<HttpServer> {
  let boundPort = port;
  const server = createServer((request, response) => {
    void answer(request, response, { api, pages, port: boundPort });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListenError(error, port)));
    server.listen(port, ADDRESS, resolve);
  });
  const address = server.address();
  if (typeof address === 'object' && address) boundPort = address.port;
  return {
    url: `http://${ADDRESS}:${boundPort}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { api, pages, port }: HttpServerOptions,
): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  const refusal = refuseForeign(request.headers, port);
  if (refusal) return sendError(response, 403, refusal);

  const isHead = request.method === 'HEAD';
  const requestId = randomUUID();
  const event = toGatewayEvent(request, requestId, new Date());
  if (event.rawPath.startsWith('/v1/')) {
    return sendGatewayResult(response, await api(event), isHead);
  }
  const page = pages.get(event.rawPath);
  if (!page) {
    return sendError(response, 404, {
      code: 'request.route',
      message: 'There is nothing at this path; the dashboard is at /, the API below /v1/',
    });
  }
  if (request.method !== 'GET' && !isHead) {
    response.setHeader('allow', 'GET, HEAD');
    return sendError(response, 405, { code: 'request.method', message: 'Pages are read only' });
  }
  response.writeHead(200, {
    'content-type': page.contentType,
    'content-length': page.bytes.length,
    'cache-control': 'no-cache',
  });
  response.end(isHead ? undefined : page.bytes);
}

function sendError(
  response: ServerResponse,
  status: number,
  error: { readonly code: string; readonly message: string },
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify({ error }));
}

function explainListenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new Error(`port ${port} of ${ADDRESS} is taken: choose another one with --port`, {
      cause: error,
    });
  }
  if (error.code === 'EACCES') {
    return new ConfigError('config.port', `port ${port} is not allowed: choose one above 1023`, {
      cause: error,
    });
  }
  return error;
}
