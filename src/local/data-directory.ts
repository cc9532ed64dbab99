import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ConfigError } from '../errors';
import { nameOfFolder } from './trail-folder';

const runSchema = z.object({
  /** Folder of the log files. */
  trail: z.string(),
  /** Folder of the embedded store. */
  store: z.string(),
  /** Where it answers; absent once it is closed. A run that was killed leaves it behind. */
  url: z.string().optional(),
});

/** What `serve` did last in a data directory: the trail and store that other commands mean. */
export type ServeRun = z.infer<typeof runSchema>;

/** Where `serve` keeps what it makes. Each trail has a store of its own, so none mixes with another. */
export interface DataDirectory {
  /** Folder of the sample trail, made on the first start without `--trail`. */
  readonly samplePath: string;
  /** Folder of the store of the trail at `root`. */
  storePath(root: string): string;
  /** When the sample trail was made; undefined where there is none, or a part of one. */
  sampleDate(): Promise<Date | undefined>;
  /** Forgets the store of a trail; the trail's own files stay. */
  forgetStore(root: string): Promise<void>;
  forgetSample(): Promise<void>;
  rememberRun(run: ServeRun): Promise<void>;
}

const RUN_FILE = 'serve.json';
/** The last file that is written of a sample. */
const SAMPLE_END = 'README.txt';

export async function openDataDirectory(directory: string): Promise<DataDirectory> {
  await mkdir(directory, { recursive: true }).catch((cause) => {
    const message = `--data ${directory}: cannot be made or used as a folder (${cause.code})`;
    throw new ConfigError('config.data', message, { cause });
  });
  const root = await realpath(directory);
  const samplePath = join(root, 'sample-trail');
  const storePath = (trail: string) => join(root, 'stores', nameOfFolder(trail));
  const remove = (path: string) => rm(path, { recursive: true, force: true });
  return {
    samplePath,
    storePath,
    sampleDate: async () =>
      (await stat(join(samplePath, SAMPLE_END)).catch(() => undefined))?.mtime,
    forgetStore: (trail) => remove(storePath(trail)),
    forgetSample: () => remove(samplePath),
    rememberRun: async (run) => {
      const draft = join(root, `${RUN_FILE}.${process.pid}`);
      await writeFile(draft, JSON.stringify(run));
      await rename(draft, join(root, RUN_FILE));
    },
  };
}

/**
 * The last run of `serve` in a data directory, at work or closed; undefined where there is none.
 *
 * @throws ConfigError `config.data` where it cannot be read.
 */
export async function readLatestRun(directory: string): Promise<ServeRun | undefined> {
  const file = join(directory, RUN_FILE);
  try {
    return runSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    const { code } = Object(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const reason = code ?? 'damaged; the next querytrail serve writes it anew';
    throw new ConfigError('config.data', `cannot read ${file} (${reason})`, { cause });
  }
}
