import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { ConfigError } from '../errors';

const count = z.number().int().nonnegative();

const checkpointSchema = z.object({
  querytrail: z.literal('backfill'),
  /** What was asked for, in words: a checkpoint of another backfill is refused. */
  request: z.string(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime(),
  seed: z.string(),
  rounds: count,
  /** Rounds that are done. */
  round: count,
  /** Position of the last file of the round that is done; empty at its start. */
  after: z.string(),
  sent: count,
  sentBytes: count,
  known: count,
});

/** How far a backfill is. */
export type Checkpoint = Readonly<z.output<typeof checkpointSchema>>;

export interface Checkpoints {
  load(): Promise<Checkpoint | undefined>;
  save(checkpoint: Checkpoint): Promise<void>;
  /** The backfill is complete. */
  remove(): Promise<void>;
}

/** Keeps the checkpoint in a file, which is whole at any moment. */
export function createCheckpointFile(path: string): Checkpoints {
  return {
    async load() {
      const text = await readFile(path, 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      return parseCheckpoint(text, path);
    },
    async save(checkpoint) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.new`, JSON.stringify(checkpoint));
      await rename(`${path}.new`, path);
    },
    remove: () => rm(path, { force: true }),
  };
}

function parseCheckpoint(text: string, path: string): Checkpoint {
  try {
    return checkpointSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ConfigError(
      'config.checkpoint',
      `${path} is no checkpoint of a backfill: delete it to begin anew, or name another file`,
      { cause },
    );
  }
}
