#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Beside the bundle: who can write there can change the bundle as well. Where nobody can, nothing
// is cached.
enableCompileCache(join(__dirname, 'compile-cache'));

void import('../src/cli/run')
  .then(({ run }) => run(process.argv.slice(2)))
  .then((exitCode) => {
    process.exitCode = exitCode;
  });
