import { setImmediate } from 'node:timers/promises';
import { type ExtractOptions, extractFile } from './extract-file';
import type { FoundFile } from './find-files';
import type { Result } from './worker-messages';

/** Lines that may wait for whoever takes them; then reading pauses. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

const FILES_BETWEEN_PAUSES = 16;

/** Reads files one after the other, no faster than their lines are taken. */
export class GroupReader {
  private waitingBytes = 0;
  private resume = () => {};

  constructor(
    private readonly options: ExtractOptions,
    private readonly onResult: (result: Result) => void,
  ) {}

  async read(files: readonly FoundFile[]): Promise<void> {
    for (const [index, file] of files.entries()) {
      const outcome = await extractFile(file, this.options, (lines) => this.write(lines));
      this.onResult({ outcome });
      // Small files are read without ever waiting, and others want to be heard.
      if (index % FILES_BETWEEN_PAUSES === 0) await setImmediate();
    }
  }

  taken(sizeBytes: number): void {
    this.waitingBytes -= sizeBytes;
    this.resume();
  }

  private async write(text: string): Promise<void> {
    if (text === '') return;
    const lines = new TextEncoder().encode(text);
    this.waitingBytes += lines.length;
    this.onResult({ lines });
    while (this.waitingBytes > MAX_WAITING_BYTES) {
      await new Promise<void>((resolve) => {
        this.resume = resolve;
      });
    }
  }
}
