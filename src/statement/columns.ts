import type { Findings } from './findings';
import { addKeywords } from './keywords';
import { isName, readName } from './names';
import { COMMA, END, GREATER, LESS, OPEN, type Tokenizer } from './tokenizer';

addKeywords('PRIMARY');

/** Reads the columns of `(a int, b text)`, `(a, b)` or `a int`. */
export function readColumns(tokens: Tokenizer, found: Findings): void {
  if (tokens.peekCode() === OPEN) tokens.next();
  readItems(tokens, found);
}

/**
 * Reads items parted by commas, and notes the names that they start with as columns.
 *
 * @param end - the keyword that ends the list; a closing parenthesis too many always does.
 * @param isColumn - looks at the token after a name; without it every name is a column.
 */
export function readItems(
  tokens: Tokenizer,
  found: Findings,
  end?: string,
  isColumn?: (next: Tokenizer) => boolean,
): void {
  let atItem = true;
  for (let depth = 0; tokens.next() !== END && tokens.keyword !== end; ) {
    const { symbol, keyword } = tokens;
    depth += tokens.nesting + Number(symbol === LESS) - Number(symbol === GREATER);
    if (depth < 0) return;
    // `PRIMARY KEY (…)` is no column.
    if (atItem && isName(tokens) && keyword !== 'PRIMARY') {
      const name = readName(tokens);
      tokens.next();
      if (isColumn === undefined || isColumn(tokens)) found.columns.add(name);
      tokens.pushBack();
    }
    atItem = depth === 0 && symbol === COMMA;
  }
}
