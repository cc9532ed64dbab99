import type { StatementAccess, StatementClass, StatementFlag } from './classify';
import { addKeywords } from './keywords';

/** What is done with a name that a pattern captures. */
export type NameRole =
  | 'write'
  | 'read'
  | 'writeDatabase'
  | 'readDatabase'
  | 'ofDatabase'
  | 'prepared'
  | 'column'
  | 'name';

/** How the text after a pattern is read. */
export type Tail =
  | 'query'
  | 'with'
  | 'insert'
  | 'update'
  | 'delete'
  | 'merge'
  | 'unload'
  | 'createTable'
  | 'hiveTable'
  | 'view'
  | 'columns'
  | 'locations'
  | 'location'
  | 'explain'
  | 'explainAnalyze'
  | 'prepare'
  | 'externalFunction'
  | 'cqlSelect'
  | 'cqlInsert'
  | 'cqlUpdate'
  | 'cqlDelete'
  | 'cqlBatch';

export interface RuleKind {
  readonly class: StatementClass;
  readonly access: StatementAccess;
  readonly flags?: readonly StatementFlag[];
}

export interface StatementRule extends RuleKind {
  readonly operation: string;
  readonly tail?: Tail;
}

/**
 * One line of a statement table. In its pattern, words in upper case are keywords, `A|B` a choice,
 * `[…]` may be left out, `(…)` is anything in parentheses, and a word in lower case captures a name
 * in that role. The operation is the first choice of each keyword that must be there, joined by
 * `_`, where the line gives no other.
 */
export type StatementLine = readonly [
  pattern: string,
  kind: RuleKind,
  tail?: Tail | '',
  operation?: string,
];

/** A step of a compiled table: what may come next, and what the words so far mean. */
export interface GrammarNode {
  readonly words: Map<string, GrammarNode>;
  name?: { readonly role: NameRole; readonly next: GrammarNode };
  group?: GrammarNode;
  rule?: StatementRule;
  /** What all statements from here on have in common, for a text that ends here. */
  cut?: StatementRule;
  /** Whatever comes next, class, operation and access stay the same. */
  settled: boolean;
}

/** Tails that can change what a statement is. */
const DECIDING_TAILS = /^(?:with|createTable|explainAnalyze|externalFunction)$/;

/** Compiles a statement table into a tree of its words. Runs once, at load. */
export function compileGrammar(lines: readonly StatementLine[]): GrammarNode {
  const root = newNode();
  for (const [pattern, kind, tail, operation = operationOf(pattern)] of lines) {
    const rule = { ...kind, operation, tail: tail || undefined };
    let ends = [root];
    for (const [part, optional] of pattern.matchAll(/\[([^\]]+)\]|\S+/g)) {
      if (optional === undefined) ends = follow(ends, part);
      else ends = [...ends, ...optional.split(' ').reduce(follow, ends)];
    }
    for (const end of ends) end.rule ??= rule;
  }
  for (const node of descendants(root)) {
    const rules = descendants(node).flatMap(({ rule }) => rule ?? []);
    node.settled = isSettled(node.rule, rules);
    const [common] = rules;
    if (node.rule === undefined && rules.every((rule) => rule.class === common?.class)) {
      node.cut = common && { class: common.class, operation: 'UNKNOWN', access: 'unknown' };
    }
  }
  return root;
}

function operationOf(pattern: string): string {
  const words = pattern.replaceAll(/\[[^\]]+\]|\|\S+/g, '').match(/\b[A-Z]+\b/g) ?? [];
  return words.join('_');
}

function follow(nodes: readonly GrammarNode[], choices: string): GrammarNode[] {
  return choices.split('|').flatMap((choice) => nodes.map((node) => nextNode(node, choice)));
}

function nextNode(node: GrammarNode, step: string): GrammarNode {
  if (step === '(…)') {
    node.group ??= newNode();
    return node.group;
  }
  if (isRole(step)) {
    node.name ??= { role: step, next: newNode() };
    return node.name.next;
  }
  addKeywords(step);
  const next = node.words.get(step) ?? newNode();
  node.words.set(step, next);
  return next;
}

function isRole(step: string): step is NameRole {
  return /^[a-z]/.test(step);
}

function newNode(): GrammarNode {
  return { words: new Map(), settled: false };
}

function isSettled(rule: StatementRule | undefined, below: readonly StatementRule[]): boolean {
  return (
    rule !== undefined &&
    below.every(
      ({ operation, access, tail }) =>
        operation === rule.operation && access === rule.access && !DECIDING_TAILS.test(tail ?? ''),
    )
  );
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
