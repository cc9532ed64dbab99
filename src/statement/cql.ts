import type { Findings } from './findings';
import { addKeywords } from './keywords';
import { isClosing, isName, isOpening, readName } from './names';
import { SYMBOL, TOKEN, type Tokenizer } from './tokenizer';

addKeywords(['ALLOW', 'FILTERING', 'BATCH', 'APPLY', 'DISTINCT', 'JSON', 'LIMIT', 'SET']);

/** `… FROM t …`: CQL has neither joins nor subqueries. */
export function readCqlSelect(tokens: Tokenizer, found: Findings): void {
  let depth = 0;
  let atItem = true;
  while (tokens.next() !== TOKEN.end && tokens.keyword !== 'FROM') {
    const { keyword, symbol } = tokens;
    if (isOpening(symbol)) depth += 1;
    else if (isClosing(symbol)) depth -= 1;
    if (atItem && (keyword === 'DISTINCT' || keyword === 'JSON')) continue;
    if (atItem && symbol === SYMBOL.asterisk) found.selectsAll = true;
    if (atItem && isName(tokens)) readSelector(tokens, found);
    atItem = depth === 0 && tokens.symbol === SYMBOL.comma;
  }
  readTable(tokens, found.reads);
  let previous = '';
  while (tokens.next() !== TOKEN.end && tokens.symbol !== SYMBOL.semicolon) {
    if (tokens.keyword === 'LIMIT') found.hasLimit = true;
    if (tokens.keyword === 'FILTERING' && previous === 'ALLOW') found.allowsFiltering = true;
    previous = tokens.keyword;
  }
}

/** `… SET a = …, b = … WHERE …` */
export function readCqlUpdate(tokens: Tokenizer, found: Findings): void {
  let depth = 0;
  let atItem = false;
  let isAssigning = false;
  while (tokens.next() !== TOKEN.end && tokens.symbol !== SYMBOL.semicolon) {
    const { keyword, symbol } = tokens;
    if (isOpening(symbol)) depth += 1;
    else if (isClosing(symbol)) depth -= 1;
    else if (keyword === 'SET') isAssigning = true;
    else if (keyword === 'WHERE') {
      found.hasWhere = true;
      return;
    } else if (atItem && isName(tokens)) {
      const name = readName(tokens);
      if (tokens.peekCode() === SYMBOL.equals) found.columns.add(name);
    }
    atItem = isAssigning && depth === 0 && (keyword === 'SET' || symbol === SYMBOL.comma);
  }
}

/** `DELETE [a, b] FROM t … WHERE …` */
export function readCqlDelete(tokens: Tokenizer, found: Findings): void {
  let atItem = true;
  while (tokens.next() !== TOKEN.end && tokens.keyword !== 'FROM') {
    if (atItem && isName(tokens)) found.columns.add(readName(tokens));
    atItem = tokens.symbol === SYMBOL.comma;
  }
  readTable(tokens, found.writes);
  while (tokens.next() !== TOKEN.end) {
    if (tokens.keyword === 'WHERE') found.hasWhere = true;
  }
}

/** Notes the table of each INSERT, UPDATE and DELETE, with or without semicolons between them. */
export function readCqlBatch(tokens: Tokenizer, found: Findings): void {
  while (tokens.next() !== TOKEN.end) {
    const { keyword } = tokens;
    if (keyword === 'INTO' || keyword === 'UPDATE' || keyword === 'FROM') {
      readTable(tokens, found.writes);
    }
  }
}

function readTable(tokens: Tokenizer, list: Findings['reads']): void {
  tokens.next();
  if (isName(tokens)) list.add(readName(tokens));
  else tokens.pushBack();
}

/** A plain column of a selection: one with nothing but an alias after it. */
function readSelector(tokens: Tokenizer, found: Findings): void {
  const name = readName(tokens);
  tokens.next();
  if (tokens.symbol === SYMBOL.comma || tokens.keyword === 'FROM' || tokens.keyword === 'AS') {
    found.columns.add(name);
  }
  tokens.pushBack();
}
