import { gzipSync } from 'node:zlib';
import { createApi } from '../../src/api/api';
import type { LogFiles } from '../../src/cloudtrail/log-files';
import { createIngest } from '../../src/ingest/ingest-file';
import { startEmbeddedStore } from '../../src/local/embedded-store';
import { type HttpServer, startHttpServer } from '../../src/local/http-server';
import { loadPages } from '../../src/local/pages';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import type { TestRecord } from '../fixtures/records';

export interface DashboardServer extends HttpServer {
  /** Takes in another log file. */
  add(records: readonly TestRecord[]): Promise<void>;
}

/** The dashboard before a store that holds these records. */
export async function serveRecords(
  records: readonly TestRecord[],
  now: Date,
): Promise<DashboardServer> {
  const files: Buffer[] = [];
  const logFiles: LogFiles = {
    async *open({ key }) {
      yield files[Number.parseInt(key, 10)] ?? Buffer.of();
    },
  };
  const embedded = await startEmbeddedStore();
  const store = createDynamoEventStore(embedded);
  const deliveredAt = new Date(now.getTime() - 3_600_000).toISOString();
  const day = deliveredAt.slice(0, 10);
  const ingest = createIngest({ logFiles, store, clock: () => now });
  const [accountId, region] = ['444455556666', 'eu-west-1'];
  async function add(more: readonly TestRecord[]): Promise<void> {
    const key = `${files.push(gzipSync(JSON.stringify({ Records: more }))) - 1}.json.gz`;
    const result = await ingest({ key }, { place: { accountId, region, day, deliveredAt } });
    if (result.kind === 'stored') await store.putReceipts([result.receipt]);
  }
  await add(records);
  const server = await startHttpServer({
    api: createApi({ store, logFiles, clock: () => now.getTime() }),
    pages: await loadPages('dist/web'),
    port: 0,
  });
  return {
    url: server.url,
    add,
    async close() {
      await server.close();
      await embedded.close();
    },
  };
}
