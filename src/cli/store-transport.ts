import { createApi } from '../api/api';
import type { LogFileLocation } from '../cloudtrail/log-files';
import { startEmbeddedStore } from '../local/embedded-store';
import { openTrailFolder } from '../local/trail-folder';
import { createDynamoEventStore } from '../store/dynamo-event-store';
import type { Transport } from './api-client';

export interface LocalPlaces {
  /** Folder of the log files. */
  readonly trail: string;
  /** Folder of the embedded store. */
  readonly store: string;
}

/** The API in this process, on the store of a `serve` that is not running. */
export async function createStoreTransport({ trail, store }: LocalPlaces): Promise<Transport> {
  const embedded = await startEmbeddedStore({ path: store });
  const dependencies = {
    store: createDynamoEventStore(embedded),
    // Only an original record needs the folder, which may be gone.
    logFiles: {
      async *open(location: LogFileLocation) {
        yield* (await openTrailFolder(trail)).logFiles.open(location);
      },
    },
    clock: Date.now,
  };
  return {
    send: async (pathAndQuery) => {
      const [rawPath = '', rawQueryString = ''] = pathAndQuery.split('?', 2);
      let failure: unknown;
      const onError = (error: unknown) => {
        failure = error;
      };
      const api = createApi({ ...dependencies, onError });
      const result = await api({
        rawPath,
        rawQueryString,
        headers: {},
        requestContext: { requestId: 'local', http: { method: 'GET' } },
      });
      if (failure !== undefined) throw failure;
      return {
        status: result.statusCode ?? 200,
        body: Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8'),
      };
    },
    [Symbol.asyncDispose]: () => embedded.close(),
  };
}
