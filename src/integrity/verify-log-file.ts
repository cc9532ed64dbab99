import { createHash } from 'node:crypto';
import type { LogFileLocation, LogFiles } from '../cloudtrail/log-files';
import { LogFileError } from '../errors';
import type { Verdict } from '../event/audit-event';
import { contentMark } from '../store/receipt';
import type { ListedLogFile } from './digest';
import { readInflated } from './inflated';

export interface LogFileVerdict {
  readonly verdict: Verdict;
  /** Why it is not verified, in words that follow "the log file". */
  readonly reason?: string;
}

/** CloudTrail's own limit is 50 MB. */
const MAX_INFLATED_BYTES = 512 * 1024 * 1024;

/**
 * Compares a log file with what a verified digest says of it.
 *
 * @param location - where it stands now; nothing when it is outside of what was given.
 * @param takenIn - `contentMark` of the content that events were taken from: where it is known, that
 *   content is judged, and the file is not read.
 * @throws UpstreamError when it cannot be read for now, LogFileError `log-file.access-denied` when we
 *   are not allowed to: neither says anything about the file.
 */
export async function verifyLogFile(
  files: LogFiles,
  location: LogFileLocation | undefined,
  listed: ListedLogFile,
  takenIn?: string,
): Promise<LogFileVerdict> {
  if (listed.hashAlgorithm !== 'SHA-256') {
    const reason = `is listed with the hash algorithm "${listed.hashAlgorithm}" instead of SHA-256`;
    return { verdict: 'failed', reason };
  }
  if (location === undefined) {
    return { verdict: 'missing', reason: 'is listed by a digest but lies outside of this folder' };
  }
  const signed = listed.hashValue.toLowerCase();
  if (takenIn !== undefined) {
    return takenIn === contentMark(Buffer.from(signed, 'hex'))
      ? { verdict: 'verified' }
      : { verdict: 'failed', reason: 'was taken in with other content than was signed' };
  }
  try {
    const hash = await hashContent(files, location);
    return hash === signed
      ? { verdict: 'verified' }
      : { verdict: 'failed', reason: 'was changed: its SHA-256 is not the one that was signed' };
  } catch (error) {
    if (!(error instanceof LogFileError)) throw error;
    return verdictOf(error);
  }
}

/** SHA-256 over the uncompressed content, which is what CloudTrail signs, in lower-case hex. */
async function hashContent(files: LogFiles, location: LogFileLocation): Promise<string> {
  const hash = createHash('sha256');
  await readInflated(files.open(location), MAX_INFLATED_BYTES, (bytes) => {
    hash.update(bytes);
  });
  return hash.digest('hex');
}

function verdictOf(error: LogFileError): LogFileVerdict {
  switch (error.code) {
    case 'log-file.not-found':
      return { verdict: 'missing', reason: 'is listed by a digest but is not there' };
    case 'log-file.access-denied':
      throw error;
    default:
      return { verdict: 'failed', reason: error.message };
  }
}
