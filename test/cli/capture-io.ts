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
}: {
  columns?: number;
  env?: Record<string, string>;
  sleep?: Io['sleep'];
} = {}): CapturedIo {
  return { stdout: capture(columns), stderr: capture(columns), env, clock: Date.now, sleep };
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
