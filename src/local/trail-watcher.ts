import { watch } from 'chokidar';

/** A file is complete once its size has not changed for this long. */
const STABLE_MS = 300;

export interface TrailWatcher {
  close(): Promise<void>;
}

/**
 * Tells of every file that appears or changes below a folder, once it is written to its end;
 * resolves when nothing that happens from now on is missed.
 *
 * @param onBlind - hears once why a part of the folder is not watched, such as `ENOSPC`: more
 *   folders than the system watches. Those that may not be read are passed over.
 */
export async function watchTrail(
  root: string,
  onFile: (path: string) => void,
  onBlind: (reason: string) => void,
): Promise<TrailWatcher> {
  const watcher = watch(root, {
    ignoreInitial: true,
    // As the listing of the folder, which also tells what may not be read.
    followSymlinks: false,
    ignorePermissionErrors: true,
    awaitWriteFinish: { stabilityThreshold: STABLE_MS, pollInterval: 50 },
  });
  let isBlind = false;
  watcher.on('add', onFile).on('change', onFile);
  watcher.on('error', (error) => {
    if (!isBlind) onBlind(String(Object(error).code ?? error));
    isBlind = true;
  });
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  return watcher;
}
