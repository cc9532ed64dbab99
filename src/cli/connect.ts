import { ConfigError } from '../errors';
import {
  type ApiClient,
  type ApiOptions,
  createApiClient,
  createHttpTransport,
} from './api-client';
import type { Io } from './io';

/**
 * The API that a command asks: the given one, else that of a `querytrail serve` at work on the
 * folder, else the folder's store itself.
 *
 * @throws ConfigError where there is nothing to ask.
 */
export async function connect(options: ApiOptions, { env }: Pick<Io, 'env'>): Promise<ApiClient> {
  const { profile, region } = options;
  if (options.api !== undefined) {
    return createApiClient(
      await createHttpTransport({ apiUrl: options.api, env, profile, region }),
    );
  }
  throw new ConfigError('config.data', `no store at ${options.data}`);
}
