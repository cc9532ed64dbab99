import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { nameOfFolder } from './trail-folder';

/** Where `serve` keeps what it makes. Each trail has a store of its own, so none mixes with another. */
export interface DataDirectory {
  /** Folder of the sample trail, made on the first start without `--trail`. */
  readonly samplePath: string;
  /** Folder of the store of the trail at `root`. */
  storePath(root: string): string;
  hasSample(): Promise<boolean>;
  /** Forgets the store of a trail; the trail's own files stay. */
  forgetStore(root: string): Promise<void>;
  forgetSample(): Promise<void>;
}

export async function openDataDirectory(directory: string): Promise<DataDirectory> {
  const root = resolve(directory);
  const samplePath = join(root, 'sample-trail');
  const storePath = (trail: string) => join(root, 'stores', nameOfFolder(trail));
  const remove = (path: string) => rm(path, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  return {
    samplePath,
    storePath,
    hasSample: async () =>
      (await readdir(samplePath).catch((): string[] => [])).includes('README.txt'),
    forgetStore: (trail) => remove(storePath(trail)),
    forgetSample: () => remove(samplePath),
  };
}
