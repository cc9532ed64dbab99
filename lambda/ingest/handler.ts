import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createS3LogFiles } from '../../src/cloudtrail/s3-log-files';
import { ENV, ingestEnvSchema, parseEnv } from '../../src/env';
import { createBatchHandler } from '../../src/ingest/handle-batch';
import { createMessageHandler } from '../../src/ingest/handle-message';
import { createIngest } from '../../src/ingest/ingest-file';
import { formatResume } from '../../src/ingest/intake-message';
import { createJointWrites } from '../../src/ingest/joint-writes';
import { sendDeadLetter, sendMessages } from '../../src/ingest/queues';
import { type AddMetric, METRIC_NAMESPACE, METRICS } from '../../src/names';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';

/** Left for the writes at hand and the receipts when files are handed to another run. */
const RESERVE_MS = 20_000;
const BYTES_PER_MB = 1024 * 1024;

const env = parseEnv(ingestEnvSchema, process.env);
const logger = new Logger({ serviceName: 'ingest' });
const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: 'ingest' });
const sqs = new SQSClient({});
const integrityQueueUrl = env[ENV.integrityQueueUrl];
const recoveryQueueUrl = env[ENV.recoveryQueueUrl];

const store = createDynamoEventStore({
  client: new DynamoDBClient({}),
  tableName: env[ENV.tableName],
  shards: env[ENV.shards],
  retentionDays: env[ENV.retentionDays],
});
const addMetric: AddMetric = (name, value) => metrics.addMetric(name, MetricUnit.Count, value);

const jointWrites = createJointWrites(store.putEvents);
const ingestFile = createIngest({
  logFiles: createS3LogFiles(new S3Client({ followRegionRedirects: true })),
  store: jointWrites,
  clock: () => new Date(),
  requestRecovery: recoveryQueueUrl
    ? (requests) =>
        sendMessages(
          sqs,
          recoveryQueueUrl,
          requests.map((request) => JSON.stringify(request)),
        )
    : undefined,
  isRecoveryDisabled: recoveryQueueUrl === undefined,
  ownRoleArns: new Set(env[ENV.ownRoleArns]),
  maxInflatedBytes: env[ENV.maxInflatedMb] * BYTES_PER_MB,
  redactLiterals: env[ENV.redactLiterals],
});

const handleMessage = createMessageHandler({
  ingestFile,
  sendToIntake: (requests) =>
    sendMessages(sqs, env[ENV.intakeQueueUrl], requests.map(formatResume)),
  sendDigest: integrityQueueUrl
    ? ({ bucket, key }) => sendMessages(sqs, integrityQueueUrl, [JSON.stringify({ bucket, key })])
    : undefined,
  sendToDeadLetters: (body, reason) =>
    sendDeadLetter(sqs, env[ENV.deadLetterQueueUrl], body, reason),
  addMetric,
  log: (message, details) => logger.warn(message, details),
});

const ALWAYS_SAID = [
  METRICS.filesQuarantined,
  METRICS.recordsQuarantined,
  ...(integrityQueueUrl ? [METRICS.logFilesFailed, METRICS.logFilesUnlisted] : []),
];

const handleBatch = createBatchHandler({
  handleMessage,
  store,
  jointWrites,
  judgeLate: integrityQueueUrl ? store.judgeLate : undefined,
  addMetric,
  onVerdict: ({ file, verdict }) => {
    if (verdict === 'failed') addMetric(METRICS.logFilesFailed, 1);
    if (verdict === 'unlisted') addMetric(METRICS.logFilesUnlisted, 1);
    if (verdict !== 'verified') logger.error('file is not verified', { key: file.key, verdict });
  },
  onFailure: (messageId, error) =>
    logger.error('message to be delivered again', { messageId, error }),
});

/**
 * Takes in the log files that a batch of intake messages names.
 * @returns the messages to be delivered again; all others are done with.
 */
export const handler = middy<SQSEvent, SQSBatchResponse, Error, Context>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler(async (event, context) => {
    // Zeros are said as well, so that an alarm can tell "none" from "not running".
    for (const name of ALWAYS_SAID) addMetric(name, 0);
    const failed = await handleBatch(
      event.Records,
      () => context.getRemainingTimeInMillis() < RESERVE_MS,
    );
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  });
