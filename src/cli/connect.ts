import { ConfigError } from '../errors';
import {
  type ApiClient,
  type ApiOptions,
  createApiClient,
  createHttpTransport,
  type Transport,
} from './api-client';
import type { Io } from './io';

const PROBE_MS = 2000;

/**
 * The API that a command asks: the given one, else that of a `querytrail serve` at work on the
 * folder, else the folder's store itself.
 *
 * @throws ConfigError where there is nothing to ask.
 */
export async function connect(options: ApiOptions, { env }: Pick<Io, 'env'>): Promise<ApiClient> {
  const { api, data, profile, region } = options;
  if (api !== undefined) {
    return createApiClient(await createHttpTransport({ apiUrl: api, env, profile, region }));
  }
  return createApiClient(await openData(data, env));
}

async function openData(data: string, env: Io['env']): Promise<Transport> {
  const { readLatestRun } = await import('../local/data-directory');
  const run = await readLatestRun(data);
  if (run === undefined) {
    throw new ConfigError(
      'config.data',
      `there is no store in ${data}: run querytrail serve, name its folder with --data, ` +
        'or a deployed API with --api',
    );
  }
  if (run.url !== undefined && (await isServed(run.url))) {
    return createHttpTransport({ apiUrl: run.url, env });
  }
  const { createStoreTransport } = await import('./store-transport');
  return createStoreTransport(run);
}

/** A `serve` that was killed leaves its address behind. */
export async function isServed(url: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PROBE_MS);
    return (await fetch(`${url}/v1/openapi.json`, { method: 'HEAD', signal })).ok;
  } catch {
    return false;
  }
}
