import { LogFileError } from '../errors';
import { isObject, serviceOf } from './record';

export interface KeptRecord {
  /** Position in `Records`. */
  readonly index: number;
  /** The parsed JSON object: every member is to be checked before it is used. */
  readonly record: unknown;
  /** The record's JSON as it stands in the file, where that was asked for. */
  readonly text?: string;
}

interface Candidate {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** Many records are parsed as one array, which takes less time than each on its own. */
const BATCH_BYTES = 128 * 1024;

/** Buffers of files that were read. To make a new one takes longer than to fill it. */
const idle: Buffer[] = [];

const COMMA = 0x2c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;

/** Parses the records that the scanner could not rule out, and keeps those that are ours. */
export class Candidates {
  private bytes = idle.pop() ?? Buffer.allocUnsafe(BATCH_BYTES);
  private size = 0;
  private candidates: Candidate[] = [];

  constructor(
    private readonly withText: boolean,
    private readonly onKept: (records: KeptRecord[], sizeBytes: number) => void,
  ) {}

  /** @throws LogFileError `log-file.json` when a record is no JSON. */
  add(record: Uint8Array, index: number): void {
    if (this.size + record.length + 2 > BATCH_BYTES) this.parse();
    if (record.length + 2 > BATCH_BYTES) {
      this.parseAlone(record, index);
      return;
    }
    this.bytes[this.size] = this.size === 0 ? OPENING_BRACKET : COMMA;
    const start = this.size + 1;
    this.bytes.set(record, start);
    this.size = start + record.length;
    this.candidates.push({ index, start, end: this.size });
  }

  /** Parses what is still waiting. */
  parse(): void {
    if (this.size === 0) return;
    this.bytes[this.size] = CLOSING_BRACKET;
    const records = this.parseAll();
    const kept: KeptRecord[] = [];
    this.candidates.forEach(({ index, start, end }, at) => {
      const record = records[at];
      if (!isOurs(record)) return;
      kept.push(
        this.withText
          ? { index, record, text: this.bytes.toString('utf8', start, end) }
          : { index, record },
      );
    });
    const sizeBytes = this.size;
    this.size = 0;
    this.candidates = [];
    if (kept.length > 0) this.onKept(kept, sizeBytes);
  }

  /** Lets the next file have the memory; nothing may be added any more. */
  close(): void {
    idle.push(this.bytes);
    this.bytes = Buffer.alloc(0);
  }

  /** Without a copy of its bytes: it may be as large as a file. */
  private parseAlone(bytes: Uint8Array, index: number): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
    let record: unknown;
    try {
      record = JSON.parse(text);
    } catch {
      throw new LogFileError('log-file.json', `not JSON: record ${index}`);
    }
    if (!isOurs(record)) return;
    this.onKept([this.withText ? { index, record, text } : { index, record }], bytes.length);
  }

  /**
   * Brackets are balanced in each record, so that the array is JSON exactly if each of them is. The
   * parser's own message is left out: it quotes the record, which may hold a statement.
   */
  private parseAll(): unknown[] {
    try {
      return JSON.parse(this.bytes.toString('utf8', 0, this.size + 1));
    } catch {
      const broken = this.candidates.find(({ start, end }) => !this.isJson(start, end));
      throw new LogFileError('log-file.json', `not JSON: record ${broken?.index}`);
    }
  }

  private isJson(start: number, end: number): boolean {
    try {
      JSON.parse(this.bytes.toString('utf8', start, end));
      return true;
    } catch {
      return false;
    }
  }
}

function isOurs(record: unknown): boolean {
  return isObject(record) && serviceOf(record.eventSource) !== undefined;
}
