import { CommanderError } from 'commander';
import { ConfigError, QuerytrailError } from '../errors';
import { toSafeLines } from '../safe-text';
import { adviceFor } from './advice';
import { createProcessIo, type Io } from './io';
import { clearLine } from './output/clear-line';
import { createProgram } from './program';
import { Unsuccessful } from './unsuccessful';

const DONE = 0;
const FAILED = 1;
const MISUSED = 2;

/**
 * Runs one command.
 *
 * @param args - without `node` and the script.
 * @returns the exit code: 0 done, 1 failed, 2 misuse.
 */
export async function run(args: readonly string[], io: Io = createProcessIo()): Promise<number> {
  try {
    const program = await createProgram(io, args[0]);
    await program.parseAsync(args, { from: 'user' });
    return DONE;
  } catch (error) {
    // commander has written its own message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : MISUSED;
    if (error instanceof Unsuccessful) return FAILED;
    if (isClosedPipe(error)) return DONE;
    const message = error instanceof Error ? error.message : String(error);
    const complaint = [message, adviceFor(error) ?? []].flat().join(': ');
    await clearLine(io.stderr);
    await io.stderr.write(`querytrail: ${toSafeLines(complaint).join('\n')}\n`);
    return isMisuse(error) ? MISUSED : FAILED;
  }
}

/** A wrong setting, or a request that the API calls a bad one. */
function isMisuse(error: unknown): boolean {
  if (error instanceof ConfigError) return true;
  return error instanceof QuerytrailError && 'statusCode' in error && error.statusCode === 400;
}

/** The reader has seen enough: `querytrail query --all | head`. */
function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
