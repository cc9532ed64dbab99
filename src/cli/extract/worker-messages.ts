import type { ExtractOptions, FileOutcome } from './extract-file';
import type { FoundFile } from './find-files';

/** What a worker is started with. */
export type WorkerStart = ExtractOptions;

/** To a worker: files to read, or that so many bytes of its lines were taken. */
export type ToWorker = { readonly files: readonly FoundFile[] } | { readonly takenBytes: number };

/** From a worker, in the order of its files; the last outcome of `files` ends them. */
export type FromWorker = { readonly lines: Uint8Array } | { readonly outcome: FileOutcome };
