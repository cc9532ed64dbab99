import type { Io, Output } from '../../src/cli/io';

interface CapturedOutput extends Output {
  readonly text: () => string;
}

export interface CapturedIo extends Io {
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
}

/** What a command would print to a pipe, or to a terminal of `columns` cells. */
export function captureIo({
  columns,
  env = {},
  sleep = async () => {},
  interruption = () => new AbortController().signal,
}: {
  columns?: number;
  env?: Record<string, string>;
  sleep?: Io['sleep'];
  interruption?: Io['interruption'];
} = {}): CapturedIo {
  const [stdout, stderr] = [capture(columns), capture(columns)];
  return { stdout, stderr, env, clock: Date.now, sleep, random: () => 0, interruption };
}

function capture(columns: number | undefined): CapturedOutput {
  const chunks: Buffer[] = [];
  return {
    isTerminal: columns !== undefined,
    columns: columns ?? 80,
    write: async (text) => {
      chunks.push(Buffer.from(text));
    },
    text: () => Buffer.concat(chunks).toString(),
  };
}
