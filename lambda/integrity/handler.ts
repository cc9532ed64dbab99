import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { ENV, integrityEnvSchema, parseEnv } from '../../src/env';
import { createCloudTrailPublicKeys } from '../../src/integrity/cloudtrail-public-keys';
import { createIntegrity } from '../../src/integrity/integrity';
import { countVerdicts } from '../../src/integrity/metrics';
import { createS3Objects } from '../../src/integrity/s3-objects';
import { METRIC_NAMESPACE } from '../../src/names';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';

const messageSchema = z.object({ bucket: z.string().min(1), key: z.string().min(1) });

const env = parseEnv(integrityEnvSchema, process.env);
const logger = new Logger({ serviceName: 'integrity' });
const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: 'integrity' });

const integrity = createIntegrity({
  objects: createS3Objects(new S3Client({ followRegionRedirects: true })),
  keys: createCloudTrailPublicKeys((region) => new CloudTrailClient({ region })),
  store: createDynamoEventStore({
    client: new DynamoDBClient({}),
    tableName: env[ENV.tableName],
    shards: env[ENV.shards],
    retentionDays: env[ENV.retentionDays],
  }),
});

/**
 * Verifies the digests that a batch of messages names.
 * @returns the messages to be delivered again; all others are done with.
 */
export const handler = middy<SQSEvent, SQSBatchResponse, Error, Context>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async (event, context) => {
    countVerdicts({ digests: [], logs: [] }, addMetric);
    return processPartialResponse(event, verifyMessage, new BatchProcessor(EventType.SQS), {
      context,
      throwOnFullBatchFailure: false,
    });
  });

async function verifyMessage({ messageId, body }: SQSRecord): Promise<void> {
  try {
    const report = await integrity.verifyDigest(messageSchema.parse(JSON.parse(body)));
    countVerdicts(report, addMetric);
    for (const file of [...report.digests, ...report.logs]) {
      if (file.verdict !== 'verified') logger.error('file is not verified', { file });
    }
  } catch (error) {
    logger.error('message to be delivered again', { messageId, error });
    throw error;
  }
}

function addMetric(name: string, value: number): void {
  metrics.addMetric(name, MetricUnit.Count, value);
}
