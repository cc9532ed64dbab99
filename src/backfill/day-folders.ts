import { inParallel } from '../concurrency';
import type { ListedTrailObjects } from '../integrity/trail-objects';

/** Which log files: all where nothing is said. */
export interface Selection {
  /** Delivered from then on. */
  readonly from?: Date;
  /** Delivered before. */
  readonly to: Date;
  readonly accountId?: string;
  readonly region?: string;
}

/** The folder of one account's and Region's log files of one publish day. */
export interface DayFolder {
  /** Ends in `/`. */
  readonly folder: string;
  readonly accountId: string;
  readonly region: string;
  /** `yyyy-mm-dd`. */
  readonly day: string;
}

type Folders = Pick<ListedTrailObjects, 'folders'>;

/** CloudTrail's layout from the account on, as far as a folder gets. */
const BELOW_ACCOUNT =
  /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]{10,32}\/)?(?<account>\d{12})\/(?:(?<kind>[^/]+)\/(?:(?<region>[^/]+)\/(?:(?<year>\d{4})\/(?:(?<month>\d\d)\/(?:(?<date>\d\d)\/)?)?)?)?)?$/;
/** A trail's prefix may hold folders of its own; nobody nests them deeper than this. */
const MAX_DEPTH = 20;
const LISTS_AT_ONCE = 16;
const DAY_MS = 86_400_000;

/**
 * Finds the days that hold log files below a folder: years, months and days outside of the selection
 * are not looked into, nor are other accounts, Regions and CloudTrail's other kinds of files.
 *
 * @param root - ends in `/` unless it is empty; above or below the folders of an account.
 */
export async function findDayFolders(
  objects: Folders,
  root: string,
  selection: Selection,
): Promise<readonly DayFolder[]> {
  const found: DayFolder[] = [];
  let level = [root];
  for (let depth = 0; level.length > 0 && depth < MAX_DEPTH; depth++) {
    const next: string[] = [];
    await inParallel(
      level.filter((folder) => isWanted(folder, selection)),
      async (folder) => {
        const day = toDayFolder(folder);
        if (day !== undefined) found.push(day);
        else for (const name of await objects.folders(folder)) next.push(folder + name);
      },
      LISTS_AT_ONCE,
    );
    level = next;
  }
  return found;
}

function isWanted(folder: string, { accountId, region, from, to }: Selection): boolean {
  const parts = BELOW_ACCOUNT.exec(folder)?.groups;
  // Above the accounts, or in a folder that is none of CloudTrail's.
  if (parts === undefined) return !/(?:^|\/)AWSLogs\/.*\d{12}\/./.test(folder);
  if (parts.kind !== undefined && parts.kind !== 'CloudTrail') return false;
  if (accountId !== undefined && parts.account !== accountId) return false;
  if (region !== undefined && parts.region !== undefined && parts.region !== region) return false;
  if (parts.year === undefined) return true;
  const { year, month = '01', date = '01' } = parts;
  const start = Date.parse(`${year}-${month}-${date}T00:00:00Z`);
  const end = endOf(parts, start);
  return start < to.getTime() && (from === undefined || end > from.getTime());
}

function endOf({ month, date }: Readonly<Record<string, string | undefined>>, start: number) {
  if (date !== undefined) return start + DAY_MS;
  const time = new Date(start);
  if (month === undefined) return time.setUTCFullYear(time.getUTCFullYear() + 1);
  return time.setUTCMonth(time.getUTCMonth() + 1);
}

function toDayFolder(folder: string): DayFolder | undefined {
  const { account, region, year, month, date } = BELOW_ACCOUNT.exec(folder)?.groups ?? {};
  if (account === undefined || region === undefined || date === undefined) return undefined;
  return { folder, accountId: account, region, day: `${year}-${month}-${date}` };
}
