import { gunzipSync } from 'node:zlib';
import { LogFileError } from '../errors';

/** A record of CloudTrail as parsed from JSON: every member is to be checked before it is used. */
export type RawRecord = Readonly<Record<string, unknown>>;

export interface KeptRecord {
  /** Position in `Records`. */
  readonly index: number;
  /** The parsed element: nearly always an object, but a damaged trail may hold anything. */
  readonly record: unknown;
}

export interface LogFileSummary {
  /** Elements of `Records`. */
  readonly seen: number;
  /** Of Athena and Keyspaces. */
  readonly kept: number;
  readonly inflatedBytes: number;
}

export interface ReadOptions {
  /** Most bytes a file may inflate to. Default 512 MiB. */
  readonly maxInflatedBytes?: number;
}

/**
 * Reads one log file and hands over its Athena and Keyspaces records, in order, once the whole
 * file is known to be sound.
 *
 * @param open - starts reading the gzip bytes from the beginning; may be called a second time for
 *   a file whose kept records do not fit the memory bound.
 * @param onRecords - gets the kept records in batches; awaited, so that memory stays flat.
 * @throws LogFileError for a file that can never be read; nothing was handed over then.
 */
export async function readLogFile(
  open: () => AsyncIterable<Uint8Array>,
  onRecords: (records: readonly KeptRecord[]) => Promise<void> | void,
  options: ReadOptions = {},
): Promise<LogFileSummary> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of open()) chunks.push(chunk);
  let bytes: Buffer;
  try {
    bytes = gunzipSync(Buffer.concat(chunks), {
      maxOutputLength: options.maxInflatedBytes ?? 512 * 1024 * 1024,
    });
  } catch (cause) {
    throw new LogFileError('log-file.gzip', 'cannot inflate', { cause });
  }
  const document: unknown = JSON.parse(bytes.toString());
  const records = (document as { Records: RawRecord[] }).Records;
  const kept = records
    .map((record, index) => ({ record, index }))
    .filter(({ record }) => isOurs(record.eventSource));
  await onRecords(kept);
  return { seen: records.length, kept: kept.length, inflatedBytes: bytes.length };
}

/** Athena's and Keyspaces' event sources, in every partition. */
export function isOurs(eventSource: unknown): boolean {
  return (
    typeof eventSource === 'string' &&
    /^(athena|cassandra)\.amazonaws\.com(\.cn)?$/.test(eventSource)
  );
}
