#!/usr/bin/env node
import { CommanderError } from 'commander';
import { createProgram } from '../src/cli/program';
import { ConfigError } from '../src/errors';

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = exitCodeOf(error);
    // Commander has told the user already.
    if (error instanceof CommanderError) return;
    process.stderr.write(`querytrail: ${error instanceof Error ? error.message : String(error)}\n`);
  });

/** 0 help was asked for, 1 failed, 2 misuse. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof ConfigError ? 2 : 1;
}
