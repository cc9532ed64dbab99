import type { StatementFlag, StatementKind } from './classify';
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
  | 'createExternalTable'
  | 'createView'
  | 'columns'
  | 'location'
  | 'setLocation'
  | 'explain'
  | 'explainAnalyze'
  | 'prepare'
  | 'externalFunction'
  | 'cqlSelect'
  | 'cqlInsert'
  | 'cqlUpdate'
  | 'cqlDelete'
  | 'cqlBatch';

export interface StatementRule extends StatementKind {
  readonly tail?: Tail;
  readonly flags?: readonly StatementFlag[];
}

/**
 * One line of a statement table: a pattern and what it means. In a pattern, words in upper case
 * are keywords, `A|B` a choice, `[…]` may be left out, `(…)` is anything in parentheses, and a
 * word in lower case captures a name in that role.
 */
export type StatementLine = readonly [pattern: string, rule: StatementRule];

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
const DECIDING_TAILS: readonly (Tail | undefined)[] = [
  'with',
  'createTable',
  'explainAnalyze',
  'externalFunction',
];

/** Compiles a statement table into a tree of its words. Runs once, at load. */
export function compileGrammar(lines: readonly StatementLine[]): GrammarNode {
  const root = newNode();
  for (const [pattern, rule] of lines) {
    let ends = [root];
    for (const [part, optional] of pattern.matchAll(/\[([^\]]+)\]|\S+/g)) {
      if (optional === undefined) ends = follow(ends, part);
      else ends = [...ends, ...optional.split(' ').reduce(follow, ends)];
    }
    for (const end of ends) end.rule ??= rule;
  }
  for (const node of descendants(root)) {
    node.settled = isSettled(node);
    if (node.rule === undefined) node.cut = commonRule(descendants(node));
  }
  return root;
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
  addKeywords([step]);
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

function isSettled({ rule, ...node }: GrammarNode): boolean {
  return (
    rule !== undefined &&
    descendants({ rule, ...node }).every(
      ({ rule: other = rule }) =>
        other.operation === rule.operation &&
        other.access === rule.access &&
        !DECIDING_TAILS.includes(other.tail),
    )
  );
}

/** The class that all rules share, if they do. */
function commonRule(nodes: readonly GrammarNode[]): StatementRule | undefined {
  const rules = nodes.flatMap(({ rule }) => rule ?? []);
  const [first] = rules;
  if (first === undefined || rules.some((rule) => rule.class !== first.class)) return undefined;
  return { class: first.class, operation: 'UNKNOWN', access: 'unknown' };
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
