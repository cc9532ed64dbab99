import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import middy from '@middy/core';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import { createApi } from '../../src/api/api';
import { createS3LogFiles } from '../../src/cloudtrail/s3-log-files';
import { ENV, parseEnv, queryEnvSchema } from '../../src/env';
import { createEventReader } from '../../src/store/event-reader';

const env = parseEnv(queryEnvSchema, process.env);
const logger = new Logger({ serviceName: 'query' });

const api = createApi({
  store: createEventReader({
    client: new DynamoDBClient({}),
    tableName: env[ENV.tableName],
    shards: env[ENV.shards],
  }),
  logFiles: createS3LogFiles(new S3Client({ followRegionRedirects: true })),
  clock: Date.now,
  onError: (error, requestId) => logger.error('request failed', { requestId, error }),
});

/** Answers a request that the HTTP API has authorized. */
export const handler = middy<
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Error,
  Context
>()
  .use(injectLambdaContext(logger))
  .handler(api);
