import { readItems } from './columns';
import type { Findings } from './findings';
import { addKeywords } from './keywords';
import { noteNextName, skipTo } from './names';
import { ASTERISK, COMMA, END, EQUALS, SEMICOLON, type Tokenizer } from './tokenizer';

addKeywords('ALLOW AS DISTINCT FROM INTO JSON LIMIT SET UPDATE WHERE');

/** `… FROM t …`: CQL has neither joins nor subqueries. */
export function readCqlSelect(tokens: Tokenizer, found: Findings): void {
  tokens.next();
  const isModified = tokens.keyword === 'DISTINCT' || tokens.keyword === 'JSON';
  if (!isModified || tokens.peekCode() === COMMA) tokens.pushBack();
  found.selectsAll = tokens.peekCode() === ASTERISK;
  readItems(tokens, found, 'FROM', ({ symbol, keyword }) => {
    return symbol === COMMA || keyword === 'FROM' || keyword === 'AS';
  });
  noteNextName(tokens, found.reads);
  while (tokens.next() !== END && tokens.symbol !== SEMICOLON) {
    found.hasLimit ||= tokens.keyword === 'LIMIT';
    found.allowsFiltering ||= tokens.keyword === 'ALLOW';
  }
}

/** `… SET a = …, b = … WHERE …` */
export function readCqlUpdate(tokens: Tokenizer, found: Findings): void {
  skipTo(tokens, 'SET');
  readItems(tokens, found, 'WHERE', ({ symbol }) => symbol === EQUALS);
  found.hasWhere = tokens.keyword === 'WHERE';
}

/** `DELETE [a, b] FROM t … WHERE …` */
export function readCqlDelete(tokens: Tokenizer, found: Findings): void {
  readItems(tokens, found, 'FROM');
  noteNextName(tokens, found.writes);
  found.hasWhere = skipTo(tokens, 'WHERE');
}

/** Notes the table of each INSERT, UPDATE and DELETE, with or without semicolons between them. */
export function readCqlBatch(tokens: Tokenizer, found: Findings): void {
  while (tokens.next() !== END) {
    const { keyword } = tokens;
    if (keyword === 'INTO' || keyword === 'UPDATE' || keyword === 'FROM') {
      noteNextName(tokens, found.writes);
    }
  }
}
