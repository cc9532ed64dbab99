import { isUtf8 } from 'node:buffer';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { RequestError } from '../errors';
import { toErrorAnswer } from './error-answer';
import { type Answer, type ApiDependencies, jsonAnswer, type Route } from './route';
import { ROUTES } from './routes';

export type Api = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/** What is looked at of an event. */
interface ApiEvent extends Pick<APIGatewayProxyEventV2, 'rawPath' | 'rawQueryString' | 'headers'> {
  readonly requestContext: {
    readonly requestId: string;
    readonly http: { readonly method: string };
  };
}

export interface ApiOptions extends ApiDependencies {
  /** Hears of every error that is not the caller's. */
  readonly onError?: (error: unknown, requestId: string) => void;
}

const ALLOWED_METHODS = 'GET, HEAD';

/**
 * The whole HTTP API as one function of an API Gateway v2 event. Never rejects: whatever goes wrong
 * is an answer.
 */
export function createApi({ onError, ...dependencies }: ApiOptions) {
  return async (event: ApiEvent): Promise<APIGatewayProxyStructuredResultV2> => {
    const { method } = event.requestContext.http;
    const { requestId } = event.requestContext;
    try {
      const { route, path } = findRoute(event.rawPath);
      if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed(method);
      const { rawQueryString, headers } = event;
      const request = { path, rawQueryString, accept: readHeader(headers, 'accept') };
      return toResult(200, await route.answer(request, dependencies));
    } catch (error) {
      const { statusCode, body } = toErrorAnswer(error, requestId);
      if (statusCode >= 500) onError?.(error, requestId);
      const headers = statusCode === 405 ? { allow: ALLOWED_METHODS } : undefined;
      return toResult(statusCode, { ...jsonAnswer(body), headers });
    }
  };
}

interface FoundRoute {
  readonly route: Route;
  readonly path: Record<string, string>;
}

function findRoute(rawPath: string): FoundRoute {
  const segments = rawPath.split('/');
  for (const route of ROUTES) {
    const path = matchPath(route.path.split('/'), segments);
    if (path) return { route, path };
  }
  throw new RequestError(404, 'request.route', 'There is nothing at this path', {
    parameter: 'path',
    value: rawPath.slice(0, 200),
    allowed: ROUTES.map(({ path }) => path).join(', '),
  });
}

function matchPath(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const path: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(expected)?.[1];
    if (name === undefined ? segment !== expected : segment === '') return undefined;
    if (name !== undefined) path[name] = decodeSegment(segment);
  }
  return path;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function methodNotAllowed(method: string): RequestError {
  return new RequestError(405, 'request.method', 'Querytrail is read only', {
    parameter: 'method',
    value: method,
    allowed: ALLOWED_METHODS,
  });
}

/** API Gateway writes header names in lower case; other front ends may not. */
function readHeader(
  headers: Readonly<Record<string, string | undefined>>,
  name: string,
): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

function toResult(
  statusCode: number,
  { contentType, body, headers }: Answer,
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: {
      'content-type': contentType,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    ...encodeBody(body),
  };
}

function encodeBody(body: string | Uint8Array): { body: string; isBase64Encoded?: boolean } {
  if (typeof body === 'string') return { body };
  const bytes = Buffer.from(body);
  if (isUtf8(bytes)) return { body: bytes.toString() };
  return { body: bytes.toString('base64'), isBase64Encoded: true };
}
