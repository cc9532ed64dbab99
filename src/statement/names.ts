import { SYMBOL, TOKEN, type Tokenizer } from './tokenizer';

/** Whether the current token can be (part of) a name. */
export function isName({ kind }: Tokenizer): boolean {
  return kind === TOKEN.word || kind === TOKEN.quotedName;
}

/**
 * Reads a name of one or more parts that starts at the current token; stops after its last part.
 *
 * @returns the parts joined with dots: lower case, in CQL only where unquoted.
 */
export function readName(tokens: Tokenizer): string {
  let name = readPart(tokens);
  while (tokens.peekCode() === SYMBOL.dot) {
    tokens.next();
    tokens.next();
    if (!isName(tokens)) {
      tokens.pushBack();
      break;
    }
    name += `.${readPart(tokens)}`;
  }
  return name;
}

/** Moves over a name without working out its text. */
export function skipName(tokens: Tokenizer): void {
  while (tokens.peekCode() === SYMBOL.dot) {
    tokens.next();
    tokens.next();
    if (!isName(tokens)) {
      tokens.pushBack();
      return;
    }
  }
}

/** Moves to the end of a group in parentheses, brackets or braces that starts at the token. */
export function skipGroup(tokens: Tokenizer): void {
  let depth = 1;
  while (depth > 0 && tokens.next() !== TOKEN.end) {
    if (isOpening(tokens.symbol)) depth += 1;
    else if (isClosing(tokens.symbol)) depth -= 1;
  }
}

export function isOpening(symbol: number): boolean {
  return symbol === SYMBOL.open || symbol === SYMBOL.openBracket || symbol === SYMBOL.openBrace;
}

export function isClosing(symbol: number): boolean {
  return symbol === SYMBOL.close || symbol === SYMBOL.closeBracket || symbol === SYMBOL.closeBrace;
}

function readPart(tokens: Tokenizer): string {
  const value = tokens.value();
  const keepsCase = tokens.kind === TOKEN.quotedName && tokens.dialect === 'cql';
  return keepsCase ? value : value.toLowerCase();
}
