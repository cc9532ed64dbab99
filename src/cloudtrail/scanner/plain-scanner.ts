import { type RecordScanner, SCAN, type ScanResult } from './record-scanner';
import { ValueSkipper } from './value-skipper';

const OPENING_BRACE = 0x7b;
const SIGNS_OF_OURS = ['"athena.amazonaws.com', '"cassandra.amazonaws.com', '\\u'];

/** The same as the SIMD scanner, a byte a step: for runtimes without SIMD. */
export class PlainScanner implements RecordScanner {
  readonly windowStart = 0;
  readonly margin = 0;
  bytes = Buffer.alloc(0);
  recordStart = 0;
  position = 0;
  count = 0;
  private readonly skipper = new ValueSkipper();
  private isOpen = false;

  scan(from: number, end: number): ScanResult {
    if (!this.isOpen) {
      this.isOpen = true;
      this.recordStart = from;
      this.position = from;
      this.skipper.begin(OPENING_BRACE);
    }
    const close = this.skipper.skip(this.bytes, this.position, end);
    if (close < 0) {
      this.position = end;
      return SCAN.partial;
    }
    this.isOpen = false;
    this.position = close;
    this.count++;
    return mayBeOurs(this.bytes.subarray(this.recordStart, close)) ? SCAN.flagged : SCAN.gap;
  }

  rebase(distance: number): void {
    this.recordStart -= distance;
    this.position -= distance;
  }

  grow(sizeBytes: number): void {
    const bytes = Buffer.alloc(sizeBytes);
    bytes.set(this.bytes);
    this.bytes = bytes;
  }

  reset(): void {
    this.count = 0;
    this.isOpen = false;
  }
}

/** An escape could spell the name of the member or of the source; without one they stand there. */
function mayBeOurs(record: Buffer): boolean {
  return SIGNS_OF_OURS.some((sign) => record.includes(sign, 0, 'latin1'));
}
