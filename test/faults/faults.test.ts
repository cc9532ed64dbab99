import { DYNAMO_SERVERS, type DynamoServer } from '../integration/dynamo-servers';
import { runScenario } from './scenario';

/** Seeds that once failed stay here. */
const KEPT_SEEDS: readonly number[] = [220];
const SEEDS = [...KEPT_SEEDS, ...Array.from({ length: 10 }, (_, index) => index + 1)];

let server: DynamoServer;

beforeAll(async () => {
  const start = DYNAMO_SERVERS.dynoxide ?? DYNAMO_SERVERS.dynalite;
  if (!start) throw new Error('no DynamoDB on this machine');
  server = await start();
});

afterAll(() => server.close());

test.each(SEEDS)(
  'after bad day %i the store equals the truth, item by item',
  async (seed) => {
    const { differences, items } = await runScenario(server.endpoint, seed);

    expect(differences).toEqual([]);
    expect(items).toBeGreaterThan(0);
  },
  30_000,
);
