import { Writable } from 'node:stream';
import type { Io, Output } from '../io';
import { formatDuration } from '../output/quantities';

export interface ProgressBar {
  /** @param share - 0 to 1. @param words - what stands after the bar. */
  show(share: number, words: string): void;
  stop(): void;
}

/** A bar with the time left, on a terminal only. */
export async function createProgressBar(
  { stderr, clock }: Pick<Io, 'stderr' | 'clock'>,
  action: string,
): Promise<ProgressBar> {
  if (!stderr.isTerminal) return { show: () => {}, stop: () => {} };
  const { SingleBar } = await import('cli-progress');
  const bar = new SingleBar({
    format: `${action} [{bar}] {percentage}% {words} · {left}`,
    barsize: 24,
    stream: toStream(stderr),
  });
  const startedAt = clock();
  let first: number | undefined;
  bar.start(1, 0, { words: '', left: '' });
  return {
    show(share, words) {
      // What an earlier run did took none of this run's time.
      first ??= share;
      bar.update(share, { words, left: timeLeft(share - first, 1 - share, clock() - startedAt) });
    },
    stop: () => bar.stop(),
  };
}

function toStream(output: Output): Writable {
  const stream = new Writable({
    write: (chunk, _encoding, done) => void output.write(chunk).then(() => done(), done),
  });
  return Object.assign(stream, { isTTY: output.isTerminal, columns: output.columns });
}

function timeLeft(done: number, open: number, tookMs: number): string {
  if (open <= 0) return 'done';
  if (done <= 0) return 'time left unknown';
  return `${formatDuration(Math.round((tookMs / done) * open))} left`;
}
