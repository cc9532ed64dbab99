import * as z from 'zod';
import { RequestError } from '../errors';

const LONGEST_ECHO = 200;
const MAX_VALUES = 50;

/** Free text of a reasonable length. */
export const textParameter = (maxLength = 512) => {
  const error = `text of 1 to ${maxLength} characters`;
  return z.string({ error }).min(1, { error }).max(maxLength, { error });
};

/**
 * Several values: the parameter repeated, or separated by commas (`\,` is a comma of the value), with
 * or without spaces around them.
 * Sorted, so that the same question reads the same however it was put.
 *
 * @param spell - the one spelling of a value that may be put in several.
 */
export const listParameter = <T extends z.ZodType>(item: T, spell = (value: string) => value) =>
  z.preprocess(
    (value) => [...new Set([value].flat().flatMap(splitAtCommas).map(textBy(spell)))].sort(),
    z.array(item).max(MAX_VALUES, { error: `at most ${MAX_VALUES} values` }),
  );

const textBy = (spell: (value: string) => string) => (value: unknown) =>
  typeof value === 'string' ? spell(value) : value;

export const integerParameter = (min: number, max: number) => {
  const error = `a whole number from ${min} to ${max}`;
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value),
    z.int({ error }).min(min, { error }).max(max, { error }),
  );
};

/**
 * Reads a query string against a route's schema.
 *
 * @throws RequestError naming the first wrong parameter, its value and what is allowed.
 */
export function parseParameters<T extends z.ZodRawShape>(
  schema: z.ZodObject<T>,
  rawQueryString: string,
): z.output<z.ZodObject<T>> {
  const given = readPairs(rawQueryString);
  for (const [parameter, values] of given) {
    if (!Object.hasOwn(schema.shape, parameter)) {
      throw new RequestError(400, 'request.unknown-parameter', 'This parameter does not exist', {
        parameter: cut(parameter),
        value: echo(values),
        allowed: Object.keys(schema.shape).join(', ') || 'no parameters',
      });
    }
  }
  const result = schema.safeParse(Object.fromEntries([...given].map(([k, v]) => [k, single(v)])));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw invalid(issue, given.get(String(issue?.path[0])) ?? []);
}

/** A wrong value of a known parameter. */
export function invalidParameter(parameter: string, value: string, allowed: string): RequestError {
  return new RequestError(400, 'request.invalid-parameter', `${parameter} must be ${allowed}`, {
    parameter,
    value: cut(value),
    allowed,
  });
}

function readPairs(rawQueryString: string): Map<string, string[]> {
  const pairs = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const values = pairs.get(name);
    if (values) values.push(value);
    else pairs.set(name, [value]);
  }
  return pairs;
}

function splitAtCommas(value: unknown): unknown[] {
  if (typeof value !== 'string') return [value];
  return value.split(/(?<!\\),/).map((part) => part.trim().replaceAll('\\,', ','));
}

function single(values: readonly string[]): string | readonly string[] {
  return values.length === 1 && values[0] !== undefined ? values[0] : values;
}

function invalid(issue: z.core.$ZodIssue | undefined, values: readonly string[]): RequestError {
  const parameter = String(issue?.path[0]);
  if (values.length > 1 && issue?.path.length === 1 && issue.code !== 'too_big') {
    return new RequestError(400, 'request.repeated-parameter', `${parameter} takes one value`, {
      parameter,
      value: echo(values),
      allowed: 'one value',
    });
  }
  const allowed =
    issue?.code === 'invalid_value' ? issue.values.join(', ') : (issue?.message ?? 'another value');
  return invalidParameter(parameter, echo(values), allowed);
}

function echo(values: readonly string[]): string {
  return cut(values.join(', '));
}

function cut(value: string): string {
  return value.length > LONGEST_ECHO ? `${value.slice(0, LONGEST_ECHO)}…` : value;
}
