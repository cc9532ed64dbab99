import { classifyStatement, type Dialect, type StatementFacts } from '../statement/classify';
import { fingerprintStatement } from '../statement/fingerprint';

const DIALECTS = ['athena', 'cql'] as const;

/** What `classify` prints of a statement, without its id. */
export type ClassifiedStatement = Pick<
  StatementFacts,
  'class' | 'operation' | 'access' | 'reads' | 'writes'
> &
  Partial<StatementFacts> & { readonly fingerprint?: string };

export interface ClassifyOptions {
  /** Also columns, locations, flags, the name of a prepared statement, and the fingerprint. */
  readonly facts: boolean;
}

/** Says what one statement is, in the form that `classify` prints. */
export function describeStatement(
  text: string,
  dialect: Dialect,
  { facts }: ClassifyOptions,
): ClassifiedStatement {
  const found = classifyStatement(text, dialect);
  if (facts) return { ...found, fingerprint: fingerprintStatement(text, dialect) };
  const { operation, access, reads, writes } = found;
  return { class: found.class, operation, access, reads, writes };
}

/** Told the number of a line that cannot be read, from 1, and what is wrong with it. */
export type ReportBadLine = (line: number, problem: string) => Promise<void>;

/**
 * Classifies JSON lines `{"id","dialect","text"}`, in order and as they come.
 *
 * @param input - UTF-8 in chunks of any size.
 * @returns JSON lines with the same ids, those of one chunk together.
 */
export async function* classifyLines(
  input: AsyncIterable<Uint8Array>,
  options: ClassifyOptions,
  reportBadLine: ReportBadLine,
): AsyncGenerator<string> {
  let lineNumber = 0;
  for await (const lines of readLines(input)) {
    let answers = '';
    for (const line of lines) {
      lineNumber += 1;
      if (line.trim() === '') continue;
      const request = parseRequest(line);
      if (typeof request === 'string') await reportBadLine(lineNumber, request);
      else answers += `${answer(request, options)}\n`;
    }
    if (answers !== '') yield answers;
  }
}

async function* readLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of input) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield lines;
  }
  yield [rest + decoder.decode()];
}

function answer({ idText, text, dialect }: Request, options: ClassifyOptions): string {
  const facts = JSON.stringify(describeStatement(text, dialect, options));
  return `{"id":${idText},${facts.slice(1)}`;
}

interface Request {
  /** The id as JSON. */
  readonly idText: string;
  readonly dialect: Dialect;
  readonly text: string;
}

/** The request of a line, or what is wrong with it: never the text itself. */
function parseRequest(line: string): Request | string {
  let request: unknown;
  try {
    request = JSON.parse(line);
  } catch {
    return 'not JSON';
  }
  if (typeof request !== 'object' || request === null) return 'not a JSON object';
  const { id, dialect, text } = request as { id?: unknown; dialect?: unknown; text?: unknown };
  if (typeof text !== 'string') return '"text" is not a string';
  if (!isDialect(dialect)) return `"dialect" is none of ${DIALECTS.join(', ')}`;
  return { idText: idAsWritten(id, line), dialect, text };
}

function isDialect(dialect: unknown): dialect is Dialect {
  return DIALECTS.some((known) => known === dialect);
}

/** The id in JSON; a number that JavaScript cannot hold exactly stays as it was written. */
function idAsWritten(id: unknown, line: string): string {
  const isExact = typeof id !== 'number' || Math.abs(id) <= Number.MAX_SAFE_INTEGER;
  if (isExact) return JSON.stringify(id) ?? 'null';
  let written = 'null';
  JSON.parse(line, (key: string, value: unknown, context?: { source?: string }) => {
    if (key === 'id' && value === id) written = context?.source ?? String(id);
    return value;
  });
  return written;
}
