import { Dialect, parse } from '@polyglot-sql/sdk';

/**
 * The tables that polyglot-sql finds in a statement of Athena, whether read or written, in
 * alphabetic order; undefined where it cannot parse it. Names of CTEs are left out wherever they
 * stand: it knows no scopes.
 */
export function tablesByPolyglot(text: string): string[] | undefined {
  const { success, ast } = parse(text, Dialect.Athena);
  if (!success) return undefined;
  const tables = new Set<string>();
  const ctes = new Set<string>();
  const waiting: unknown[] = [ast];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    if (isTable(node)) tables.add(nameOf(node));
    if ('ctes' in node && Array.isArray(node.ctes)) {
      for (const cte of node.ctes) ctes.add(String(cte?.alias?.name).toLowerCase());
    }
    waiting.push(...Object.values(node).filter((value) => value !== undefined));
  }
  return [...tables].filter((name) => !ctes.has(name)).sort();
}

interface Part {
  readonly name: string;
}

interface Table {
  readonly name: Part;
  readonly schema: Part | null;
  readonly catalog: Part | null;
}

function isTable(node: object): node is Table {
  if (!('name' in node && 'schema' in node && 'catalog' in node)) return false;
  return typeof node.name === 'object' && node.name !== null && 'name' in node.name;
}

function nameOf({ catalog, schema, name }: Table): string {
  return [catalog, schema, name]
    .flatMap((part) => (part === null ? [] : part.name.toLowerCase()))
    .join('.');
}
