import type { FileOutcome } from './extract-file';
import type { FoundFile } from './find-files';

/** To a worker: files to read, or that so many bytes of its lines were taken. */
export type ToWorker = { readonly files: readonly FoundFile[] } | { readonly takenBytes: number };

/** What comes of files, in their order: lines, and after those of a file its outcome. */
export type Result =
  | { readonly lines: Uint8Array<ArrayBuffer> }
  | { readonly outcome: FileOutcome };
