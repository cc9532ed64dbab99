import { readItems } from './columns';
import type { Findings } from './findings';
import { addKeywords } from './keywords';
import { readNextName } from './names';
import { ASTERISK, COMMA, END, EQUALS, SEMICOLON, type Tokenizer } from './tokenizer';

addKeywords('ALLOW AS DISTINCT FILTERING FROM INTO JSON LIMIT SET UPDATE WHERE');

/** `… FROM t …`: CQL has neither joins nor subqueries. */
export function readCqlSelect(tokens: Tokenizer, found: Findings): void {
  tokens.next();
  const isModified = tokens.keyword === 'DISTINCT' || tokens.keyword === 'JSON';
  if (!isModified || tokens.peekCode() === COMMA) tokens.pushBack();
  found.selectsAll = tokens.peekCode() === ASTERISK;
  readItems(tokens, found, 'FROM', ({ symbol, keyword }) => {
    return symbol === COMMA || keyword === 'FROM' || keyword === 'AS';
  });
  readTable(tokens, found.reads);
  let previous = '';
  for (; tokens.next() !== END && tokens.symbol !== SEMICOLON; previous = tokens.keyword) {
    if (tokens.keyword === 'LIMIT') found.hasLimit = true;
    if (tokens.keyword === 'FILTERING' && previous === 'ALLOW') found.allowsFiltering = true;
  }
}

/** `… SET a = …, b = … WHERE …` */
export function readCqlUpdate(tokens: Tokenizer, found: Findings): void {
  while (tokens.next() !== END && tokens.keyword !== 'SET');
  readItems(tokens, found, 'WHERE', ({ symbol }) => symbol === EQUALS);
  found.hasWhere = tokens.keyword === 'WHERE';
}

/** `DELETE [a, b] FROM t … WHERE …` */
export function readCqlDelete(tokens: Tokenizer, found: Findings): void {
  readItems(tokens, found, 'FROM');
  readTable(tokens, found.writes);
  while (tokens.next() !== END && !found.hasWhere) found.hasWhere = tokens.keyword === 'WHERE';
}

/** Notes the table of each INSERT, UPDATE and DELETE, with or without semicolons between them. */
export function readCqlBatch(tokens: Tokenizer, found: Findings): void {
  while (tokens.next() !== END) {
    if (/^(?:INTO|UPDATE|FROM)$/.test(tokens.keyword)) readTable(tokens, found.writes);
  }
}

function readTable(tokens: Tokenizer, list: Set<string>): void {
  const name = readNextName(tokens);
  if (name !== undefined) list.add(name);
}
