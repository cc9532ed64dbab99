// Bundles the command line into dist/, so that it starts in the time of one file, and the dashboard
// into dist/web/.
import { copyFile } from 'node:fs/promises';
import { build } from 'esbuild';

await build({
  entryPoints: {
    querytrail: 'bin/querytrail.ts',
    'extract-worker': 'src/cli/extract/worker.ts',
  },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  mainFields: ['module', 'main'],
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
