import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { text } from 'node:stream/consumers';
import { UpstreamError } from '../errors';
import { type Credentials, createSignGet } from '../signing';
import type { LogFileLocation, LogFiles } from './log-files';
import { asS3ReadError } from './s3-log-files';

export interface SignedLogFilesOptions {
  readonly region: string;
  readonly credentials: Credentials;
  /** Default: S3 of the Region. */
  readonly endpoint?: string;
  readonly sleep: (ms: number) => Promise<unknown>;
}

const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 100;
/** Without a byte for so long, the connection is given up. */
const IDLE_MS = 10_000;

/**
 * Log files of S3 by signed requests, without the S3 client, which cannot be bundled in part: its
 * 150 KB are read and compiled at every cold start for this one call. The bytes are those of the
 * object: nothing inflates on the way, whatever Content-Encoding says.
 */
export function createSignedLogFiles(options: SignedLogFilesOptions): LogFiles {
  const { region, credentials, endpoint = endpointOf(region), sleep } = options;
  const sign = createSignGet({ service: 's3', region, credentials });

  async function getObject(location: LogFileLocation, place: string): Promise<IncomingMessage> {
    const url = new URL(`${endpoint}/${encodePath(location)}`);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await send(url, await sign(url), place);
      } catch (error) {
        if (!(error instanceof UpstreamError) || attempt === ATTEMPTS) throw error;
        await sleep(FIRST_PAUSE_MS * 2 ** attempt);
      }
    }
  }

  return {
    async *open(location) {
      const place = `s3://${location.bucket}/${location.key}`;
      yield* readWhole(await getObject(location, place), place);
    },
  };
}

async function send(
  url: URL,
  headers: Record<string, string>,
  place: string,
): Promise<IncomingMessage> {
  const get = url.protocol === 'http:' ? httpGet : httpsGet;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = get(url, { headers, timeout: IDLE_MS }, resolve);
    request.once('timeout', () => request.destroy(new Error('timeout')));
    request.once('error', (cause) =>
      reject(new UpstreamError('s3.unreachable', `cannot reach S3 for ${place}`, { cause })),
    );
  });
  if (response.statusCode === 200) return response;
  const answer = await text(response).catch(() => '');
  const code = /<Code>(\w[\w.]*)<\/Code>/.exec(answer)?.[1] ?? `Status${response.statusCode}`;
  throw asS3ReadError(Object.assign(new Error(`S3 answered ${code}`), { name: code }), place);
}

async function* readWhole(response: IncomingMessage, place: string): AsyncIterable<Uint8Array> {
  let sizeBytes = 0;
  try {
    for await (const chunk of response) {
      sizeBytes += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    throw new UpstreamError('s3.interrupted', `reading ${place} was interrupted`, { cause });
  }
  const expected = response.headers['content-length'];
  if (expected !== undefined && sizeBytes !== Number(expected)) {
    throw new UpstreamError(
      's3.incomplete',
      `${place} ended after ${sizeBytes} of ${expected} bytes`,
    );
  }
}

function endpointOf(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** The bucket stands in the path: in the host name, a dot of it would break the certificate. */
function encodePath({ bucket = '', key }: LogFileLocation): string {
  return [bucket, ...key.split('/')].map(encodeSegment).join('/');
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
