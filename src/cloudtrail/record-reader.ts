import { LogFileError } from '../errors';
import { type RecordScanner, SCAN } from './scanner/record-scanner';
import { isJsonSpace, ValueSkipper } from './scanner/value-skipper';

/** Where the reader stands in the document: what it expects next. */
type Place =
  | 'document'
  | 'first-name'
  | 'name'
  | 'colon'
  | 'value'
  | 'after-value'
  | 'first-element'
  | 'element'
  | 'record'
  | 'after-element'
  | 'end';

/** A name or value that is passed over, and what comes behind it. */
interface Skipped {
  readonly use: 'name' | 'value';
  readonly next: Place;
}

const COMMA = 0x2c;
const COLON = 0x3a;
const QUOTE = 0x22;
const BRACE = { open: 0x7b, close: 0x7d };
const BRACKET = { open: 0x5b, close: 0x5d };

const SCALAR_STARTS = Buffer.from('-0123456789tfn');
const SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/**
 * What stands beside the records may cost as much as so many bytes: CloudTrail writes nothing there,
 * and reading it is slower than passing over records. A name or value costs as much as 32 bytes.
 */
const MAX_OTHER_BYTES = 32 * 1024 * 1024;
const COST_OF_VALUE_BYTES = 32;

/** No record may be larger. CloudTrail ends at 256 KB, and whole files at 50 MB. */
const MAX_RECORD_BYTES = 32 * 1024 * 1024;

/**
 * Reads the JSON document of a log file as it comes, `{"Records":[ … ]}`, and hands over the records
 * that may be Athena's or Keyspaces'. Any other members may stand beside `Records`; of members with
 * that name the last counts, as with `JSON.parse`.
 *
 * What is not handed over is not parsed: its brackets have to be balanced, and that is all.
 */
export class RecordReader {
  /** How often an array of records has begun: with the second one, all that was read is void. */
  arrays = 0;

  private place: Place = 'document';
  private skipped: Skipped | undefined;
  private readonly skipper = new ValueSkipper();
  private isRecordsName = false;
  private hasRecords = false;
  /** The window in the scanner's memory: next byte to look at, end, first byte still needed. */
  private position: number;
  private end: number;
  private needed: number | undefined;
  /** Bytes of the document that stood before the window. */
  private passed = 0;
  /** Elements of `Records` that are no objects. */
  private others = 0;
  /** Spent of MAX_OTHER_BYTES. */
  private otherBytes = 0;

  /**
   * @param onCandidate - gets a record's bytes, valid during the call only, and its index.
   */
  constructor(
    private readonly scanner: RecordScanner,
    private readonly onCandidate: (bytes: Uint8Array, index: number) => void,
  ) {
    scanner.reset();
    this.position = scanner.windowStart;
    this.end = scanner.windowStart;
  }

  /** Elements of `Records` so far. */
  get seen(): number {
    return this.scanner.count + this.others;
  }

  /**
   * Takes the next bytes of the document.
   *
   * @throws LogFileError `log-file.json` when they cannot belong to a JSON document,
   *   `log-file.too-large` when a record exceeds MAX_RECORD_BYTES, or what is none MAX_OTHER_BYTES.
   */
  write(chunk: Uint8Array): void {
    this.append(chunk);
    while (this.position < this.end && this.read()) {}
  }

  /**
   * @throws LogFileError `log-file.json` when the document is not complete, `log-file.shape` when it
   *   is none with an array of `Records`.
   */
  finish(): void {
    if (this.skipper.kind === 'scalar') this.endSkipped();
    if (this.place !== 'end' || this.skipped) throw this.notJson('ends early');
    if (!this.hasRecords) {
      throw new LogFileError('log-file.shape', 'the document has no array "Records"');
    }
  }

  /** Puts bytes behind the window's last one; what is no longer needed makes room. */
  private append(chunk: Uint8Array): void {
    const { scanner } = this;
    const keep = this.needed ?? this.position;
    const distance = keep - scanner.windowStart;
    if (distance > 0) {
      scanner.bytes.copyWithin(scanner.windowStart, keep, this.end);
      scanner.rebase(distance);
      this.passed += distance;
      this.position -= distance;
      this.end -= distance;
      if (this.needed !== undefined) this.needed = scanner.windowStart;
    }
    if (this.end > MAX_RECORD_BYTES) {
      throw new LogFileError(
        'log-file.too-large',
        `record ${this.seen} is larger than ${MAX_RECORD_BYTES} bytes`,
      );
    }
    const size = this.end + chunk.length + scanner.margin;
    if (size > scanner.bytes.length) scanner.grow(Math.max(size, 2 * scanner.bytes.length));
    scanner.bytes.set(chunk, this.end);
    this.end += chunk.length;
  }

  /** Reads on by a token, a value or a run of records; false when more bytes are needed. */
  private read(): boolean {
    if (this.place === 'record' && !this.skipped) return this.scan();
    const from = this.position;
    const goesOn = this.readOther();
    this.otherBytes += this.position - from;
    if (this.otherBytes > MAX_OTHER_BYTES) {
      throw new LogFileError('log-file.too-large', 'too much stands beside the records');
    }
    return goesOn;
  }

  private readOther(): boolean {
    if (this.skipped) return this.skip();
    const byte = this.scanner.bytes[this.position] ?? 0;
    if (isJsonSpace(byte)) this.skipSpace();
    else this.readToken(byte);
    return true;
  }

  private skipSpace(): void {
    const { end } = this;
    const { bytes } = this.scanner;
    let at = this.position + 1;
    while (at < end && isJsonSpace(bytes[at] ?? 0)) at++;
    this.position = at;
  }

  private scan(): boolean {
    const { scanner } = this;
    const result = scanner.scan(this.position, this.end);
    if (result === SCAN.partial) {
      this.position = scanner.recordStart;
      this.needed = scanner.recordStart;
      return false;
    }
    this.position = scanner.position;
    this.needed = undefined;
    this.place = 'after-element';
    if (result === SCAN.flagged) {
      this.onCandidate(
        scanner.bytes.subarray(scanner.recordStart, scanner.position),
        this.seen - 1,
      );
    }
    return true;
  }

  private readToken(byte: number): void {
    switch (this.place) {
      case 'document':
        if (byte === BRACE.open) this.take('first-name');
        else this.beginSkip(byte, { use: 'value', next: 'end' });
        break;
      case 'first-name':
      case 'name':
        if (byte === QUOTE) this.beginSkip(byte, { use: 'name', next: 'colon' });
        else if (byte === BRACE.close && this.place === 'first-name') this.take('end');
        else throw this.notJson('expects a name');
        break;
      case 'colon':
        if (byte !== COLON) throw this.notJson('expects a colon');
        this.take('value');
        break;
      case 'value':
        if (this.isRecordsName) this.hasRecords = byte === BRACKET.open;
        if (this.isRecordsName && this.hasRecords) this.beginRecords();
        else this.beginSkip(byte, { use: 'value', next: 'after-value' });
        break;
      case 'after-value':
        if (byte === COMMA) this.take('name');
        else if (byte === BRACE.close) this.take('end');
        else throw this.notJson('expects a comma or the end of the object');
        break;
      case 'first-element':
      case 'element':
        if (byte === BRACE.open) this.place = 'record';
        else if (byte === BRACKET.close && this.place === 'first-element') this.take('after-value');
        else this.beginSkip(byte, { use: 'value', next: 'after-element' });
        break;
      case 'after-element':
        if (byte === COMMA) this.take('element');
        else if (byte === BRACKET.close) this.take('after-value');
        else throw this.notJson('expects a comma or the end of the array');
        break;
      default:
        throw this.notJson('goes on behind its end');
    }
  }

  private take(next: Place): void {
    this.position++;
    this.place = next;
  }

  private beginRecords(): void {
    this.arrays++;
    this.others = 0;
    this.scanner.reset();
    this.take('first-element');
  }

  private beginSkip(byte: number, skipped: Skipped): void {
    this.skipped = skipped;
    this.otherBytes += COST_OF_VALUE_BYTES;
    this.skipper.begin(byte);
    if (this.skipper.kind === 'scalar' && !SCALAR_STARTS.includes(byte)) {
      throw this.notJson('expects a value');
    }
    if (this.skipper.kind === 'scalar' || skipped.use === 'name') this.needed = this.position;
  }

  private skip(): boolean {
    const close = this.skipper.skip(this.scanner.bytes, this.position, this.end);
    this.position = close < 0 ? this.end : close;
    if (close >= 0) this.endSkipped();
    return close >= 0;
  }

  private endSkipped(): void {
    const { skipped, scanner, needed = this.position } = this;
    if (!skipped) return;
    const isName = skipped.use === 'name';
    if (isName || this.skipper.kind === 'scalar') {
      const text = scanner.bytes.toString('utf8', needed, this.position);
      if (isName) this.isRecordsName = this.parseName(text) === 'Records';
      else if (!SCALAR.test(text)) throw this.notJson('expects a value');
    }
    if (skipped.next === 'after-element') this.others++;
    this.place = skipped.next;
    this.skipped = undefined;
    this.needed = undefined;
  }

  private parseName(text: string): unknown {
    if (text === '"Records"') return 'Records';
    try {
      return JSON.parse(text);
    } catch {
      throw this.notJson('expects a name');
    }
  }

  private notJson(what: string): LogFileError {
    const at = this.passed + this.position - this.scanner.windowStart;
    return new LogFileError('log-file.json', `not JSON: ${what} at byte ${at}`);
  }
}
