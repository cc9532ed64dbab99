// Bundles one Lambda handler into the one file that is deployed:
//   node scripts/bundle-function.mjs <handler.ts> <output folder>
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const [entry, outputFolder] = process.argv.slice(2);
const replacements = join(import.meta.dirname, '../lambda/bundled');

/**
 * The SDK's schemas name their members by constants (`{ [_hC]: … }`), and esbuild keeps every
 * schema of the service, since a computed name could run code. With the constants' values written
 * in, only the schemas of the calls in use stay: 60 KB less for S3.
 */
const plainSchemaKeys = {
  name: 'plain-schema-keys',
  setup(bundling) {
    const schemas = /@aws-sdk[\\/]client-\w+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/;
    bundling.onLoad({ filter: schemas }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const constants = new Map(
        [...source.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, name, value]) => [
          name,
          value,
        ]),
      );
      const contents = source.replace(/\[(_\w+)\]:/g, (key, name) =>
        constants.has(name) ? `${constants.get(name)}:` : key,
      );
      return { contents, loader: 'js' };
    });
  },
};

await build({
  entryPoints: { index: entry },
  outdir: outputFolder,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  sourcemap: true,
  sourcesContent: false,
  alias: {
    '@aws-sdk/credential-provider-node': join(replacements, 'environment-credentials.ts'),
    '@aws-sdk/endpoint-cache': join(replacements, 'endpoint-cache.ts'),
    '@smithy/core/event-streams': join(replacements, 'event-streams.ts'),
  },
  plugins: [plainSchemaKeys],
  logLevel: 'warning',
});
