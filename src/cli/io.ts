import { setTimeout } from 'node:timers/promises';

/** Where a command writes: a terminal, a pipe or a file. */
export interface Output {
  readonly isTerminal: boolean;
  /** Cells of a line. */
  readonly columns: number;
  /** Resolves once the text is taken, so that a slow reader slows the writer down. */
  write(text: string | Uint8Array): Promise<void>;
}

/** What a command has of the world outside. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Rejects when the signal is given. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>;
  /** 0 ≤ random() < 1, for jitter. */
  readonly random: () => number;
  /** A signal for the next Ctrl-C, which then no longer ends the process by itself. */
  readonly interruption: () => AbortSignal;
}

/** The process itself. */
export function createProcessIo(): Io {
  const stderr = toOutput(process.stderr);
  return {
    stdout: toOutput(process.stdout),
    // A complaint that nobody reads changes nothing.
    stderr: { ...stderr, write: (text) => stderr.write(text).catch(() => {}) },
    env: process.env,
    clock: Date.now,
    sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
    random: Math.random,
    interruption: () => {
      const interrupted = new AbortController();
      process.once('SIGINT', () => interrupted.abort());
      return interrupted.signal;
    },
  };
}

function toOutput(stream: NodeJS.WriteStream): Output {
  // A closed pipe is told to the one who writes; without a listener it would end the process.
  stream.on('error', () => {});
  return {
    isTerminal: stream.isTTY === true,
    // Some terminals do not know, and say 0.
    columns: stream.columns || 80,
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => (error ? reject(error) : resolve()));
      }),
  };
}
