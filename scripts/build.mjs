// Bundles the command line into dist/, so that it starts in the time of one file.
import { build } from 'esbuild';

await build({
  entryPoints: { querytrail: 'bin/querytrail.ts' },
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
