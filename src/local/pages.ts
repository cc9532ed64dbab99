import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

export interface Page {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);

/**
 * Loads the dashboard's few files, by URL path. What is not loaded here cannot be asked for, so no
 * path can lead out of the folder.
 */
export async function loadPages(directory: string): Promise<ReadonlyMap<string, Page>> {
  const pages = new Map<string, Page>();
  for (const name of await readdir(directory)) {
    const contentType = CONTENT_TYPES.get(extname(name));
    if (contentType === undefined) continue;
    const page = { contentType, bytes: await readFile(join(directory, name)) };
    pages.set(name === 'index.html' ? '/' : `/${name}`, page);
  }
  return pages;
}
