import * as z from 'zod';
import { type CallSettings, createDynamoCalls } from './dynamo-calls';
import type { EventIdentity } from './event-store';
import { keyPart, positionOf } from './keys';
import { TABLE } from './names';

/** Athena ends every statement within hours; what is still here then was lost. */
const KEPT_SECONDS = 2 * 86_400;
const IDENTITY = 'e';

const identitySchema = z.object({
  accountId: z.string(),
  eventTime: z.string(),
  eventId: z.string(),
  eventName: z.string(),
});

export type AwaitedExecutions = ReturnType<typeof createAwaitedExecutions>;

/** Which events wait for the end of an execution, by its id; items of a few bytes that expire. */
export function createAwaitedExecutions(settings: CallSettings & { readonly now?: () => number }) {
  const { now = Date.now } = settings;
  const calls = createDynamoCalls(settings);

  return {
    async add(queryExecutionId: string, event: EventIdentity): Promise<void> {
      await calls.putAll([
        {
          [TABLE.partitionKey]: partitionOf(queryExecutionId),
          [TABLE.sortKey]: positionOf(event),
          [TABLE.ttl]: Math.floor(now() / 1000) + KEPT_SECONDS,
          [IDENTITY]: identitySchema.parse(event),
        },
      ]);
    },

    async find(queryExecutionId: string): Promise<readonly EventIdentity[]> {
      const items = calls.queryAll({
        KeyConditionExpression: '#pk = :pk',
        ExpressionAttributeNames: { '#pk': TABLE.partitionKey },
        ExpressionAttributeValues: { ':pk': partitionOf(queryExecutionId) },
      });
      return Array.fromAsync(items, (item) => identitySchema.parse(item[IDENTITY]));
    },
  };
}

function partitionOf(queryExecutionId: string): string {
  return `X#${keyPart(queryExecutionId)}`;
}
