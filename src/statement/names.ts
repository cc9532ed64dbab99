import { DOT, END, OPEN, QUOTED_NAME, type Tokenizer, WORD } from './tokenizer';

/** Each of these starts a query. */
export const QUERY_WORDS: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE']);

/** Whether the current token can be (part of) a name. */
export function isName({ kind }: Tokenizer): boolean {
  return kind === WORD || kind === QUOTED_NAME;
}

/**
 * Reads a name of one or more parts that starts at the current token; stops after its last part.
 *
 * @returns the parts joined with dots: lower case, in CQL only where unquoted.
 */
export function readName(tokens: Tokenizer): string {
  let name = readPart(tokens);
  while (tokens.peekCode() === DOT) {
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

/** Notes the name that comes next, if one does. */
export function noteNextName(tokens: Tokenizer, names: Set<string>): void {
  tokens.next();
  if (isName(tokens)) names.add(readName(tokens));
  else tokens.pushBack();
}

/** Moves to the next such keyword; false where none comes. */
export function skipTo(tokens: Tokenizer, keyword: string): boolean {
  while (tokens.next() !== END) if (tokens.keyword === keyword) return true;
  return false;
}

/** Moves to the end of a group in parentheses, brackets or braces that starts at the token. */
export function skipGroup(tokens: Tokenizer): void {
  for (let depth = 1; depth > 0 && tokens.next() !== END; ) depth += tokens.nesting;
}

/** Whether a query comes next, be it in parentheses. `WITH (` is none, but options of another. */
export function startsQuery(tokens: Tokenizer): boolean {
  tokens.next();
  const { start } = tokens;
  while (tokens.symbol === OPEN) tokens.next();
  const { keyword } = tokens;
  const starts = QUERY_WORDS.has(keyword) && (keyword !== 'WITH' || tokens.peekCode() !== OPEN);
  tokens.moveTo(start);
  return starts;
}

function readPart(tokens: Tokenizer): string {
  const value = tokens.value();
  return tokens.kind === QUOTED_NAME && tokens.dialect === 'cql' ? value : value.toLowerCase();
}
