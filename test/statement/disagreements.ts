/**
 * Where polyglot-sql 0.12.1 finds other tables than we do, and why ours stand. Each entry holds
 * the words by which such a statement is known; a disagreement that no entry explains fails the
 * test, and so does an entry that no statement needs any more.
 */
export const DISAGREEMENTS: readonly { readonly statements: RegExp; readonly because: string }[] = [
  {
    statements: /\bWITH\b/i,
    because:
      'it has no scopes: the name of a CTE hides a table everywhere, before its definition, in ' +
      'its own body without RECURSIVE, and outside of the parentheses that it stands in',
  },
  {
    statements: /(?<!(?:CREATE|EXTERNAL|DROP|ALTER|REPAIR|REPLACE) )\bTABLE [\w"`]/i,
    because: '`TABLE t` as a query, and TABLE where a query may stand, are read as an expression',
  },
  {
    statements: /\bTABLE\s*\(/i,
    because: 'arguments of a table function are no tables to it',
  },
  {
    statements: /^USING\b/i,
    because: 'USING EXTERNAL FUNCTION is a command without contents to it',
  },
  {
    statements: /^[^';]*;./,
    because: 'we stop at the end of the first statement: Athena runs one at a time',
  },
  {
    statements: /^FROM\b/i,
    because: 'it accepts a FROM clause first, which Athena does not',
  },
  { statements: /^UNLOAD\b/i, because: 'UNLOAD is a command without contents to it' },
  { statements: /^VACUUM\b/i, because: 'VACUUM is a command without contents to it' },
  {
    statements: /^CREATE (?:OR REPLACE )?PROTECTED\b/i,
    because: 'a multi-dialect view is a command without contents to it',
  },
  {
    statements: /^EXECUTE\b/i,
    because: 'it takes the name of a prepared statement for that of a table',
  },
  {
    statements: /^(?:CREATE|DROP|ALTER) (?:DATABASE|SCHEMA)\b/i,
    because: 'a statement about a database names no table to it, and `db.*` to us',
  },
  {
    statements: /^(?:REFRESH|CREATE INDEX)\b/i,
    because: 'it reads statements that Athena does not have',
  },
  {
    statements: /^SHOW\b/i,
    because: 'SHOW is read in parts: databases as tables, `FROM db` and quoted names not at all',
  },
];
