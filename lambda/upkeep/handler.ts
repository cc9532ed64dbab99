import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { ENV, parseEnv, upkeepEnvSchema } from '../../src/env';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';

/** Left for the step at hand when the rest waits for the next run. */
const RESERVE_MS = 60_000;

const env = parseEnv(upkeepEnvSchema, process.env);
const logger = new Logger({ serviceName: 'upkeep' });

const store = createDynamoEventStore({
  client: new DynamoDBClient({}),
  tableName: env[ENV.tableName],
  shards: env[ENV.shards],
  retentionDays: env[ENV.retentionDays],
});

/** Keeps the totals of the hours that have come to rest since the last run. */
export const handler = middy<ScheduledEvent, void, Error, Context>()
  .use(injectLambdaContext(logger))
  .handler(async (_event, context) => {
    let hours = 0;
    let kept: number;
    do {
      kept = await store.rollUp();
      hours += kept;
    } while (kept > 0 && context.getRemainingTimeInMillis() > RESERVE_MS);
    logger.info('totals kept', { hours });
  });
