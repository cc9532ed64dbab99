/** An object that CloudTrail wrote below `AWSLogs/`. */
export interface DeliveredObject {
  readonly kind: 'log' | 'insight' | 'network-activity' | 'aggregated';
  /** What stands before `AWSLogs/`, without its last slash. */
  readonly prefix?: string;
  /** `o-…`, in the layout of an organization trail. */
  readonly organizationId?: string;
  /** The account that the events belong to, not the owner of the bucket. */
  readonly accountId: string;
  /** Any Region name: new ones join a trail by themselves. */
  readonly region: string;
  /** Publish date in UTC, `yyyy-mm-dd`; events inside can be of any earlier day. */
  readonly day: string;
  /** From the file name, to the minute: `2026-03-02T10:05:00Z`. */
  readonly deliveredAt?: string;
}

/** A digest file of log-file validation. */
export interface DigestObject extends Omit<DeliveredObject, 'kind' | 'deliveredAt'> {
  readonly kind: 'digest';
  /** Letters, digits, `.`, `_` and `-`. */
  readonly trailName?: string;
  /** The Region of the trail itself, which differs from `region` in a multi-Region trail. */
  readonly homeRegion?: string;
  /** End of the digest's window: `2026-03-02T10:30:00Z`. */
  readonly endsAt?: string;
  /** Sent for log files that missed their ordinary digest. */
  readonly backfill: boolean;
}

/** A zero-byte folder marker, or an object that is not CloudTrail's. */
interface OtherObject {
  readonly kind: 'folder' | 'foreign';
}

export type ObjectKey = DeliveredObject | DigestObject | OtherObject;

const ROOT = 'AWSLogs/';

const LAYOUT =
  /^(?:(?<organization>o-[a-z0-9]{10,32})\/)?(?<account>\d{12})\/(?<folder>CloudTrail(?:-[A-Za-z]+)?)\/(?<region>[a-z0-9-]+)\/(?<year>\d{4})\/(?<month>0[1-9]|1[0-2])\/(?<date>0[1-9]|[12]\d|3[01])\/(?<file>[^/]+\.json\.gz)$/;

const KIND_OF_FOLDER: ReadonlyMap<string, DeliveredObject['kind'] | 'digest'> = new Map([
  ['CloudTrail', 'log'],
  ['CloudTrail-Digest', 'digest'],
  ['CloudTrail-Insight', 'insight'],
  ['CloudTrail-NetworkActivity', 'network-activity'],
  ['CloudTrail-Aggregated', 'aggregated'],
]);

/** How the name of an ordinary log file begins: account, Region, day. */
const LOG_FILE_NAME = /^(\d{12})_CloudTrail_([a-z0-9-]+)_(\d{4})(\d{2})(\d{2})T\d{4}Z/;

/** The underscore after `Z` is missing in one documented example. */
const FILE_TIME = /_(\d{4})(\d{2})(\d{2})T([01]\d|2[0-3])([0-5]\d)Z_?[^_]*\.json\.gz$/;

const DIGEST_FILE =
  /^\d{12}_CloudTrail-Digest_[^_]+_(?<trail>.+)_(?<home>[^_]+)_(?<year>\d{4})(?<month>\d{2})(?<date>\d{2})T(?<hour>[01]\d|2[0-3])(?<minute>[0-5]\d)(?<second>[0-5]\d)Z(?<backfill>_backfill)?\.json\.gz$/;

/**
 * Tells what an object of a trail bucket is, from its key alone.
 *
 * The folder decides: CloudTrail writes ordinary records, management and data events mixed, below
 * `CloudTrail/<region>/<date>/` and everything else below other folders. A prefix may have slashes
 * and may even contain `AWSLogs/`: the last `AWSLogs/` that is followed by a valid layout counts.
 *
 * @param key - the plain object key, decoded where its notification encoded it.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */
export function parseObjectKey(key: string): ObjectKey {
  if (key.endsWith('/')) return { kind: 'folder' };
  for (let at = key.lastIndexOf(ROOT); at >= 0; at = previousRoot(key, at)) {
    if (at > 0 && key[at - 1] !== '/') continue;
    const parsed = parseBelowRoot(key.slice(at + ROOT.length), at > 0 ? key.slice(0, at - 1) : '');
    if (parsed !== undefined) return parsed;
  }
  return { kind: 'foreign' };
}

/**
 * The same for the path of a copy that may lie in any folder: without CloudTrail's layout, the name
 * of the file tells its account, Region and day.
 */
export function parseCopyPath(path: string): ObjectKey {
  const key = parseObjectKey(path);
  if (key.kind !== 'foreign') return key;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const [, account, region, year, month, date] = LOG_FILE_NAME.exec(name) ?? [];
  return parseObjectKey(`${ROOT}${account}/CloudTrail/${region}/${year}/${month}/${date}/${name}`);
}

function previousRoot(key: string, at: number): number {
  return at === 0 ? -1 : key.lastIndexOf(ROOT, at - 1);
}

function parseBelowRoot(rest: string, prefix: string): ObjectKey | undefined {
  const parts = LAYOUT.exec(rest)?.groups;
  const kind = KIND_OF_FOLDER.get(parts?.folder ?? '');
  if (parts === undefined || kind === undefined) return undefined;
  const { organization, account = '', region = '', year, month, date, file = '' } = parts;
  const place = {
    ...(prefix !== '' && { prefix }),
    ...(organization !== undefined && { organizationId: organization }),
    accountId: account,
    region,
    day: `${year}-${month}-${date}`,
  };
  return kind === 'digest'
    ? { kind, ...place, ...parseDigestFileName(file) }
    : { kind, ...place, ...parseLogFileName(file) };
}

/** What the name of a log file says, wherever the file stands. */
export function parseLogFileName(file: string): Pick<DeliveredObject, 'deliveredAt'> {
  const [, year, month, date, hour, minute] = FILE_TIME.exec(file) ?? [];
  const deliveredAt = realTime(`${year}-${month}-${date}T${hour}:${minute}:00Z`);
  return deliveredAt === undefined ? {} : { deliveredAt };
}

/** What the name of a digest file says, wherever the file stands. */
export function parseDigestFileName(
  file: string,
): Pick<DigestObject, 'trailName' | 'homeRegion' | 'endsAt' | 'backfill'> {
  const parts = DIGEST_FILE.exec(file)?.groups;
  if (parts === undefined) return { backfill: file.endsWith('_backfill.json.gz') };
  const { trail, home, year, month, date, hour, minute, second, backfill } = parts;
  const endsAt = realTime(`${year}-${month}-${date}T${hour}:${minute}:${second}Z`);
  return {
    trailName: trail,
    homeRegion: home,
    ...(endsAt !== undefined && { endsAt }),
    backfill: backfill !== undefined,
  };
}

/** The time as given, unless its digits are no date (30 February rolls over silently). */
function realTime(time: string): string | undefined {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) return undefined;
  return new Date(ms).toISOString().startsWith(time.slice(0, 10)) ? time : undefined;
}
