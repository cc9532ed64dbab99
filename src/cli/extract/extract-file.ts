import { ByteSource } from '../../cloudtrail/byte-source';
import { inflateOrCopy, isGzip } from '../../cloudtrail/gzip';
import { type KeptRecord, readLogFile } from '../../cloudtrail/log-file';
import { parseCopyPath } from '../../cloudtrail/object-key';
import { isJsonSpace } from '../../cloudtrail/scanner/value-skipper';
import { LogFileError } from '../../errors';
import { buildAuditEvent } from '../../event/build-event';
import type { FoundFile } from './find-files';
import { openFile } from './open-file';

export interface ExtractOptions {
  /** Print the records as they stand in the file instead of the events made of them. */
  readonly raw: boolean;
  readonly maxInflatedBytes?: number;
}

/** What became of a file. */
export interface FileOutcome {
  readonly path: string;
  /** `foreign`: no log file. */
  readonly kind: 'log' | 'foreign' | 'broken';
  /** Why it is broken. */
  readonly reason?: string;
  readonly seen: number;
  readonly kept: number;
  /** Records of Athena or Keyspaces that no event can be made of. */
  readonly quarantined: readonly { readonly index: number; readonly reason: string }[];
  readonly sizeBytes: number;
  readonly inflatedBytes: number;
}

/** Gets whole lines; awaited. */
export type WriteLines = (lines: string) => Promise<void> | void;

const OPENING_BRACE = 0x7b;

/**
 * Reads one file and writes a line of JSON for each of its Athena and Keyspaces records.
 *
 * What the file is, its content decides: gzip or plain JSON with an array of `Records` is a log
 * file, other JSON is foreign. What is no JSON at all is a broken log file where it begins like one,
 * where the user named it, or where its own name says JSON; otherwise it is foreign too.
 */
export async function extractFile(
  file: FoundFile,
  options: ExtractOptions,
  write: WriteLines,
): Promise<FileOutcome> {
  const open = openFile(file);
  const quarantined: { index: number; reason: string }[] = [];
  const toLine = options.raw ? toRawLine : createEventLine(file.path, quarantined);
  const outcome = { path: file.path, quarantined, sizeBytes: file.sizeBytes ?? 0 };
  const nothing = { seen: 0, kept: 0, inflatedBytes: 0 };
  try {
    const summary = await readLogFile(open, (records) => write(records.map(toLine).join('')), {
      acceptPlain: true,
      withText: options.raw,
      maxInflatedBytes: options.maxInflatedBytes,
    });
    return { ...outcome, kind: 'log', ...summary };
  } catch (error) {
    if (!(error instanceof LogFileError)) throw error;
    const start = error.code === 'log-file.json' ? await readStart(open) : undefined;
    const isForeign =
      error.code === 'log-file.shape' || (start?.isJson === false && !isExpected(file));
    if (isForeign) return { ...outcome, kind: 'foreign', ...nothing };
    const isNeither = start?.isGzip === false && !start.isJson;
    const reason = isNeither
      ? 'neither gzip nor JSON (log-file.gzip)'
      : `${error.message} (${error.code})`;
    return { ...outcome, kind: 'broken', reason, ...nothing };
  }
}

function createEventLine(
  path: string,
  quarantined: { index: number; reason: string }[],
): (kept: KeptRecord) => string {
  const key = parseCopyPath(path);
  const keyAccountId = key.kind === 'log' ? key.accountId : undefined;
  return ({ record, index }) => {
    const built = buildAuditEvent(record, { key: path, index, keyAccountId });
    if (built.event) return `${JSON.stringify(built.event)}\n`;
    quarantined.push({ index, reason: built.quarantined });
    return '';
  };
}

/** Line breaks can only stand between the tokens of JSON, never in them. */
function toRawLine({ text = '' }: KeptRecord): string {
  return `${text.replace(/[\r\n]\s*/g, '')}\n`;
}

function isExpected({ path, isNamed }: FoundFile): boolean {
  return isNamed || /\.json(\.gz)?$/.test(path);
}

/** Looks at the beginning of a file that is no JSON document as a whole. */
async function readStart(
  open: () => AsyncIterable<Uint8Array>,
): Promise<{ isGzip: boolean; isJson: boolean }> {
  const source = new ByteSource(open());
  const magic = await source.take(2);
  source.unread(magic);
  let first: number | undefined;
  const enough = new Error('enough');
  try {
    await inflateOrCopy(source, Number.POSITIVE_INFINITY, (bytes) => {
      first = bytes.find((byte) => !isJsonSpace(byte));
      if (first !== undefined) throw enough;
    });
  } catch (error) {
    if (error !== enough) throw error;
  } finally {
    await source.close();
  }
  return { isGzip: isGzip(magic), isJson: first === OPENING_BRACE };
}
