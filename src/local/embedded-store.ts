import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { Level } from 'level';
import * as z from 'zod';
import { tableDefinition } from '../store/table-definition';

export interface EmbeddedStore {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  readonly tableName: string;
  close(): Promise<void>;
}

export interface EmbeddedStoreOptions {
  /** Folder of the data; absent: in memory. */
  readonly path?: string;
  readonly tableName?: string;
}

const obstacleSchema = z.object({ code: z.string(), message: z.string() });
const IN_USE = 'LEVEL_LOCKED';

/** Starts a DynamoDB inside this process, on a free port of 127.0.0.1, with the table in it. */
export async function startEmbeddedStore(
  options: EmbeddedStoreOptions = {},
): Promise<EmbeddedStore> {
  const { path, tableName = 'querytrail' } = options;
  if (path) {
    await mkdir(path, { recursive: true });
    await refuseObstacle(path);
  }
  const server = dynalite({ path, createTableMs: 0, deleteTableMs: 0 });
  const endpoint = await listen(server);
  const client = createLocalClient(endpoint);
  const requests = watchRequests(client);
  await ensureTable(client, tableName);

  return {
    client,
    endpoint,
    tableName,
    async close() {
      await requests.end();
      client.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      });
    },
  };
}

/**
 * Whether a process has a store open. LevelDB's lock tells, which goes with its process, however
 * that ends.
 */
export async function isStoreInUse(path: string): Promise<boolean> {
  return (await findObstacle(path))?.code === IN_USE;
}

/** A client for a DynamoDB on this machine, which wants credentials but checks none. */
export function createLocalClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/** Creates the table unless it is there. */
export async function ensureTable(client: DynamoDBClient, tableName: string): Promise<void> {
  if (await hasTable(client, tableName)) return;
  await client.send(new CreateTableCommand(tableDefinition(tableName)));
  while (!(await hasTable(client, tableName))) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function hasTable(client: DynamoDBClient, tableName: string): Promise<boolean> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    return Table?.TableStatus === 'ACTIVE';
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

function listen(server: ReturnType<typeof dynalite>): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address() as AddressInfo;
      resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}

/** dynalite throws where nobody can catch it when its database is closed under a request. */
function watchRequests(client: DynamoDBClient): { end(): Promise<void> } {
  const running = new Set<Promise<unknown>>();
  client.middlewareStack.add(
    (next) => (args) => {
      const request = next(args);
      running.add(request);
      const forget = () => running.delete(request);
      request.then(forget, forget);
      return request;
    },
    { step: 'initialize', name: 'watchRequests' },
  );
  return {
    async end() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

/** dynalite itself finds out too late to say so. */
async function refuseObstacle(path: string): Promise<void> {
  const obstacle = await findObstacle(path);
  if (obstacle === undefined) return;
  throw new Error(
    obstacle.code === IN_USE
      ? `the store in ${path} is in use by another process`
      : `cannot open the store in ${path}: ${obstacle.message}`,
  );
}

/** What keeps a store from being opened; that there is none yet does not, and has no code. */
async function findObstacle(path: string): Promise<z.output<typeof obstacleSchema> | undefined> {
  const database = new Level(path, { createIfMissing: false });
  try {
    await database.open();
    return undefined;
  } catch (error) {
    return obstacleSchema.safeParse(Object(error).cause).data;
  } finally {
    await database.close();
  }
}
