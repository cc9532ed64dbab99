import { PlainScanner } from './plain-scanner';
import type { RecordScanner } from './record-scanner';
import { createSimdScanner } from './simd-scanner';

/** Idle scanners: making one costs as much as scanning a small file. */
const idle: RecordScanner[] = [];

/** One that had to hold a huge record is let go with its memory. */
const MAX_IDLE_BYTES = 4 * 1024 * 1024;

export function borrowScanner(): RecordScanner {
  return idle.pop() ?? createSimdScanner() ?? new PlainScanner();
}

export function returnScanner(scanner: RecordScanner): void {
  if (scanner.bytes.length <= MAX_IDLE_BYTES) idle.push(scanner);
}
