import type { Density, Estimate } from '../../backfill/estimate';
import type { Io } from '../io';
import { formatBytes, formatCost, formatDuration } from '../output/quantities';

interface Counts {
  readonly known: number;
}

/** What a dry run found out. */
export function describeEstimate(
  { files, sizeBytes, events, writeUnits, usd, hours, known }: Estimate & Counts,
  { sampledFiles }: Density,
  rate: number,
): string {
  const basis =
    sampledFiles === 0
      ? 'No file could be read: events are those of an ordinary trail, 1 % of the records.'
      : `Events are estimated from ${sampledFiles} ${sampledFiles === 1 ? 'file' : 'files'} read at random.`;
  return [
    `files         ${thousands(files)}${known > 0 ? ` (and ${thousands(known)} stored already)` : ''}`,
    `size          ${formatBytes(sizeBytes)}`,
    `events        about ${thousands(events)}`,
    `write units   about ${thousands(writeUnits)}`,
    `cost          about ${formatCost(usd)} (DynamoDB, Lambda, SQS and S3 at list prices)`,
    `time          ${formatDuration(hours * 3_600_000)} at ${rate} files a second`,
    basis,
    '',
  ].join('\n');
}

export function toEstimateJson(
  { sizeBytes, ...estimate }: Estimate & Counts,
  { sampledFiles }: Density,
) {
  return { ...estimate, bytes: sizeBytes, gb: sizeBytes / 1e9, sampledFiles };
}

/** JSON in a pipe or where it is asked for, words on a terminal. */
export async function printResult(
  { stdout }: Pick<Io, 'stdout'>,
  isJson: boolean | undefined,
  result: object,
  words: string,
): Promise<void> {
  await stdout.write(isJson || !stdout.isTerminal ? `${JSON.stringify(result)}\n` : words);
}

export function thousands(value: number): string {
  return value.toLocaleString('en-US');
}
