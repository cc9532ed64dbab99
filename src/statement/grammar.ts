import type { StatementAccess, StatementClass, StatementKind } from './classify';
import { addKeywords } from './keywords';

/**
 * Statements of one kind, a line each: `pattern > tail = OPERATION !`.
 *
 * In a pattern, words in upper case are keywords, `A/B` stands for two lines, `[…]` may be left
 * out, with a choice `A|B` in it, `?` is an optional IF [NOT] EXISTS, `(*)` anything in
 * parentheses. Words in lower case are names: `read` and `write` tables, `read.*` and `write.*`
 * databases, `of` the database of the table before, `column`, `prepared`, and `name` for any
 * other. What a pattern says holds from its last keyword or parenthesis on; where several match,
 * the longest counts. An indented line goes on where the line above it that is not indented ends.
 *
 * The tail says how the rest of the text is read. Without an operation, it is the pattern's
 * keywords that must be there, joined by `_`. The mark `!` stands for a destructive statement.
 */
export type StatementTable = readonly [
  statementClass: StatementClass,
  access: StatementAccess,
  lines: string,
];

export interface StatementRule extends StatementKind {
  readonly tail?: string;
  readonly isDestructive?: boolean;
}

/** A step of a compiled table: what may come next, and what the words so far mean. */
export interface GrammarNode {
  readonly words: Map<string, GrammarNode>;
  name?: { readonly role: string; readonly next: GrammarNode };
  group?: GrammarNode;
  rule?: StatementRule;
  /** Here and further on. */
  readonly rules: Set<StatementRule>;
  /** What all statements from here on have in common, for a text that ends here. */
  cut?: StatementRule;
  /** Whatever comes next, class, operation and access stay the same. */
  settled: boolean;
}

export const UNKNOWN: StatementRule = {
  class: 'UNKNOWN',
  operation: 'UNKNOWN',
  access: 'unknown',
};

/** Tails that can change what a statement is. */
const DECIDING_TAILS = /^(?:with|table|analyze|functions)$/;
const LINE = /^( ?)([^>=!]+?)(?: > (\w+))?(?: = (\w+))?( !)?$/;
const STEP = /\[([^\]]+)\]|\S+/g;

/**
 * Compiles statement tables into a tree of their words. Runs once, at load.
 *
 * @param synonyms - `OTHER=WORD`, parted by spaces: OTHER may stand for WORD everywhere.
 */
export function compileGrammar(tables: readonly StatementTable[], synonyms: string): GrammarNode {
  const root = newNode();
  for (const [statementClass, access, lines] of tables) {
    let stem = '';
    for (const line of lines.trim().split('\n').flatMap(eachChoice)) {
      const [, indent, words = '', tail, operation, mark] = LINE.exec(line) ?? [];
      if (indent === '') stem = words;
      const pattern = indent === '' ? words : `${stem} ${words}`;
      addPattern(root, pattern, {
        class: statementClass,
        operation: operation ?? operationOf(pattern),
        access,
        tail,
        isDestructive: mark !== undefined,
      });
    }
  }
  const nodes = [root];
  for (const node of nodes) nodes.push(...nextOf(node));
  const pairs = synonyms.split(' ').map((pair) => pair.split('='));
  for (const { words } of nodes) {
    for (const [word, next] of words) {
      addKeywords(word);
      for (const [other = '', same] of pairs) {
        if (same === word && !words.has(other)) words.set(other, next);
      }
    }
  }
  for (const node of nodes.reverse()) summarize(node);
  return root;
}

/** The line once for each word of a choice `A/B`. */
function eachChoice(line: string): string[] {
  const [choice] = /\w+(?:\/\w+)+/.exec(line) ?? [];
  if (choice === undefined) return [line];
  return choice.split('/').flatMap((word) => eachChoice(line.replace(choice, word)));
}

function operationOf(pattern: string): string {
  const words = pattern.replaceAll(/\[[^\]]+\]/g, '').match(/\b[A-Z]+\b/g) ?? [];
  return words.join('_');
}

function addPattern(root: GrammarNode, pattern: string, rule: StatementRule): void {
  const steps = [...pattern.replaceAll('?', '[IF EXISTS] [IF NOT EXISTS]').matchAll(STEP)];
  const lastKeyword = steps.findLastIndex(([step]) => /^[A-Z(]/.test(step));
  let ends = [root];
  for (const [at, [step, optional]] of steps.entries()) {
    if (optional === undefined) ends = follow(ends, step);
    else ends = [...ends, ...optional.split(' ').reduce(follow, ends)];
    if (at >= lastKeyword) for (const end of ends) end.rule ??= rule;
  }
}

function follow(nodes: readonly GrammarNode[], choices: string): GrammarNode[] {
  return choices.split('|').flatMap((choice) => nodes.map((node) => nextNode(node, choice)));
}

function nextNode(node: GrammarNode, step: string): GrammarNode {
  if (step === '(*)') {
    node.group ??= newNode();
    return node.group;
  }
  if (/^[a-z]/.test(step)) {
    node.name ??= { role: step, next: newNode() };
    return node.name.next;
  }
  const next = node.words.get(step) ?? newNode();
  node.words.set(step, next);
  return next;
}

function newNode(): GrammarNode {
  return { words: new Map(), rules: new Set(), settled: false };
}

/** Those below the node are summarized already. */
function summarize(node: GrammarNode): void {
  const rules = node.rules;
  if (node.rule !== undefined) rules.add(node.rule);
  for (const next of nextOf(node)) for (const rule of next.rules) rules.add(rule);
  const [first, ...others] = rules;
  node.settled = [...rules].every(
    ({ operation, access, tail = '' }) =>
      operation === node.rule?.operation &&
      access === node.rule.access &&
      !DECIDING_TAILS.test(tail),
  );
  if (first !== undefined && others.every((rule) => rule.class === first.class)) {
    node.cut = { ...UNKNOWN, class: first.class };
  }
}

function nextOf({ words, name, group }: GrammarNode): GrammarNode[] {
  return [...words.values(), name?.next, group].filter((node) => node !== undefined);
}
