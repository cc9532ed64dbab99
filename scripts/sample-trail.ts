// Writes the sample trail into a folder: tsx scripts/sample-trail.ts DIR [SEED]
import { writeSampleTrail } from '../src/local/sample-trail/sample-trail';

const [directory, seed] = process.argv.slice(2);
if (!directory) {
  process.stderr.write('usage: tsx scripts/sample-trail.ts DIR [SEED]\n');
  process.exit(2);
}

void writeSampleTrail(directory, { now: new Date(), ...(seed && { seed: Number(seed) }) }).then(
  (files) => process.stdout.write(`${files} files in ${directory}\n`),
);
