import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { ConfigError } from '../errors';
import { type Credentials, createSignGet } from './signing';

/**
 * Gets a path of the API, with its query string; rejects only where no answer came at all.
 * Percent-encode spaces as `%20`: in a signature `+` is a plus.
 */
export type FetchPath = (
  pathAndQuery: string,
  headers: Readonly<Record<string, string>>,
) => Promise<Response>;

export interface SignedFetchOptions {
  /** Where the API stands, up to `/v1`. */
  readonly apiUrl: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default: that of an execute-api host name, else AWS_REGION. */
  readonly region?: string;
  /** Profile of the shared AWS configuration; default: the usual chain. */
  readonly profile?: string;
  /** Default: environment, profile, SSO, container or instance, in that order. */
  readonly credentials?: Credentials;
  /** Ends what is under way. */
  readonly signal?: AbortSignal;
}

/**
 * A GET signed with the caller's AWS credentials, as API Gateway's IAM authorization asks. Where
 * QUERYTRAIL_TOKEN is set, that JWT goes instead. An API on this machine gets neither.
 *
 * @throws ConfigError where the URL is none or the Region is not known.
 */
export function createSignedFetch(options: SignedFetchOptions): FetchPath {
  const base = parseBase(options.apiUrl);
  const urlOf = (path: string) => new URL(base.pathname.replace(/\/$/, '') + path, base);
  const { env, profile, signal } = options;
  if (isLoopback(base)) return (path, headers) => fetch(urlOf(path), { headers, signal });
  if (env.QUERYTRAIL_TOKEN) {
    const authorization = `Bearer ${env.QUERYTRAIL_TOKEN}`;
    return (path, headers) =>
      fetch(urlOf(path), { headers: { ...headers, authorization }, signal });
  }
  const { region = regionOf(base, env) } = options;
  const credentials = options.credentials ?? fromNodeProviderChain({ profile });
  const sign = createSignGet({ region, credentials });
  return async (path, headers) => {
    const url = urlOf(path);
    const { host: _host, ...signed } = await sign(url, headers);
    return fetch(url, { headers: signed, signal });
  };
}

function parseBase(apiUrl: string): URL {
  const base = URL.parse(apiUrl);
  if (base !== null && /^https?:$/.test(base.protocol)) return base;
  throw new ConfigError('config.api', `--api must be an http or https URL, not ${apiUrl}`);
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function regionOf({ hostname }: URL, env: SignedFetchOptions['env']): string {
  const region =
    /\.execute-api\.([a-z0-9-]+)\./.exec(hostname)?.[1] ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (region !== undefined) return region;
  throw new ConfigError(
    'config.region',
    `the Region of ${hostname} is not known: set AWS_REGION, or use the execute-api host name`,
  );
}
