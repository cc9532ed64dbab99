import { isObject, type Json, objectOf, textsOf } from '../cloudtrail/record';

/** A Keyspaces data event's statement, put together again from its parts. */
export interface Outline {
  /** In CQL form, with CloudTrail's redactions left visible; `?` where it logs no value at all. */
  readonly text: string;
  /** The same with `?` for every value: equal for runs of the same statement. */
  readonly shape: string;
  readonly columns: readonly string[];
}

/** CQL's reserved words: names of this spelling must be quoted. */
const RESERVED = new Set(
  (
    'add allow alter and any apply asc authorize batch begin by columnfamily create default delete desc ' +
    'drop each_quorum entries from full grant if in index inet infinity insert into is keyspace ' +
    'keyspaces limit local_one local_quorum materialized modify nan norecursive not null of on one ' +
    'order partition password per primary quorum rename revoke schema select set table three to ' +
    'token truncate two unlogged unset update use using view where with'
  ).split(' '),
);

/** Names need no quotes; expressions (`count(*)`, `writetime(x)`, `a AS b`, `m['k']`) stay as logged. */
const PLAIN_NAME = /^[a-z][a-z0-9_]*$/;
const EXPRESSION = /[()[\]*,.'":]|\sas\s/i;

/**
 * A masked value: `**(Redacted)`, or with its first and last character left, in quotes where it is
 * a text: `3**(Redacted)0`, `'t**(Redacted)t'`.
 */
const MASKED_VALUE = /'[^']?\*\*\(Redacted\)[^']?'|[^\s'(,=<>[{:]?\*\*\(Redacted\)[^\s'),\]}:]?/g;

/**
 * Puts the outline of a Select, Insert, Update or Delete together:
 * `SELECT pk, ck FROM shop.orders WHERE pk = **(Redacted) AND ck < 3**(Redacted)0 ALLOW FILTERING`.
 *
 * `primaryKeys` become WHERE, `conditions` WHERE in a Select and IF in the others,
 * `updateParameters` USING. What the record lacks is left out.
 *
 * @param table - qualified, as in the record, without quotes.
 * @returns nothing for another event name.
 */
export function outlineStatement(
  eventName: string,
  table: { readonly keyspace?: string; readonly name: string },
  parameters: Json,
): Outline | undefined {
  const target = [table.keyspace, table.name]
    .filter((name) => name !== undefined)
    .map(quoteName)
    .join('.');
  const statement = write(eventName, target, parameters);
  if (statement === undefined) return undefined;
  const { words, columns } = statement;
  const text = words.filter((word) => word !== '').join(' ');
  return { text, shape: text.replace(MASKED_VALUE, '?'), columns };
}

function write(
  eventName: string,
  target: string,
  parameters: Json,
): { words: string[]; columns: string[] } | undefined {
  const keys = Object.entries(objectOf(parameters.primaryKeys));
  const conditions = textsOf(parameters.conditions).join(' AND ');
  const using = usingOf(parameters);
  const where = prefixed(
    'WHERE',
    keys.map(([name, value]) => keyRelation(name, value)).join(' AND '),
  );
  switch (eventName) {
    case 'Select': {
      const columns = textsOf(parameters.select);
      const filtering = parameters.allowFiltering === true ? 'ALLOW FILTERING' : '';
      const selection = columns.map(quoteSelector).join(', ') || '*';
      return {
        words: ['SELECT', selection, 'FROM', target, prefixed('WHERE', conditions), filtering],
        columns: columns.filter((column) => !EXPRESSION.test(column)),
      };
    }
    case 'Insert': {
      const named = textsOf(parameters.columnNames);
      const columns = named.length > 0 ? named : keys.map(([name]) => name);
      const known = new Map(keys);
      const values = columns.map((column) => literalOf(known.get(column))).join(', ');
      const names = columns.map(quoteName).join(', ');
      return { words: ['INSERT INTO', target, `(${names})`, `VALUES (${values})`, using], columns };
    }
    case 'Update': {
      const columns = textsOf(parameters.assignmentColumnNames);
      const assignments = columns.map((column) => `${quoteName(column)} = ?`).join(', ');
      return {
        words: [
          'UPDATE',
          target,
          using,
          prefixed('SET', assignments),
          where,
          prefixed('IF', conditions),
        ],
        columns,
      };
    }
    case 'Delete': {
      const columns = textsOf(parameters.deleteColumnNames);
      return {
        words: [
          'DELETE',
          columns.map(quoteSelector).join(', '),
          'FROM',
          target,
          using,
          where,
          prefixed('IF', conditions),
        ],
        columns: columns.filter((column) => !EXPRESSION.test(column)),
      };
    }
    default:
      return undefined;
  }
}

function usingOf(parameters: Json): string {
  const settings = Object.entries(objectOf(parameters.updateParameters));
  const list = settings.map(([name, value]) => `${name.toUpperCase()} ${literalOf(value)}`);
  return prefixed('USING', list.join(' AND '));
}

function keyRelation(name: string, value: unknown): string {
  return Array.isArray(value)
    ? `${quoteName(name)} IN (${value.map(literalOf).join(', ')})`
    : `${quoteName(name)} = ${literalOf(value)}`;
}

function prefixed(keyword: string, rest: string): string {
  return rest === '' ? '' : `${keyword} ${rest}`;
}

function literalOf(value: unknown): string {
  return value === undefined ||
    value === null ||
    value === '' ||
    isObject(value) ||
    Array.isArray(value)
    ? '?'
    : String(value).toWellFormed();
}

function quoteSelector(column: string): string {
  return EXPRESSION.test(column) ? column : quoteName(column);
}

function quoteName(name: string): string {
  const wellFormed = name.toWellFormed();
  return PLAIN_NAME.test(wellFormed) && !RESERVED.has(wellFormed)
    ? wellFormed
    : `"${wellFormed.replaceAll('"', '""')}"`;
}
