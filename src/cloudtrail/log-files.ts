/** Where a log file stands: an object of a bucket, or a path where there is no bucket. */
export interface LogFileLocation {
  readonly bucket?: string;
  readonly key: string;
}

/** Opens log files for reading, from the first byte, as often as asked. */
export interface LogFiles {
  /**
   * @throws LogFileError `log-file.not-found` or `log-file.access-denied`, for good.
   * @throws UpstreamError when reading failed for now, also in the middle of the body.
   */
  open(location: LogFileLocation): AsyncIterable<Uint8Array>;
}
