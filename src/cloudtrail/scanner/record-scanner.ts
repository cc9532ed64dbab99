/** How a scan of records ended. */
export const SCAN = {
  /** The record goes on beyond the bytes at hand: add more and scan again. */
  partial: 0,
  /** The record may be Athena's or Keyspaces': only a JSON parser can tell. */
  flagged: 1,
  /** Behind the record comes something else than the next record. */
  gap: 2,
} as const;

export type ScanResult = (typeof SCAN)[keyof typeof SCAN];

/**
 * Passes over the records (JSON objects) of a log file, without parsing them: brackets are balanced
 * outside strings, nothing else is checked. It flags every record that may be ours, and by chance
 * others.
 *
 * The scanner owns the window of bytes, since one of them works in WebAssembly memory.
 */
export interface RecordScanner {
  /** The window's memory; another array after `grow`. */
  readonly bytes: Buffer;
  /** Where in the memory the window starts. */
  readonly windowStart: number;
  /** Bytes behind the window's end that the memory must have. */
  readonly margin: number;
  /** Start and end of the record at hand; the end counts after `flagged` and `gap`. */
  readonly recordStart: number;
  readonly position: number;
  /** Records passed since the last `reset`. */
  readonly count: number;
  /** Scans from a record's `{` at `from`, or on from where `partial` ended. */
  scan(from: number, end: number): ScanResult;
  /** The window's bytes moved down by so many. */
  rebase(distance: number): void;
  grow(sizeBytes: number): void;
  reset(): void;
}
