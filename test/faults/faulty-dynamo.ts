import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { callService, partialAnswer } from './function-faults';
import type { Random } from './random';

/** Makes a real client's calls fail within `runFunction`. */
export function injectFaults(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next, context) => (args) =>
      callService(async () => {
        const isBatch = context.commandName === 'BatchWriteItemCommand';
        const random = isBatch ? partialAnswer() : undefined;
        const withheld = random && withholdWrites(args.input, random);
        const answer = await next(args);
        if (withheld) Object.assign(answer.output, { UnprocessedItems: withheld });
        return answer;
      }, throttled),
    { step: 'serialize', priority: 'high', name: 'faults' },
  );
}

/** What DynamoDB answers when an index cannot keep up: the table is throttled with it. */
function throttled(): Error {
  return Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
}

/** Takes some of a batch's writes out of the request: they come back unprocessed. */
function withholdWrites(input: unknown, random: Random): Record<string, unknown[]> | undefined {
  const { RequestItems } = input as { RequestItems: Record<string, unknown[]> };
  const withheld: Record<string, unknown[]> = {};
  for (const [table, writes] of Object.entries(RequestItems)) {
    const kept = writes.filter(() => random.chance(0.6));
    // DynamoDB refuses an empty batch, and never leaves everything without an exception.
    if (kept.length === 0 || kept.length === writes.length) continue;
    withheld[table] = writes.filter((write) => !kept.includes(write));
    RequestItems[table] = kept;
  }
  return Object.keys(withheld).length > 0 ? withheld : undefined;
}
