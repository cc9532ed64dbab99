import type { Dialect } from './classify';
import { lookUpKeyword } from './keywords';

// Kinds of tokens and codes of symbols: constants of their own, which a bundler makes numbers of,
// and of type number, so that a comparison does not narrow what the next token changes.
export const END: number = 0;
export const WORD: number = 1;
export const QUOTED_NAME: number = 2;
export const STRING: number = 3;
export const NUMBER: number = 4;
const SYMBOL: number = 5;

export const OPEN: number = 40;
export const ASTERISK: number = 42;
export const COMMA: number = 44;
export const DOT: number = 46;
export const SEMICOLON: number = 59;
export const LESS: number = 60;
export const EQUALS: number = 61;
export const GREATER: number = 62;
export const QUESTION_MARK: number = 63;

const DOUBLE_QUOTE = 34;
const DOLLAR = 36;
const SINGLE_QUOTE = 39;
const DASH = 45;
const SLASH = 47;
const BACKSLASH = 92;
const BACK_QUOTE = 96;

/** What a character can be part of; a letter is WORD_PART alone, a digit both of the others. */
const SPACE = 1;
const DIGIT = 2;
const WORD_PART = 4;
const OPENS = 8;
const CLOSES = 16;

/** White space past ASCII, besides U+2000 to U+200D. */
const WIDE_SPACES = '\u0085\u00a0\u1680\u180e\u2028\u2029\u202f\u205f\u3000';
const BYTE_ORDER_MARK = 0xfeff;
const TYPES = createTypes();
const NUMERAL = /0[xob][\da-f_]+|\d[\d_]*(?:\.(?!\.)\d*)?(?:e[+-]?\d+)?/iy;
const END_OF_LINE = /[\n\r]/g;

/**
 * Reads one statement token by token, forwards only. Comments and white space are skipped; an
 * unterminated string, name or comment ends with the text.
 */
export class Tokenizer {
  kind = END;
  /** The keyword in upper case, or '' for any other token and for a word after a dot. */
  keyword = '';
  /** Char code of a symbol, 0 for any other token. */
  symbol = 0;
  /** 1 for an opening parenthesis, bracket or brace, -1 for a closing one, else 0. */
  nesting = 0;
  start = 0;
  end = 0;
  /** The token comes right after a dot: part of a name, never a keyword. */
  followsDot = false;
  /** Hive strings: a backslash escapes, and double quotes are quotes of a string. */
  hiveStrings = false;

  readonly #isCql: boolean;

  constructor(
    readonly text: string,
    readonly dialect: Dialect,
  ) {
    this.#isCql = dialect === 'cql';
  }

  /** Moves to the next token and returns its kind. */
  next(): number {
    const { text } = this;
    const start = this.#skipSpace();
    const code = text.charCodeAt(start);
    this.followsDot = this.symbol === DOT;
    this.start = start;
    this.keyword = '';
    this.symbol = 0;
    this.nesting = 0;
    if (start === text.length) this.#take(END, start);
    else if ((typeOf(code) & WORD_PART) !== 0) {
      if ((typeOf(code) & DIGIT) === 0) this.#readWord(start);
      else this.#readNumber(start);
    } else if (code === SINGLE_QUOTE || (code === DOUBLE_QUOTE && this.hiveStrings)) {
      this.#readQuoted(start, code, STRING);
    } else if (code === DOUBLE_QUOTE || code === BACK_QUOTE) {
      this.#readQuoted(start, code, QUOTED_NAME);
    } else if (this.#isCql && text.startsWith('$$', start)) {
      this.#take(STRING, this.#after('$$', start + 2));
    } else {
      this.symbol = code;
      this.nesting = typeOf(code) === OPENS ? 1 : typeOf(code) === CLOSES ? -1 : 0;
      this.#take(SYMBOL, start + 1);
    }
    return this.kind;
  }

  /** Makes the current token the next one again. */
  pushBack(): void {
    this.end = this.start;
    this.symbol = this.followsDot ? DOT : 0;
  }

  /** Makes the token that starts at `position` the next one. */
  moveTo(position: number): void {
    this.end = position;
    this.symbol = 0;
  }

  /** The char code that the next token starts with, NaN at the end of the text. */
  peekCode(): number {
    return this.text.charCodeAt(this.#skipSpace());
  }

  /** The text of the current name or string in quotes: these off, doubled ones made one. */
  value(): string {
    const { text, start, end, kind } = this;
    if (kind !== QUOTED_NAME && kind !== STRING) return text.slice(start, end);
    const mark = text.charAt(start);
    const isClosed = end - start > 1 && text.endsWith(mark, end);
    const inner = text.slice(start + 1, isClosed ? end - 1 : end);
    return inner.includes(mark) ? inner.replaceAll(mark + mark, mark) : inner;
  }

  #take(kind: number, end: number): void {
    this.kind = kind;
    this.end = end;
  }

  /** Where the next token starts. */
  #skipSpace(): number {
    const { text } = this;
    const isCql = this.#isCql;
    let at = this.end;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (typeOf(code) === SPACE) {
        at += 1;
        continue;
      }
      if (code !== DASH && code !== SLASH) break;
      const next = text.charCodeAt(at + 1);
      if (next === code && (code === DASH || isCql)) {
        END_OF_LINE.lastIndex = at;
        at = END_OF_LINE.test(text) ? END_OF_LINE.lastIndex : text.length;
      } else if (code === SLASH && next === ASTERISK) at = this.#after('*/', at + 2);
      else break;
    }
    return at;
  }

  #readWord(from: number): void {
    const { text } = this;
    let at = from;
    let hash = 0;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if ((typeOf(code) & WORD_PART) === 0 && (code !== DOLLAR || this.#isCql)) break;
      hash = (Math.imul(hash, 31) + (code | 32)) | 0;
    }
    this.#take(WORD, at);
    if (!this.followsDot) this.keyword = lookUpKeyword(text, from, at, hash);
  }

  /** `12`, `1.5e-3`, `0xCAFE`; in Trino `2020_sales` is a name. */
  #readNumber(from: number): void {
    const { text } = this;
    NUMERAL.lastIndex = from;
    NUMERAL.test(text);
    const numeralEnd = NUMERAL.lastIndex;
    let at = numeralEnd;
    if (!text.slice(from, at).includes('.')) {
      while (at < text.length && (typeOf(text.charCodeAt(at)) & WORD_PART) !== 0) at += 1;
    }
    this.#take(at > numeralEnd && !this.#isCql ? WORD : NUMBER, at);
  }

  #readQuoted(from: number, quote: number, kind: number): void {
    const { text } = this;
    const mark = String.fromCharCode(quote);
    const escapes = this.hiveStrings && kind === STRING;
    let at = from + 1;
    for (let close = text.indexOf(mark, at); close >= 0; close = text.indexOf(mark, at)) {
      if (escapes && isEscaped(text, close, at)) at = close + 1;
      else if (text.charCodeAt(close + 1) === quote) at = close + 2;
      else {
        this.#take(kind, close + 1);
        return;
      }
    }
    this.#take(kind, text.length);
  }

  /** The position after `mark`, or the end of the text. */
  #after(mark: string, from: number): number {
    const at = this.text.indexOf(mark, from);
    return at < 0 ? this.text.length : at + mark.length;
  }
}

function typeOf(code: number): number {
  return TYPES[code] ?? (code === BYTE_ORDER_MARK ? SPACE : WORD_PART);
}

/** The types of all characters up to the last space among them. */
function createTypes(): Uint8Array {
  const types = new Uint8Array(WIDE_SPACES.charCodeAt(WIDE_SPACES.length - 1) + 1).fill(WORD_PART);
  for (let code = 0; code < 128; code += 1) types[code] = typeOfAscii(String.fromCharCode(code));
  for (const space of WIDE_SPACES) types[space.charCodeAt(0)] = SPACE;
  return types.fill(SPACE, 0x2000, 0x200e);
}

function typeOfAscii(char: string): number {
  if (/[\0- \x7f]/.test(char)) return SPACE;
  if (/\d/.test(char)) return DIGIT + WORD_PART;
  if (/\w/.test(char)) return WORD_PART;
  if (/[([{]/.test(char)) return OPENS;
  return /[)\]}]/.test(char) ? CLOSES : 0;
}

function isEscaped(text: string, at: number, from: number): boolean {
  let first = at;
  while (first > from && text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}
