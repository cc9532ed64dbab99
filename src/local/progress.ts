import cliProgress from 'cli-progress';
import { toSafeLines } from '../safe-text';
import type { VerifiedDigests } from './local-integrity';
import type { ReadCounts } from './trail-reader';

export interface Progress {
  show(counts: Readonly<ReadCounts>): void;
  say(text: string): void;
  finish(counts: Readonly<ReadCounts>): void;
  tellVerified(digests: VerifiedDigests): void;
  fail(error: unknown): void;
}

/** A bar on a terminal, a line at the end elsewhere. */
export function createProgress(stderr: NodeJS.WriteStream): Progress {
  const startedMs = performance.now();
  const bar = new cliProgress.SingleBar({
    stream: stderr,
    noTTYOutput: false,
    clearOnComplete: true,
    format: 'reading {bar} {value}/{total} files · {events} events · ETA {eta_formatted}',
  });
  let isReading = true;
  /** Names of files may hold anything. */
  function say(text: string): void {
    const lines = toSafeLines(text).join('\n');
    stderr.write(`${bar.isActive && stderr.isTTY ? '\n' : ''}${lines}\n`);
  }

  return {
    say,
    fail: (error) => say(error instanceof Error ? `${error.stack}` : String(error)),
    tellVerified({ good, bad }) {
      if (good > 0) say(`${good} digests verified`);
      if (bad > 0) say(`${bad} digests are not as CloudTrail signed them: see querytrail verify`);
    },
    show(counts) {
      if (!isReading) return;
      if (!bar.isActive) bar.start(counts.files, counts.done, { events: counts.events });
      bar.setTotal(counts.files);
      bar.update(counts.done, { events: counts.events });
    },
    finish(counts) {
      isReading = false;
      bar.stop();
      const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
      const known = counts.known > 0 ? `, ${counts.known} known already` : '';
      const unreadable = counts.unreadable > 0 ? `, ${counts.unreadable} unreadable` : '';
      const { done, files, events } = counts;
      const end =
        done < files
          ? `stopped: the next start reads the other ${files - done}`
          : 'watching for more';
      stderr.write(
        `${done} ${done === 1 ? 'file' : 'files'}, ${events} ${events === 1 ? 'event' : 'events'} in ${seconds} s${known}${unreadable}; ${end}\n`,
      );
    },
  };
}
