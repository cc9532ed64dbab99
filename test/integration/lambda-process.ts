import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as z from 'zod';

const HOST = join(__dirname, 'lambda-host.cjs');

const loadedSchema = z.object({ loadedMs: z.number() });
const answerSchema = z.object({
  id: z.string(),
  result: z.unknown().optional(),
  error: z.string().optional(),
});

export interface LambdaProcess {
  /** Time to load the bundle, in milliseconds. */
  readonly loadedMs: number;
  /** @throws Error with the stack of what the handler threw. */
  invoke(event: unknown, timeoutMs?: number): Promise<unknown>;
  /** Everything written to the log so far. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts a bundle in a fresh process with nothing in its environment but what is given. */
export async function startLambda(
  file: string,
  environment: Readonly<Record<string, string>>,
): Promise<LambdaProcess> {
  const child = fork(HOST, [file], {
    env: {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_LAMBDA_FUNCTION_NAME: 'function',
      ...environment,
    },
    execArgv: [],
    silent: true,
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  }
  let invocations = 0;
  const exited = once(child, 'exit');
  const answer = () => Promise.race([once(child, 'message'), exited]);
  const loaded = loadedSchema.safeParse((await answer())[0]);
  if (!loaded.success) throw new Error(`${file} does not load: ${log}`);

  return {
    loadedMs: loaded.data.loadedMs,
    async invoke(event, timeoutMs = 30_000) {
      const id = `request-${++invocations}`;
      child.send({ id, event, timeoutMs });
      const answered = answerSchema.safeParse((await answer())[0]);
      if (!answered.success) throw new Error(`${file} ended: ${log}`);
      const { error, result } = answered.data;
      if (error !== undefined) throw new Error(error);
      return result;
    },
    log: () => log,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
