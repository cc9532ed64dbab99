import type { IncomingHttpHeaders } from 'node:http';

export interface Refusal {
  readonly code: `request.${string}`;
  readonly message: string;
}

/**
 * Decides whether a request may come in. The server answers without a password, so a page of
 * another site must not reach it through the user's browser: neither by its own name pointed at
 * 127.0.0.1 (Host), nor by calling across origins (Origin, Sec-Fetch-Site).
 *
 * @returns why it is refused, or undefined.
 */
export function refuseForeign(headers: IncomingHttpHeaders, port: number): Refusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host, origin } = headers;
  if (host === undefined || !hosts.includes(host)) {
    return {
      code: 'request.host',
      message: `The Host header must be one of: ${hosts.join(', ')}`,
    };
  }
  if (origin !== undefined && !hosts.includes(origin.replace(/^http:\/\//, ''))) {
    return {
      code: 'request.origin',
      message: `Requests from other origins are refused; allowed: http://${hosts.join(', http://')}`,
    };
  }
  const isForeignSite = headers['sec-fetch-site'] === 'cross-site';
  if (isForeignSite && headers['sec-fetch-mode'] !== 'navigate') {
    return { code: 'request.origin', message: 'Requests from pages of other sites are refused' };
  }
  return undefined;
}
