import { gzipSync } from 'node:zlib';
import { createApi } from '../../src/api/api';
import type { LogFiles } from '../../src/cloudtrail/log-files';
import { createIngest } from '../../src/ingest/ingest-file';
import { startEmbeddedStore } from '../../src/local/embedded-store';
import { type HttpServer, startHttpServer } from '../../src/local/http-server';
import { loadPages } from '../../src/local/pages';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import type { TestRecord } from '../fixtures/records';

/** The dashboard before a store that holds these records. */
export async function serveRecords(records: readonly TestRecord[], now: Date): Promise<HttpServer> {
  const bytes = gzipSync(JSON.stringify({ Records: records }));
  const logFiles: LogFiles = {
    async *open() {
      yield bytes;
    },
  };
  const embedded = await startEmbeddedStore();
  const store = createDynamoEventStore(embedded);
  const day = now.toISOString().slice(0, 10);
  await createIngest({ logFiles, store, clock: () => now })(
    { key: 'trail.json.gz' },
    {
      place: {
        accountId: '444455556666',
        region: 'eu-west-1',
        day,
        deliveredAt: now.toISOString(),
      },
    },
  );
  const server = await startHttpServer({
    api: createApi({ store, logFiles, clock: () => now.getTime() }),
    pages: await loadPages('dist/web'),
    port: 0,
  });
  return {
    url: server.url,
    async close() {
      await server.close();
      await embedded.close();
    },
  };
}
