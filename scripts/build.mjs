// Bundles the command line into dist/, so that it starts in the time of one file, and the dashboard
// into dist/web/.
import { copyFile } from 'node:fs/promises';
import { build } from 'esbuild';

/** Leaves an import to a bundle of its own, which the compile cache of the first one serves. */
const apart = (module, bundle) => ({
  name: 'apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: new RegExp(`${module}$`) }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: bundle, external: true },
    ),
});

await build({
  entryPoints: {
    querytrail: 'bin/querytrail.ts',
    cli: 'src/cli/run.ts',
    'extract-worker': 'src/cli/extract/worker.ts',
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
  plugins: [apart('src/cli/run', './cli.cjs')],
  // dynalite loads a native binding by its path on disk.
  external: ['dynalite'],
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
