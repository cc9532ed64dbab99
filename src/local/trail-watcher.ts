import { watch } from 'chokidar';

/** A file is complete once its size has not changed for this long. */
const STABLE_MS = 300;

export interface TrailWatcher {
  close(): Promise<void>;
}

/**
 * Tells of every file that appears or changes below a folder, once it is written to its end;
 * resolves when nothing that happens from now on is missed.
 */
export async function watchTrail(
  root: string,
  onFile: (path: string) => void,
): Promise<TrailWatcher> {
  const watcher = watch(root, {
    ignoreInitial: true,
    awaitWriteFinish: { stabilityThreshold: STABLE_MS, pollInterval: 50 },
  });
  watcher.on('add', onFile).on('change', onFile);
  await new Promise<void>((resolve, reject) => {
    watcher.once('ready', resolve).once('error', reject);
  });
  return watcher;
}
