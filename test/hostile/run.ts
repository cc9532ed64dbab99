/**
 * Hostile log files, statements, notifications and API requests: none may crash, hang or grow.
 *
 *     npm run test:hostile                          100,000 of them
 *     npm run test:hostile -- --seed 4711 --runs 1  one again
 *
 * The script bounds the JavaScript heap, which else grows until there is a reason to clean it.
 */
import { parseArgs } from 'node:util';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import { DYNAMO_SERVERS } from '../integration/dynamo-servers';
import { MAX_GROWTH_BYTES, MAX_MS, runAttacks } from './run-attacks';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});

async function main(): Promise<void> {
  const server = await (DYNAMO_SERVERS.dynoxide ?? DYNAMO_SERVERS.dynalite)?.();
  if (!server) throw new Error('no DynamoDB on this machine');
  try {
    const { kinds, failures, growthBytes } = await runAttacks({
      firstSeed: Number(values.seed),
      runs: Number(values.runs),
      store: createDynamoEventStore(server),
      onProgress: (done) => {
        if (done % 10_000 === 0) process.stdout.write(`${done} done\n`);
      },
    });
    for (const { seed, kind, reason } of failures.slice(0, 20)) {
      process.stdout.write(`${kind}, seed ${seed}: ${reason}\n`);
    }
    for (const [kind, { cases, slowestMs, slowestSeed }] of Object.entries(kinds)) {
      process.stdout.write(
        `${cases} ${kind}: slowest ${slowestMs.toFixed(0)} ms (seed ${slowestSeed})\n`,
      );
    }
    const isTooLarge = growthBytes > MAX_GROWTH_BYTES;
    process.stdout.write(
      `${failures.length} failed or took more than ${MAX_MS} ms; the process grew by ${megabytes(growthBytes)} MB (bound: ${megabytes(MAX_GROWTH_BYTES)})\n`,
    );
    process.exitCode = failures.length > 0 || isTooLarge ? 1 : 0;
  } finally {
    await server.close();
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}

void main();
