import { classifyKind, type Dialect } from './classify';
import { END, NUMBER, QUESTION_MARK, QUOTED_NAME, STRING, Tokenizer, WORD } from './tokenizer';

/** Statements in which Hive, not Trino, reads double quotes: as strings. */
const HIVE_OPERATION = /^(?:CREATE_TABLE|CREATE_DATABASE|ALTER_DATABASE|ALTER_TABLE.*)$/;
/** In those, a double-quoted name can only stand after one of these. */
const BEFORE_NAME = /^(?:table|database|schema|exists|to|\.)$/i;
const TYPE_OF_LITERAL =
  /^(?:date|time|timestamp|decimal|double|real|bigint|char|varchar|json|uuid|ipaddress|interval|x)$/;
/** UUIDs, and durations as ISO 8601 writes them: with designators, in weeks, or like a date. */
const CQL_LITERAL =
  /(?:[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}|P(?=[\dT])(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?|P\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?!\w)/y;
const IN_LIST = /\bin \( (\?|\( \?(?: , \?)* \))(?: , \1)* \)/g;
const ROWS = /\bvalues (\?|\( \?(?: , \?)* \))(?: , \1)*/g;

/**
 * A short hash, equal for statements that differ only in literals, white space, comments and the
 * letter case of unquoted words. Lists of literals (IN, rows of VALUES) may differ in length.
 *
 * @returns 16 hexadecimal digits.
 */
export function fingerprintStatement(text: string, dialect: Dialect): string {
  const words: string[] = [];
  const tokens = startTokens(text, dialect);
  while (nextToken(tokens, words.at(-1) ?? '')) {
    const last = words.at(-1) ?? '';
    if (isLiteral(tokens) || tokens.symbol === QUESTION_MARK) {
      const isSigned = /^[-+]$/.test(last) && !/[\w)\]"`?]$/.test(words.at(-2) ?? '');
      if (isSigned || (tokens.kind === STRING && TYPE_OF_LITERAL.test(last))) words.pop();
      words.push('?');
    } else {
      const word = tokens.text.slice(tokens.start, tokens.end);
      words.push(tokens.kind === WORD ? word.toLowerCase() : word);
    }
  }
  while (words.at(-1) === ';') words.pop();
  const normalized = words.join(' ').replaceAll(IN_LIST, 'in ( $1 )').replaceAll(ROWS, 'values $1');
  return hash(normalized, 0x01000193) + hash(normalized, 0x85ebca6b);
}

/**
 * The statement with its literals masked: strings become `'?'`, numbers, UUIDs, durations and blobs
 * `?`. Comments, which may hold anything, are left out; everything else stays as it was written.
 */
export function redactLiterals(text: string, dialect: Dialect): string {
  const tokens = startTokens(text, dialect);
  let redacted = '';
  let end = 0;
  let last = '';
  while (nextToken(tokens, last)) {
    redacted += gap(tokens.text, end, tokens.start);
    last = tokens.text.slice(tokens.start, tokens.end);
    if (!isLiteral(tokens)) redacted += last;
    else redacted += tokens.kind === STRING ? "'?'" : '?';
    end = tokens.end;
  }
  return redacted + gap(tokens.text, end, tokens.text.length);
}

function startTokens(text: unknown, dialect: Dialect): Tokenizer {
  const statement = typeof text === 'string' ? text : '';
  const tokens = new Tokenizer(statement, dialect);
  tokens.hiveStrings =
    dialect === 'athena' && HIVE_OPERATION.test(classifyKind(statement, dialect).operation);
  return tokens;
}

/** Moves on; false at the end. A double-quoted name in Hive's statements is told from a string. */
function nextToken(tokens: Tokenizer, last: string): boolean {
  tokens.next();
  if (tokens.hiveStrings && tokens.kind === STRING && BEFORE_NAME.test(last)) {
    if (tokens.text.charAt(tokens.start) === '"') tokens.kind = QUOTED_NAME;
  }
  if (tokens.dialect === 'cql') takeCqlLiteral(tokens);
  return tokens.kind !== END;
}

/** One literal, though it starts like a name or a number and may hold dashes. */
function takeCqlLiteral(tokens: Tokenizer): void {
  CQL_LITERAL.lastIndex = tokens.start;
  if (!CQL_LITERAL.test(tokens.text)) return;
  tokens.kind = NUMBER;
  tokens.moveTo(CQL_LITERAL.lastIndex);
}

function isLiteral({ kind }: Tokenizer): boolean {
  return kind === STRING || kind === NUMBER;
}

/** White space between two tokens, without the comments in it. */
function gap(text: string, from: number, to: number): string {
  const space = text.slice(from, to);
  return space.trim() === '' ? space : ' ';
}

/** 32 bits in hexadecimal digits: FNV-1a over UTF-16 units, its bits mixed at the end. */
function hash(text: string, prime: number): string {
  let bits = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) bits = Math.imul(bits ^ text.charCodeAt(at), prime);
  bits = Math.imul(bits ^ (bits >>> 16), prime);
  return ((bits ^ (bits >>> 13)) >>> 0).toString(16).padStart(8, '0');
}
