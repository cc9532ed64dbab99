import type * as z from 'zod';
import { errorSchema } from '../api/error-answer';
import { jsonText } from '../api/json-text';
import type { SignedFetchOptions } from '../api/signed-fetch';
import { QuerytrailError } from '../errors';

/** What every asking command takes to find its API. */
export interface ApiOptions {
  /** URL of a deployed API, or of `querytrail serve`. */
  readonly api?: string;
  /** Folder of the local store. */
  readonly data: string;
  readonly profile?: string;
  readonly region?: string;
}

export type QueryParameters = Readonly<
  Record<string, string | number | readonly string[] | undefined>
>;

export interface ApiClient extends AsyncDisposable {
  /** @throws ApiError where the API answers with anything but 200. */
  get<T extends z.ZodType>(path: string, query: QueryParameters, schema: T): Promise<z.output<T>>;
  /** The body as it is. */
  getBytes(path: string, query: QueryParameters): Promise<Uint8Array>;
}

/** Carries one GET to an API and back. */
export interface Transport extends AsyncDisposable {
  send(pathAndQuery: string): Promise<{ readonly status: number; readonly body: Uint8Array }>;
}

/** The API said no, in its own words. */
class ApiError extends QuerytrailError {
  readonly retryable = false;

  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super('api', message);
  }
}

/** Asks an API; `connect` finds the one that is meant. */
export function createApiClient(transport: Transport): ApiClient {
  const getBytes = async (path: string, query: QueryParameters) => {
    const { status, body } = await transport.send(`${path}${toQueryString(query)}`);
    if (status !== 200) throw toApiError(status, body);
    return body;
  };
  return {
    getBytes,
    get: async (path, query, schema) => {
      const body = Buffer.from(await getBytes(path, query)).toString();
      const parsed = jsonText(schema).safeParse(body);
      if (parsed.success) return parsed.data;
      throw new ApiError(200, `${path} answered in a form that this version does not know`);
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

/** Over HTTP: signed, unless the API is on this machine. */
export async function createHttpTransport(options: SignedFetchOptions): Promise<Transport> {
  const { createSignedFetch } = await import('../api/signed-fetch');
  const get = createSignedFetch(options);
  return {
    send: async (pathAndQuery) => {
      const response = await get(pathAndQuery, { accept: 'application/json' }).catch((cause) => {
        throw new Error(`cannot ask ${options.apiUrl}: ${describeFailure(cause)}`, { cause });
      });
      return { status: response.status, body: await response.bytes() };
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Percent-encoded as signatures ask: `+` for a space is not. */
function toQueryString(query: QueryParameters): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => `${name}=${encodeStrictly(String(one))}`),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function toApiError(status: number, body: Uint8Array): ApiError {
  const parsed = jsonText(errorSchema).safeParse(Buffer.from(body).toString());
  if (!parsed.success) return new ApiError(status, describeStatus(status));
  const { message, details } = parsed.data.error;
  const allowed = status === 400 ? (details?.allowed ?? '') : '';
  return new ApiError(status, message.includes(allowed) ? message : `${message}: ${allowed}`);
}

/** API Gateway's own answers carry no error of Querytrail's. */
function describeStatus(status: number): string {
  if (status === 401 || status === 403) {
    return `the API refused these credentials (${status}): they need execute-api:Invoke on it`;
  }
  if (status === 429) return 'the API is throttled (429): try again in a moment';
  return `the API answered ${status}`;
}

/** fetch hides what went wrong below one word. */
function describeFailure(cause: unknown): string {
  const { cause: below = cause } = Object(cause);
  const { code, message } = Object(below);
  return String(code ?? message ?? below);
}
