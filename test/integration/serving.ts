import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A `querytrail serve` of its own process group. */
export interface Serving {
  readonly url: string;
  /** All that it has printed so far. */
  output(): string;
  /** Waits until it has printed this. */
  printed(text: string | RegExp): Promise<void>;
  get(path: string): Promise<{ status: number; body: unknown }>;
  /** Interrupts it, as Ctrl-C does, and answers its exit code. */
  interrupt(): Promise<number | null>;
  /** Ends it without a chance to tidy up. */
  kill(): Promise<void>;
}

/** The built command. */
export const CLI = join(__dirname, '../../dist/querytrail.cjs');

const BOUND_MS = 80_000;
const POLL_MS = 20;
const ADDRESS = /^Querytrail.*(http:\/\/127\.0\.0\.1:\d+)$/m;

/** Starts the built command's `serve` on a free port. */
export function startBuilt(...args: string[]): Promise<Serving> {
  return startServing([process.execPath, CLI, 'serve', '--port', '0', ...args]);
}

/** Runs a command that starts `serve` on a free port, and waits for its address. */
export async function startServing(
  command: readonly [string, ...string[]],
  env: Record<string, string> = {},
): Promise<Serving> {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));

  async function printed(text: string | RegExp): Promise<void> {
    await until(
      () => (typeof text === 'string' ? output.includes(text) : text.test(output)),
      () => `${text} was not printed, but: ${output}`,
      child,
    );
  }

  await printed(ADDRESS);
  const url = ADDRESS.exec(output)?.[1] ?? '';
  return {
    url,
    output: () => output,
    printed,
    async get(path) {
      const response = await fetch(`${url}${path}`);
      return { status: response.status, body: await response.json() };
    },
    async interrupt() {
      if (child.pid && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
      return exit;
    },
    async kill() {
      if (child.pid && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
      await exit;
    },
  };
}

/** Waits until the condition holds. */
export async function eventually(condition: () => Promise<boolean>, what: string): Promise<number> {
  const startedMs = performance.now();
  while (!(await condition())) {
    if (performance.now() - startedMs > BOUND_MS) throw new Error(`never: ${what}`);
    await sleep(POLL_MS);
  }
  return performance.now() - startedMs;
}

async function until(
  condition: () => boolean,
  complaint: () => string,
  child: ChildProcess,
): Promise<void> {
  const startedMs = performance.now();
  while (!condition()) {
    if (child.exitCode !== null || performance.now() - startedMs > BOUND_MS) {
      throw new Error(complaint());
    }
    await sleep(POLL_MS);
  }
}
