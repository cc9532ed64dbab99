import { readdirSync, statSync } from 'node:fs';
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

/** The files of each place in the order given; those of a folder and its folders sorted by path. */
export function* findFiles(places: readonly string[]): Iterable<FoundFile> {
  for (const place of places) {
    const stats = place === STANDARD_INPUT ? undefined : statSync(place, { throwIfNoEntry: false });
    if (stats?.isDirectory()) yield* walk(place);
    else yield { path: place, isNamed: true, sizeBytes: stats?.isFile() ? stats.size : undefined };
  }
}

function* walk(folder: string): Iterable<FoundFile> {
  const names = list(folder);
  // Reading it as a file will say what is wrong with it.
  if (!names) yield { path: folder, isNamed: true };
  for (const name of names?.sort() ?? []) {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) yield* walk(path);
    else if (stats?.isFile()) yield { path, isNamed: false, sizeBytes: stats.size };
  }
}

function list(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}
