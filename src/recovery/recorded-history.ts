import { readFile } from 'node:fs/promises';
import type { QueryExecution } from '@aws-sdk/client-athena';
import * as z from 'zod';
import { ConfigError } from '../errors';
import { type Answer, type AthenaHistory, NOT_FOUND } from './athena-history';

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** The members that recovery reads; times are ISO texts, the rest is as the Athena API has it. */
const historySchema = z.object({
  QueryExecutions: z
    .array(
      z.looseObject({
        QueryExecutionId: z.string(),
        Status: z
          .looseObject({
            SubmissionDateTime: time.optional(),
            CompletionDateTime: time.optional(),
          })
          .optional(),
      }),
    )
    .default([]),
  NamedQueries: z
    .array(z.looseObject({ NamedQueryId: z.string(), QueryString: z.string() }))
    .default([]),
  PreparedStatements: z
    .array(
      z.looseObject({
        StatementName: z.string(),
        WorkGroupName: z.string().default('primary'),
        QueryStatement: z.string(),
      }),
    )
    .default([]),
});

/**
 * Opens a file with what Athena would answer: `{"QueryExecutions": [], "NamedQueries": [],
 * "PreparedStatements": []}`, in the shapes of the Athena API. It stands for every account and Region.
 *
 * @throws ConfigError `config.athena-history` when the file is missing or is no such history.
 */
export async function openRecordedHistory(path: string): Promise<AthenaHistory> {
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const message = `cannot read the Athena history ${path}`;
    throw new ConfigError('config.athena-history', message, { cause });
  }
  const parsed = historySchema.safeParse(document);
  if (!parsed.success) {
    const message = `${path} is no Athena history: ${z.prettifyError(parsed.error)}`;
    throw new ConfigError('config.athena-history', message);
  }
  const { QueryExecutions, NamedQueries, PreparedStatements } = parsed.data;
  const executions = new Map(
    // Members that are of another type than the API's are not read by that name.
    QueryExecutions.map((execution) => [execution.QueryExecutionId, execution as QueryExecution]),
  );
  const named = new Map(NamedQueries.map((query) => [query.NamedQueryId, query.QueryString]));
  const prepared = new Map(
    PreparedStatements.map((statement) => [
      `${statement.WorkGroupName} ${statement.StatementName}`,
      statement.QueryStatement,
    ]),
  );
  return {
    queryExecutions: async (asked) =>
      new Map(asked.map(({ id }) => [id, answerOf(executions.get(id))])),
    namedQuery: async (id) => answerOf(named.get(id)),
    preparedStatement: async (workgroup, name) => answerOf(prepared.get(`${workgroup} ${name}`)),
  };
}

function answerOf<Found>(found: Found | undefined): Answer<Found> {
  return found === undefined ? NOT_FOUND : { found };
}
