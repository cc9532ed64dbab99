import type { FileOutcome } from './extract-file';

/** What a run saw and did. */
export interface Counts {
  readonly files: { log: number; foreign: number; broken: number };
  readonly records: { seen: number; kept: number; skipped: number; quarantined: number };
  readonly bytes: { read: number; inflated: number };
}

export function createCounts(): Counts {
  return {
    files: { log: 0, foreign: 0, broken: 0 },
    records: { seen: 0, kept: 0, skipped: 0, quarantined: 0 },
    bytes: { read: 0, inflated: 0 },
  };
}

export function addOutcome({ files, records, bytes }: Counts, outcome: FileOutcome): void {
  files[outcome.kind]++;
  records.seen += outcome.seen;
  records.kept += outcome.kept;
  records.skipped += outcome.seen - outcome.kept;
  records.quarantined += outcome.quarantined.length;
  bytes.read += outcome.sizeBytes;
  bytes.inflated += outcome.inflatedBytes;
}
