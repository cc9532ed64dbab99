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
  for (const node of descendants(root)) {
    for (const [other = '', word = ''] of synonyms.split(' ').map((pair) => pair.split('='))) {
      const next = node.words.get(word);
      if (next !== undefined && !node.words.has(other)) node.words.set(other, next);
    }
    for (const word of node.words.keys()) addKeywords(word);
  }
  for (const node of descendants(root)) summarize(node);
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
  return { words: new Map(), settled: false };
}

function summarize(node: GrammarNode): void {
  const rules = descendants(node).flatMap(({ rule }) => rule ?? []);
  const [first] = rules;
  if (first === undefined) return;
  node.settled = rules.every(
    ({ operation, access, tail = '' }) =>
      operation === node.rule?.operation &&
      access === node.rule.access &&
      !DECIDING_TAILS.test(tail),
  );
  if (rules.every((rule) => rule.class === first.class)) {
    node.cut = { ...UNKNOWN, class: first.class };
  }
}

/** The node and all nodes below it. */
function descendants(from: GrammarNode): GrammarNode[] {
  const nodes = new Set([from]);
  for (const { words, name, group } of nodes) {
    for (const word of words.values()) nodes.add(word);
    if (name !== undefined) nodes.add(name.next);
    if (group !== undefined) nodes.add(group);
  }
  return [...nodes];
}
