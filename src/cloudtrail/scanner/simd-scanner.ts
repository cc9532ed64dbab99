import type { RecordScanner, ScanResult } from './record-scanner';
import { RECORD_SCANNER_WASM } from './record-scanner-wasm';

/** What assembly/record-scanner.ts exports. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly windowStart: WebAssembly.Global<'i32'>;
  readonly count: WebAssembly.Global<'i32'>;
  readonly recordStart: WebAssembly.Global<'i32'>;
  readonly position: WebAssembly.Global<'i32'>;
  scanRecords(from: number, end: number): ScanResult;
  rebase(distance: number): void;
  reset(): void;
}

const PAGE_BYTES = 64 * 1024;

let compiled: WebAssembly.Module | undefined;

/** A scanner that looks at 64 bytes a step; undefined where WebAssembly or its SIMD is missing. */
export function createSimdScanner(): RecordScanner | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  if (!compiled) {
    const code = Buffer.from(RECORD_SCANNER_WASM, 'base64');
    if (!WebAssembly.validate(code)) return undefined;
    compiled = new WebAssembly.Module(code);
  }
  return new SimdScanner(compiled);
}

class SimdScanner implements RecordScanner {
  readonly windowStart: number;
  readonly margin = 64;
  bytes: Buffer;
  private readonly exports: Exports;

  constructor(module: WebAssembly.Module) {
    this.exports = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.windowStart = this.exports.windowStart.value;
    this.bytes = Buffer.from(this.exports.memory.buffer);
  }

  get recordStart(): number {
    return this.exports.recordStart.value;
  }

  get position(): number {
    return this.exports.position.value;
  }

  get count(): number {
    return this.exports.count.value;
  }

  scan(from: number, end: number): ScanResult {
    return this.exports.scanRecords(from, end);
  }

  rebase(distance: number): void {
    this.exports.rebase(distance);
  }

  grow(sizeBytes: number): void {
    this.exports.memory.grow(Math.ceil((sizeBytes - this.bytes.length) / PAGE_BYTES));
    this.bytes = Buffer.from(this.exports.memory.buffer);
  }

  reset(): void {
    this.exports.reset();
  }
}
