import type { Dialect } from './classify';
import { lookUpKeyword } from './keywords';

/** What a token is. Plain numbers: the tokenizer runs once per character of every statement. */
export const TOKEN = {
  end: 0,
  word: 1,
  quotedName: 2,
  string: 3,
  number: 4,
  symbol: 5,
} as const;

/** Char codes of the symbols that matter. Numbers, not literals, so that they stay comparable. */
export const SYMBOL = {
  open: 40,
  close: 41,
  asterisk: 42,
  comma: 44,
  dot: 46,
  semicolon: 59,
  less: 60,
  equals: 61,
  greater: 62,
  openBracket: 91,
  closeBracket: 93,
  openBrace: 123,
  closeBrace: 125,
};

export type TokenKind = (typeof TOKEN)[keyof typeof TOKEN];

const WORD_START = 1;
const WORD_PART = 2;
const SPACE = 4;
const DIGIT = 8;

const DOUBLE_QUOTE = 34;
const DOLLAR = 36;
const SINGLE_QUOTE = 39;
const STAR = 42;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const BACKSLASH = 92;
const BACK_QUOTE = 96;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

const ASCII = classifyAscii();

/**
 * Reads one statement token by token, forwards only. Comments and white space are skipped; an
 * unterminated string, name or comment ends with the text.
 */
export class Tokenizer {
  kind: TokenKind = TOKEN.end;
  /** The keyword in upper case, or '' for any other token and for a word after a dot. */
  keyword = '';
  /** Char code of a symbol, 0 for any other token. */
  symbol = 0;
  start = 0;
  end = 0;
  /** The token comes right after a dot: part of a name, never a keyword. */
  followsDot = false;
  /** Hive strings: a backslash escapes, and double quotes are quotes of a string. */
  hiveStrings = false;

  private readonly length: number;
  private readonly isCql: boolean;
  private afterDot = false;

  constructor(
    readonly text: string,
    readonly dialect: Dialect,
  ) {
    this.length = text.length;
    this.isCql = dialect === 'cql';
  }

  /** Moves to the next token and returns its kind. */
  next(): TokenKind {
    const { text, length } = this;
    this.followsDot = this.afterDot;
    this.afterDot = false;
    this.keyword = '';
    this.symbol = 0;
    let at = this.end;
    for (;;) {
      if (at >= length) {
        this.start = length;
        this.end = length;
        this.kind = TOKEN.end;
        return TOKEN.end;
      }
      const code = text.charCodeAt(at);
      const type = code < 128 ? ASCII[code] : typeOfWideChar(code);
      if (type === SPACE) {
        at += 1;
        continue;
      }
      this.start = at;
      if (type === WORD_START + WORD_PART) return this.readWord(at);
      if (type === DIGIT + WORD_PART) return this.readNumber(at);
      if (code === DASH && text.charCodeAt(at + 1) === DASH) {
        at = this.endOfLine(at + 2);
      } else if (code === SLASH && text.charCodeAt(at + 1) === STAR) {
        const close = text.indexOf('*/', at + 2);
        at = close < 0 ? length : close + 2;
      } else if (this.isCql && code === SLASH && text.charCodeAt(at + 1) === SLASH) {
        at = this.endOfLine(at + 2);
      } else {
        return this.readQuotedOrSymbol(at, code);
      }
    }
  }

  /** Makes the current token the next one again. */
  pushBack(): void {
    this.end = this.start;
    this.afterDot = this.followsDot;
  }

  /** Makes the token that starts at `position` the next one. */
  moveTo(position: number): void {
    this.end = position;
    this.afterDot = false;
  }

  /** First char code after the current token that is no space, without moving. -1 at the end. */
  peekCode(): number {
    const { text, length } = this;
    for (let at = this.end; at < length; at += 1) {
      const code = text.charCodeAt(at);
      const type = code < 128 ? ASCII[code] : typeOfWideChar(code);
      if (type === SPACE) continue;
      if (code === DASH || code === SLASH) return this.peekPastComments();
      return code;
    }
    return -1;
  }

  /** The text of the current name or string: quotes off, doubled quotes made one. */
  value(): string {
    const { text, start, end } = this;
    if (this.kind === TOKEN.word || this.kind === TOKEN.number) return text.slice(start, end);
    const quote = text.charCodeAt(start);
    if (quote === DOLLAR) return text.slice(start + 2, text.endsWith('$$', end) ? end - 2 : end);
    const closed = end - start > 1 && text.charCodeAt(end - 1) === quote;
    const inner = text.slice(start + 1, closed ? end - 1 : end);
    const mark = String.fromCharCode(quote);
    return inner.includes(mark) ? inner.replaceAll(mark + mark, mark) : inner;
  }

  private readWord(from: number): TokenKind {
    const { text, length } = this;
    let at = from;
    let hash = 0;
    while (at < length) {
      const code = text.charCodeAt(at);
      if (code >= 128) {
        if (typeOfWideChar(code) === SPACE) break;
        hash = -1;
      } else if (((ASCII[code] ?? 0) & WORD_PART) === 0) {
        if (code !== DOLLAR || this.isCql) break;
      }
      hash = (Math.imul(hash, 31) + (code | 32)) | 0;
      at += 1;
    }
    this.end = at;
    this.kind = TOKEN.word;
    if (!this.followsDot) this.keyword = lookUpKeyword(text, from, at, hash);
    return TOKEN.word;
  }

  /** `12`, `1.5e-3`, `0xCAFE`; `2020_sales` is a name. */
  private readNumber(from: number): TokenKind {
    const { text } = this;
    let at = this.skip(from, DIGIT);
    if (text.charCodeAt(at) === DOT && text.charCodeAt(at + 1) !== DOT) {
      at = this.skip(at + 1, DIGIT);
      if ((text.charCodeAt(at) | 32) === 101) at = this.skipExponent(at);
      this.end = at;
      this.kind = TOKEN.number;
      return TOKEN.number;
    }
    const digitsEnd = at;
    at = this.skip(at, WORD_PART);
    if ((text.charCodeAt(digitsEnd) | 32) === 101 && at === digitsEnd + 1) {
      at = this.skipExponent(digitsEnd);
    }
    this.end = at;
    const isName =
      !this.isCql && at > digitsEnd && !NUMBER.test(text.slice(from, Math.min(at, from + 64)));
    this.kind = isName ? TOKEN.word : TOKEN.number;
    return this.kind;
  }

  private skipExponent(from: number): number {
    const sign = this.text.charCodeAt(from + 1);
    return this.skip(sign === 43 || sign === DASH ? from + 2 : from + 1, DIGIT);
  }

  private readQuotedOrSymbol(from: number, code: number): TokenKind {
    const { text } = this;
    if (code === SINGLE_QUOTE) return this.readQuoted(from, code, TOKEN.string);
    if (code === DOUBLE_QUOTE) {
      return this.readQuoted(from, code, this.hiveStrings ? TOKEN.string : TOKEN.quotedName);
    }
    if (code === BACK_QUOTE) return this.readQuoted(from, code, TOKEN.quotedName);
    if (code === DOLLAR && this.isCql && text.charCodeAt(from + 1) === DOLLAR) {
      const close = text.indexOf('$$', from + 2);
      this.end = close < 0 ? this.length : close + 2;
      this.kind = TOKEN.string;
      return TOKEN.string;
    }
    this.end = from + 1;
    this.kind = TOKEN.symbol;
    this.symbol = code;
    this.afterDot = code === DOT;
    return TOKEN.symbol;
  }

  private readQuoted(from: number, quote: number, kind: TokenKind): TokenKind {
    const { text, length } = this;
    const mark = quote === SINGLE_QUOTE ? "'" : quote === DOUBLE_QUOTE ? '"' : '`';
    const escapes = this.hiveStrings && kind === TOKEN.string;
    let at = from + 1;
    for (;;) {
      const close = text.indexOf(mark, at);
      if (close < 0) {
        at = length;
        break;
      }
      if (escapes && this.isEscaped(close, at)) {
        at = close + 1;
      } else if (text.charCodeAt(close + 1) === quote) {
        at = close + 2;
      } else {
        at = close + 1;
        break;
      }
    }
    this.end = at;
    this.kind = kind;
    return kind;
  }

  private isEscaped(at: number, from: number): boolean {
    let backslashes = 0;
    while (
      at - 1 - backslashes >= from &&
      this.text.charCodeAt(at - 1 - backslashes) === BACKSLASH
    ) {
      backslashes += 1;
    }
    return backslashes % 2 === 1;
  }

  private skip(from: number, type: number): number {
    const { text, length } = this;
    let at = from;
    while (at < length) {
      const code = text.charCodeAt(at);
      if (code >= 128 || ((ASCII[code] ?? 0) & type) === 0) break;
      at += 1;
    }
    return at;
  }

  private endOfLine(from: number): number {
    const { text, length } = this;
    let at = from;
    while (at < length) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE || code === CARRIAGE_RETURN) break;
      at += 1;
    }
    return at;
  }

  private peekPastComments(): number {
    const { kind, keyword, symbol, start, end, afterDot, followsDot } = this;
    const next = this.next();
    const code = next === TOKEN.end ? -1 : this.text.charCodeAt(this.start);
    Object.assign(this, { kind, keyword, symbol, start, end, afterDot, followsDot });
    return code;
  }
}

const NUMBER = /^(?:\d+e\d+|0x[\da-f_]+|0o[0-7_]+|0b[01_]+|[\d_]+)$/i;

function typeOfWideChar(code: number): number {
  const isSpace =
    code === 0xa0 ||
    code === 0xfeff ||
    code === 0x3000 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200d) ||
    (code >= 0x2028 && code <= 0x202f) ||
    code === 0x205f ||
    code === 0x85;
  return isSpace ? SPACE : WORD_START + WORD_PART;
}

function classifyAscii(): Uint8Array {
  const types = new Uint8Array(128);
  for (let code = 0; code < 128; code += 1) {
    const char = String.fromCharCode(code);
    if (/[A-Za-z_]/.test(char)) types[code] = WORD_START + WORD_PART;
    else if (/[0-9]/.test(char)) types[code] = DIGIT + WORD_PART;
    else if (code <= 32 || code === 127) types[code] = SPACE;
  }
  return types;
}
