// Bundles the command line into dist/, so that it starts in the time of one file, and the dashboard
// into dist/web/.
import { copyFile } from 'node:fs/promises';
import { build } from 'esbuild';
import packageJson from '../package.json' with { type: 'json' };

/** AWS's clients, each a bundle of its own: most commands need none of them. */
const CLIENTS = Object.keys(packageJson.dependencies).filter((name) =>
  /^@(aws-sdk|smithy)\//.test(name),
);
const bundleOf = (client) => client.slice(1).replace('/', '-');

/** Leaves the command line and the clients to bundles of their own, loaded when they are needed. */
const apart = {
  name: 'apart',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\.\/src\/cli\/run$/ }, () => ({ path: './cli.cjs', external: true }));
    onResolve({ filter: /^@(aws-sdk|smithy)\// }, ({ path, importer }) => {
      const isOurs = importer !== '' && !importer.includes('node_modules');
      return isOurs ? { path: `./${bundleOf(path)}.cjs`, external: true } : undefined;
    });
  },
};

await build({
  entryPoints: {
    querytrail: 'bin/querytrail.ts',
    cli: 'src/cli/run.ts',
    'extract-worker': 'src/cli/extract/worker.ts',
    ...Object.fromEntries(CLIENTS.map((client) => [bundleOf(client), client])),
  },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  mainFields: ['module', 'main'],
  // Names stay: errors tell theirs.
  minifySyntax: true,
  minifyWhitespace: true,
  // A dynamic import becomes a require, which starts sooner.
  supported: { 'dynamic-import': false },
  plugins: [apart],
  // dynalite loads a native binding by its path on disk.
  external: ['dynalite', 'level'],
  sourcemap: true,
  logLevel: 'warning',
});

await build({
  entryPoints: ['web/app.ts', 'web/theme.ts', 'web/app.css'],
  outdir: 'dist/web',
  bundle: true,
  minify: true,
  platform: 'browser',
  target: 'es2022',
  format: 'esm',
  logLevel: 'warning',
});
for (const file of ['index.html', 'icon.svg']) await copyFile(`web/${file}`, `dist/web/${file}`);
