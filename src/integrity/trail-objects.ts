import type { LogFileLocation, LogFiles } from '../cloudtrail/log-files';

/** Where an object stands now that CloudTrail signed as standing at `signed`, if it can be here. */
export type Relocate = (signed: LogFileLocation) => LogFileLocation | undefined;

interface OpenDigest {
  readonly body: AsyncIterable<Uint8Array>;
  /** User metadata of the object, names in lower case without `x-amz-meta-`, if there is any. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The stored files of trails: a bucket, or a folder that holds a copy of one. */
export interface TrailObjects extends LogFiles {
  /** @throws LogFileError or UpstreamError, as `open` does. */
  openDigest(location: LogFileLocation): Promise<OpenDigest>;
  /**
   * Decides whether a digest stands where CloudTrail put it.
   * @param signed - the location that the digest itself names.
   * @returns how the locations that it lists are found; nothing when it was moved.
   */
  relocation(readAt: LogFileLocation, signed: Required<LogFileLocation>): Relocate | undefined;
  /**
   * Digests that lie behind one, of its account and Region, sorted by key: later ones, and those of
   * other trails.
   */
  digestsAfter(digest: LogFileLocation): AsyncIterable<LogFileLocation>;
}

interface ListedFile extends LogFileLocation {
  /** Where listing tells it. */
  readonly sizeBytes?: number;
}

/** A place whose files can also be listed. */
export interface ListedTrailObjects extends TrailObjects {
  /** Names of the folders directly below a folder; both end in `/`, the root is empty. */
  folders(folder: string): Promise<readonly string[]>;
  /** Files anywhere below a folder, sorted by key. */
  files(folder: string, startAfter?: string): AsyncIterable<ListedFile>;
}

/** The folder with all digests of a digest's account and Region: the parent of its day's. */
export function regionFolder(digestKey: string): string {
  return digestKey.split('/').slice(0, -4).concat('').join('/');
}
