const QUOTE = 0x22;
const BACKSLASH = 0x5c;

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
    let { depth, insideString, isEscaped } = this;
    for (let at = position; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (insideString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) {
          insideString = false;
          if (depth === 0) return at + 1;
        }
      } else if (byte === QUOTE) insideString = true;
      else if (isOpening(byte)) depth++;
      else if (isClosing(byte) && --depth === 0) return at + 1;
    }
    this.depth = depth;
    this.insideString = insideString;
    this.isEscaped = isEscaped;
    return -1;
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
