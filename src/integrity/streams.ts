import type { ListedTrailObjects } from './trail-objects';

/** What to verify; everything where nothing is said. */
export interface Selection {
  /** Log files delivered from here on. */
  readonly from?: Date;
  /** Log files delivered before this. */
  readonly to?: Date;
  readonly accountId?: string;
  readonly region?: string;
}

/** The files of one account and Region, of all trails that write there. */
export interface Stream {
  readonly region: string;
  readonly digestFolders: readonly string[];
  readonly logFolders: readonly string[];
}

const LOGS = 'CloudTrail/';
const DIGESTS = 'CloudTrail-Digest/';
/** A trail's prefix may hold folders of its own; nobody nests them deeper than this. */
const MAX_DEPTH = 12;

/**
 * Finds the accounts and Regions whose files lie below a folder.
 *
 * @param root - ends in `/` unless it is empty; anything above the folders of an account.
 */
export async function findStreams(
  objects: ListedTrailObjects,
  root: string,
  selection: Selection,
): Promise<readonly Stream[]> {
  const streams = new Map<string, { region: string; digests: string[]; logs: string[] }>();

  async function visit(folder: string, depth: number): Promise<void> {
    for (const name of await objects.folders(folder)) {
      if (name === LOGS || name === DIGESTS) await visitRegions(folder, name);
      else if (isWanted(name, selection.accountId) && depth < MAX_DEPTH) {
        await visit(folder + name, depth + 1);
      }
    }
  }

  async function visitRegions(folder: string, kind: string): Promise<void> {
    // The last folder above is the account's, unless the root lies below it.
    const account = folder.split('/').at(-2) ?? '';
    for (const name of await objects.folders(folder + kind)) {
      const region = name.slice(0, -1);
      if (selection.region !== undefined && region !== selection.region) continue;
      const id = `${account} ${region}`;
      const stream = streams.get(id) ?? { region, digests: [], logs: [] };
      (kind === LOGS ? stream.logs : stream.digests).push(folder + kind + name);
      streams.set(id, stream);
    }
  }

  await visit(root, 0);
  return [...streams.values()].map(({ region, digests, logs }) => ({
    region,
    digestFolders: digests,
    logFolders: logs,
  }));
}

/** Folders of other accounts and of CloudTrail's other kinds of files are not entered. */
function isWanted(name: string, accountId: string | undefined): boolean {
  if (name.startsWith('CloudTrail-')) return false;
  return accountId === undefined || !/^\d{12}\/$/.test(name) || name === `${accountId}/`;
}
