import { parseArgs } from 'node:util';
import { DYNAMO_SERVERS } from '../integration/dynamo-servers';
import { runScenario } from './scenario';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    server: { type: 'string' },
  },
});

async function main(): Promise<void> {
  const name = values.server ?? (DYNAMO_SERVERS.dynoxide ? 'dynoxide' : 'dynalite');
  const start = DYNAMO_SERVERS[name];
  if (!start) throw new Error(`--server: got ${name}, allowed here: ${availableServers()}`);
  const server = await start();
  const first = Number(values.seed);
  const runs = Number(values.runs);
  let deliveries = 0;
  let items = 0;
  const failed: number[] = [];
  try {
    for (let seed = first; seed < first + runs; seed++) {
      const outcome = await runScenario(server.endpoint, seed).catch((error: unknown) => ({
        deliveries: 0,
        items: 0,
        differences: [error instanceof Error ? `${error.stack}` : String(error)],
      }));
      deliveries += outcome.deliveries;
      items += outcome.items;
      if (outcome.differences.length > 0) {
        failed.push(seed);
        process.stdout.write(`seed ${seed}:\n${outcome.differences.slice(0, 3).join('\n')}\n`);
      }
      if ((seed - first + 1) % 100 === 0) process.stdout.write(`${seed - first + 1} runs\n`);
    }
  } finally {
    await server.close();
  }
  process.stdout.write(
    `${runs} bad days on ${name}: ${deliveries} deliveries, ${items} items compared, ` +
      `${failed.length} days differ${failed.length > 0 ? `: seeds ${failed.join(', ')}` : ''}\n`,
  );
  process.exitCode = failed.length > 0 ? 1 : 0;
}

function availableServers(): string {
  return Object.keys(DYNAMO_SERVERS)
    .filter((name) => DYNAMO_SERVERS[name])
    .join(', ');
}

void main();
