import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { ENV, parseEnv, recoveryEnvSchema } from '../../src/env';
import { METRIC_NAMESPACE, METRICS } from '../../src/names';
import { createAthenaClients } from '../../src/recovery/athena-clients';
import { handleRecoveryMessage } from '../../src/recovery/handle-message';
import { createRecovery, type Recover, type RecoveryResult } from '../../src/recovery/recover';
import { createAwaitedExecutions } from '../../src/store/awaited-executions';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import { createRefusals } from '../../src/store/refusals';

const env = parseEnv(recoveryEnvSchema, process.env);
const logger = new Logger({ serviceName: 'recovery' });
const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: 'recovery' });
const sqs = new SQSClient({});
const table = { client: new DynamoDBClient({}), tableName: env[ENV.tableName] };
const awaited = createAwaitedExecutions(table);
const refusals = createRefusals(table);

/** Built at the first call, which is the first to say in which account this runs. */
let recover: Recover | undefined;

function buildRecovery(ownAccountId: string): Recover {
  return createRecovery({
    athenaFor: createAthenaClients({
      ownAccountId,
      roleName: env[ENV.recoveryRoleName],
      callsPerSecond: env[ENV.recoveryCallsPerSecond],
    }),
    store: createDynamoEventStore({
      ...table,
      shards: env[ENV.shards],
      retentionDays: env[ENV.retentionDays],
    }),
    awaited,
    async noteReplies(accountId, replies) {
      if (!(await refusals.note(accountId, replies))) return;
      metrics.addMetric(METRICS.recoveryRefused, MetricUnit.Count, 1);
      logger.warn('account refuses to be asked', { accountId });
    },
    clock: () => new Date(),
    pricing: { usdPerTb: env[ENV.pricePerTb], tbBase: env[ENV.tbBase] },
    redactLiterals: env[ENV.redactLiterals],
    async postpone(request, delaySeconds) {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: env[ENV.recoveryQueueUrl],
          MessageBody: JSON.stringify(request),
          DelaySeconds: delaySeconds,
        }),
      );
    },
  });
}

/**
 * Completes the events that a batch of messages names, or those that wait for the execution whose
 * end a message tells.
 * @returns the messages to be delivered again; all others are done with.
 */
export const handler = middy<SQSEvent, SQSBatchResponse, Error, Context>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async (event, context) => {
    metrics.addMetric(METRICS.recoveryRefused, MetricUnit.Count, 0);
    addMetrics({ recovered: 0, unavailable: 0, postponed: 0, unanswered: 0 });
    const [, , , , accountId = ''] = context.invokedFunctionArn.split(':');
    recover ??= buildRecovery(accountId);
    const handle = createMessageHandler(recover);
    return processPartialResponse(event, handle, new BatchProcessor(EventType.SQS), {
      context,
      throwOnFullBatchFailure: false,
    });
  });

function createMessageHandler(recover: Recover) {
  return async ({ messageId, body }: SQSRecord): Promise<void> => {
    try {
      addMetrics(await handleRecoveryMessage(body, awaited, recover));
    } catch (error) {
      logger.error('message to be delivered again', { messageId, error });
      throw error;
    }
  };
}

function addMetrics({ recovered, unavailable, postponed, unanswered }: RecoveryResult): void {
  metrics.addMetric(METRICS.recoveryRecovered, MetricUnit.Count, recovered);
  metrics.addMetric(METRICS.recoveryUnavailable, MetricUnit.Count, unavailable);
  metrics.addMetric(METRICS.recoveryPostponed, MetricUnit.Count, postponed);
  metrics.addMetric(METRICS.recoveryUnanswered, MetricUnit.Count, unanswered);
}
