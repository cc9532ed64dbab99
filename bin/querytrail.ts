#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { engines } from '../package.json';

const MISUSED = 2;

if (isOldNode()) {
  process.stderr.write(`querytrail: Node ${engines.node} is needed, this is ${process.version}\n`);
  process.exitCode = MISUSED;
} else {
  start();
}

function start(): void {
  // Beside the bundle: who can write there can change the bundle as well. Where nobody can, nothing
  // is cached.
  enableCompileCache(join(__dirname, 'compile-cache'));

  void import('../src/cli/run')
    .then(({ run }) => run(process.argv.slice(2)))
    .then((exitCode) => {
      process.exitCode = exitCode;
    });
}

/** Older than `engines`. Nothing newer than this file's own syntax may run before it is known. */
function isOldNode(): boolean {
  const [major = 0, minor = 0] = toNumbers(process.version);
  const [leastMajor = 0, leastMinor = 0] = toNumbers(engines.node);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

function toNumbers(version: string): number[] {
  return version.replace(/^\D+/, '').split('.').map(Number);
}
