import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { ENV, parseEnv, upkeepEnvSchema } from '../../src/env';
import { METRIC_NAMESPACE, METRICS } from '../../src/names';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import { findSilentSources } from '../../src/store/silent-sources';

/** Left for the step at hand when the rest waits for the next run. */
const RESERVE_MS = 60_000;

const env = parseEnv(upkeepEnvSchema, process.env);
const logger = new Logger({ serviceName: 'upkeep' });
const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: 'upkeep' });

const store = createDynamoEventStore({
  client: new DynamoDBClient({}),
  tableName: env[ENV.tableName],
  shards: env[ENV.shards],
  retentionDays: env[ENV.retentionDays],
});

/**
 * Looks for sources whose files or digests fell silent, and keeps the totals of hours that have come to
 * rest.
 */
export const handler = middy<ScheduledEvent, void, Error, Context>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async (_event, context) => {
    const silent = await findSilentSources(store, new Date());
    metrics.addMetric(METRICS.coverageGaps, MetricUnit.Count, silent.files.length);
    metrics.addMetric(METRICS.digestGaps, MetricUnit.Count, silent.digests.length);
    for (const source of silent.files) logger.warn('source fell silent', { source });
    for (const source of silent.digests) logger.warn('digests fell silent', { source });

    let hours = 0;
    let kept: number;
    do {
      kept = await store.rollUp();
      hours += kept;
    } while (kept > 0 && context.getRemainingTimeInMillis() > RESERVE_MS);
    logger.info('totals kept', { hours });
  });
