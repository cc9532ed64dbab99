const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** How far a byte outside of strings leads in or out; a table, for half a gigabyte of brackets. */
const STEPS = Int8Array.from({ length: 256 }, (_, byte) =>
  isOpening(byte) ? 1 : isClosing(byte) ? -1 : 0,
);

type Kind = 'string' | 'brackets' | 'scalar';

/** Passes over one JSON value, in as many pieces as it comes. Checks the balance of brackets only. */
export class ValueSkipper {
  kind: Kind = 'scalar';
  private depth = 0;
  private insideString = false;
  private isEscaped = false;

  /** Starts anew with a value whose first byte is the next one to skip. */
  begin(firstByte: number): void {
    this.kind = firstByte === QUOTE ? 'string' : isOpening(firstByte) ? 'brackets' : 'scalar';
    this.depth = 0;
    this.insideString = false;
    this.isEscaped = false;
  }

  /** Answers the position behind the value, or -1 when it does not end before `end`. */
  skip(bytes: Uint8Array, position: number, end: number): number {
    return this.kind === 'scalar'
      ? skipScalar(bytes, position, end)
      : this.skipQuotedOrNested(bytes, position, end);
  }

  private skipQuotedOrNested(bytes: Uint8Array, position: number, end: number): number {
    // A backslash at the end of a piece takes the first byte of the next one with it.
    let at = this.isEscaped ? position + 1 : position;
    while (at < end) {
      at = this.insideString ? skipToQuote(bytes, at, end) : this.skipBrackets(bytes, at, end);
      if (at >= end) break;
      at++;
      if (bytes[at - 1] === QUOTE) this.insideString = !this.insideString;
      if (this.depth === 0 && !this.insideString) return at;
    }
    this.isEscaped = at > end;
    return -1;
  }

  /** @returns the position of the next quote, or of the bracket that ends the value, or `end`. */
  private skipBrackets(bytes: Uint8Array, position: number, end: number): number {
    let { depth } = this;
    let at = position;
    for (; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) break;
      depth += STEPS[byte] ?? 0;
      if (depth === 0) break;
    }
    this.depth = depth;
    return at;
  }
}

/** Space, tab, line feed, carriage return: all that JSON allows between its tokens. */
export function isJsonSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isOpening(byte: number): boolean {
  return byte === 0x7b || byte === 0x5b;
}

function isClosing(byte: number): boolean {
  return byte === 0x7d || byte === 0x5d;
}

function skipScalar(bytes: Uint8Array, position: number, end: number): number {
  for (let at = position; at < end; at++) {
    const byte = bytes[at] ?? 0;
    const isDelimiter = byte === 0x2c || byte === 0x3a || byte === QUOTE;
    if (isDelimiter || isOpening(byte) || isClosing(byte) || isJsonSpace(byte)) return at;
  }
  return -1;
}

/** @returns the position of the closing quote; `end`, or one behind it after a backslash, if none. */
function skipToQuote(bytes: Uint8Array, position: number, end: number): number {
  let at = position;
  while (at < end) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return at;
}
