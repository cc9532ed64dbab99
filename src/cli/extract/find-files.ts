import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Something to read: a file, or standard input. */
export interface FoundFile {
  /** As the user would write it; `-` is standard input. */
  readonly path: string;
  /** Given on the command line, not found in a folder. */
  readonly isNamed: boolean;
  /** Absent where it is not known: pipes, and files that are not there. */
  readonly sizeBytes?: number;
}

export const STANDARD_INPUT = '-';

/**
 * The files of each place in the order given; those of a folder and its folders sorted by path.
 * Links are followed, but not back to a folder that they lie in.
 */
export function* findFiles(places: readonly string[]): Iterable<FoundFile> {
  for (const place of places) {
    const stats = place === STANDARD_INPUT ? undefined : statSync(place, { throwIfNoEntry: false });
    if (stats?.isDirectory()) yield* walk(place);
    else yield { path: place, isNamed: true, sizeBytes: stats?.isFile() ? stats.size : undefined };
  }
}

function* walk(folder: string, above: ReadonlySet<string> = new Set()): Iterable<FoundFile> {
  const names = attempt(() => readdirSync(folder));
  const here = attempt(() => realpathSync(folder));
  if (!names || !here) {
    yield unreadable(folder);
    return;
  }
  if (above.has(here)) return;
  for (const name of names.sort()) {
    const path = join(folder, name);
    const stats = attempt(() => statSync(path));
    if (!stats) yield unreadable(path);
    else if (stats.isDirectory()) yield* walk(path, new Set(above).add(here));
    else if (stats.isFile()) yield { path, isNamed: false, sizeBytes: stats.size };
  }
}

/** Reading it as a file will say what is wrong with it. */
function unreadable(path: string): FoundFile {
  return { path, isNamed: true };
}

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
