#!/usr/bin/env node
import { createProgram } from '../src/cli/program';

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`querytrail: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
