import { type EmbeddedStore, startEmbeddedStore } from '../../src/local/embedded-store';

/** Starts a store for the tests of a file, and sets the environment in which a function finds it. */
export function useStore(): () => EmbeddedStore {
  const env = { ...process.env };
  let store: EmbeddedStore;

  beforeAll(async () => {
    store = await startEmbeddedStore();
    Object.assign(process.env, {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
      QUERYTRAIL_TABLE: store.tableName,
    });
  });

  afterAll(async () => {
    process.env = env;
    await store.close();
  });

  return () => store;
}
