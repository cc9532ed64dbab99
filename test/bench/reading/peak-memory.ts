/** Reads one log file from disk and prints how many bytes the process grew by at its largest. */
import { createReadStream } from 'node:fs';
import { readLogFile } from '../../../src/cloudtrail/log-file';
import { peakBytes } from '../../peak-bytes';

async function main(path: string): Promise<void> {
  const before = process.memoryUsage.rss();
  await readLogFile(
    () => createReadStream(path, { highWaterMark: 256 * 1024 }),
    () => {},
  );
  process.stdout.write(String(peakBytes() - before));
}

void main(process.argv[2] ?? '');
