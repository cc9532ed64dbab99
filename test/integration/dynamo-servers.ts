import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLocalClient, ensureTable, startEmbeddedStore } from '../../src/local/embedded-store';

/** A DynamoDB on this machine with the table in it. */
export interface DynamoServer {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Servers of this machine: name and how to start one; undefined where its binary is missing. */
export const DYNAMO_SERVERS: Readonly<Record<string, (() => Promise<DynamoServer>) | undefined>> = {
  dynalite: () => startEmbeddedStore(),
  dynoxide: dynoxideBinary() === undefined ? undefined : () => startDynoxide(),
};

/** @param path - its data file; absent: in memory. */
export async function startDynoxide(path?: string): Promise<DynamoServer> {
  const binary = dynoxideBinary();
  if (!binary) throw new Error('@dynoxide/linux-x64 is not installed');
  const port = await freePort();
  const file = path === undefined ? [] : ['--db-path', path];
  const child = spawn(binary, ['serve', '--host', '127.0.0.1', '--port', String(port), ...file], {
    stdio: 'ignore',
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(endpoint);
  const client = createLocalClient(endpoint);
  const tableName = 'querytrail';
  await ensureTable(client, tableName);

  return {
    client,
    tableName,
    endpoint,
    async close() {
      client.destroy();
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}

/** undefined where it is not installed. */
export function dynoxideBinary(): string | undefined {
  try {
    const manifest = require.resolve('@dynoxide/linux-x64/package.json');
    const binary = join(dirname(manifest), 'dynoxide');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return address.port;
}

async function answers(endpoint: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await fetch(endpoint);
      return;
    } catch (error) {
      if (tries >= 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
