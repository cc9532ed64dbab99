import type { Findings, NameList } from './findings';
import { addKeywords } from './keywords';
import { isName, readName, readNextName } from './names';
import { ASTERISK, COMMA, END, EQUALS, SEMICOLON, type Tokenizer } from './tokenizer';

addKeywords('ALLOW AS DISTINCT FILTERING FROM INTO JSON LIMIT SET UPDATE WHERE');

/** `… FROM t …`: CQL has neither joins nor subqueries. */
export function readCqlSelect(tokens: Tokenizer, found: Findings): void {
  readSelectors(tokens, found);
  readTable(tokens, found.reads);
  let previous = '';
  for (; tokens.next() !== END && tokens.symbol !== SEMICOLON; previous = tokens.keyword) {
    if (tokens.keyword === 'LIMIT') found.hasLimit = true;
    if (tokens.keyword === 'FILTERING' && previous === 'ALLOW') found.allowsFiltering = true;
  }
}

/** `… SET a = …, b = … WHERE …` */
export function readCqlUpdate(tokens: Tokenizer, found: Findings): void {
  let depth = 0;
  let atItem = false;
  while (tokens.next() !== END) {
    const { keyword, symbol } = tokens;
    depth += tokens.nesting;
    if (keyword === 'WHERE') {
      found.hasWhere = true;
      return;
    }
    if (atItem && isName(tokens)) {
      const name = readName(tokens);
      if (tokens.peekCode() === EQUALS) found.columns.add(name);
    }
    atItem = keyword === 'SET' || (depth === 0 && symbol === COMMA);
  }
}

/** `DELETE [a, b] FROM t … WHERE …` */
export function readCqlDelete(tokens: Tokenizer, found: Findings): void {
  let atItem = true;
  while (tokens.next() !== END && tokens.keyword !== 'FROM') {
    if (atItem && isName(tokens)) found.columns.add(readName(tokens));
    atItem = tokens.symbol === COMMA;
  }
  readTable(tokens, found.writes);
  while (tokens.next() !== END) {
    if (tokens.keyword === 'WHERE') found.hasWhere = true;
  }
}

/** Notes the table of each INSERT, UPDATE and DELETE, with or without semicolons between them. */
export function readCqlBatch(tokens: Tokenizer, found: Findings): void {
  while (tokens.next() !== END) {
    const { keyword } = tokens;
    if (keyword === 'INTO' || keyword === 'UPDATE' || keyword === 'FROM') {
      readTable(tokens, found.writes);
    }
  }
}

/** Notes the plain columns of a selection: those with nothing but an alias after them. */
function readSelectors(tokens: Tokenizer, found: Findings): void {
  let depth = 0;
  let atItem = true;
  while (tokens.next() !== END && tokens.keyword !== 'FROM') {
    if (atItem && (tokens.keyword === 'DISTINCT' || tokens.keyword === 'JSON')) continue;
    depth += tokens.nesting;
    if (atItem && tokens.symbol === ASTERISK) found.selectsAll = true;
    if (atItem && isName(tokens)) {
      const name = readName(tokens);
      tokens.next();
      if (tokens.symbol === COMMA || tokens.keyword === 'FROM' || tokens.keyword === 'AS') {
        found.columns.add(name);
      }
      tokens.pushBack();
    }
    atItem = depth === 0 && tokens.symbol === COMMA;
  }
}

function readTable(tokens: Tokenizer, list: NameList): void {
  const name = readNextName(tokens);
  if (name !== undefined) list.add(name);
}
