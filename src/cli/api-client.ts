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
  /**
   * @throws ApiError where the API answers with anything but 200.
   * @throws NoAnswerError where none comes.
   */
  get<T extends z.ZodType>(path: string, query: QueryParameters, schema: T): Promise<z.output<T>>;
  /** The body as it is. */
  getBytes(path: string, query: QueryParameters): Promise<Uint8Array>;
}

/** Carries one GET to an API and back. */
export interface Transport extends AsyncDisposable {
  /** @throws NoAnswerError. */
  send(pathAndQuery: string): Promise<TransportAnswer>;
}

interface TransportAnswer {
  readonly status: number;
  readonly body: Uint8Array;
  /** The header Retry-After, as it came. */
  readonly retryAfter?: string;
}

/** What a network does to a request whose next one it may carry; a wrong certificate is none. */
const PASSING =
  /^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|E(HOST|NET)UNREACH|ENETDOWN|EAI_AGAIN|UND_ERR_SOCKET|UND_ERR_\w+_TIMEOUT)$/;
const NOBODY_THERE = /^(ECONNREFUSED|ENOTFOUND)$/;

/** The API said no, in its own words. */
export class ApiError extends QuerytrailError {
  readonly retryable: boolean;

  constructor(
    readonly statusCode: number,
    message: string,
    readonly retryAfter?: string,
  ) {
    super('api', message);
    this.retryable = statusCode === 429 || statusCode >= 500;
  }
}

/** Nothing came back. */
export class NoAnswerError extends QuerytrailError {
  readonly retryable: boolean;

  /** @param reason - code of the system or of undici, such as ECONNRESET; else a message. */
  constructor(
    apiUrl: string,
    readonly reason: string,
    cause: unknown,
  ) {
    super('api.no-answer', `cannot ask ${apiUrl}: ${reason}`, { cause });
    this.retryable = PASSING.test(reason) || NOBODY_THERE.test(reason);
  }

  /** A wrong address, or an API that is not there for now: no code tells them apart. */
  get isNobodyThere(): boolean {
    return NOBODY_THERE.test(this.reason);
  }
}

/** Asks an API; `connect` finds the one that is meant. */
export function createApiClient(transport: Transport): ApiClient {
  const getBytes = async (path: string, query: QueryParameters) => {
    const answer = await transport.send(`${path}${toQueryString(query)}`);
    if (answer.status !== 200) throw toApiError(answer);
    return answer.body;
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

/** Over HTTP: signed, unless the API is on this machine. Its end is that of a request under way. */
export async function createHttpTransport(
  options: Omit<SignedFetchOptions, 'signal'>,
): Promise<Transport> {
  const { createSignedFetch } = await import('../api/signed-fetch');
  const ending = new AbortController();
  const get = createSignedFetch({ ...options, signal: ending.signal });
  return {
    send: async (pathAndQuery) => {
      try {
        const response = await get(pathAndQuery, { accept: 'application/json' });
        const retryAfter = response.headers.get('retry-after') ?? undefined;
        return { status: response.status, body: await response.bytes(), retryAfter };
      } catch (cause) {
        throw new NoAnswerError(options.apiUrl, describeFailure(cause), cause);
      }
    },
    [Symbol.asyncDispose]: async () => ending.abort(),
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

function toApiError({ status, body, retryAfter }: TransportAnswer): ApiError {
  const parsed = jsonText(errorSchema).safeParse(Buffer.from(body).toString());
  if (!parsed.success) return new ApiError(status, describeStatus(status), retryAfter);
  const { message, details } = parsed.data.error;
  const { allowed = '', value } = status === 400 ? (details ?? {}) : {};
  const text = message.includes(allowed) ? message : `${message}: ${allowed}`;
  const given = typeof value === 'string' && !text.includes(value) ? `, not ${value}` : '';
  return new ApiError(status, text + given, retryAfter);
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
