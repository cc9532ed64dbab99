import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { type EmbeddedStore, startEmbeddedStore } from '../../src/local/embedded-store';
import { type ObjectEndpoint, startObjectEndpoint } from '../fixtures/object-endpoint';
import { makeKey, makeTrail } from '../integrity/digest-factory';
import {
  BUNDLE_BUDGETS,
  BUNDLE_NAMES,
  type BundleName,
  type SynthesizedBundles,
  synthesizeBundles,
} from './bundles';
import { type KeyEndpoint, startKeyEndpoint } from './key-endpoint';
import { type LambdaProcess, startLambda } from './lambda-process';
import { type QueueEndpoint, startQueueEndpoint } from './queue-endpoint';
import { type RecordingProxy, startRecordingProxy } from './recording-proxy';

const BUCKET = 'audit-logs';
const TABLE_NAME = 'of-the-template';
const FOLDER = 'AWSLogs/111122223333/CloudTrail/us-east-1/2023/12/01';
const SAMPLES = ['create-table', 'insert', 'select', 'update'];

const batchSchema = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })),
});
const responseSchema = z.object({ statusCode: z.number(), body: z.string() });
const eventsSchema = z.object({
  events: z.array(z.object({ eventId: z.string(), eventName: z.string() })),
});

let synthesized: SynthesizedBundles;
let database: EmbeddedStore;
let objects: ObjectEndpoint;
let queues: QueueEndpoint;
let publicKeys: KeyEndpoint;
const signingKey = makeKey();
const started: LambdaProcess[] = [];
const proxies: { readonly name: BundleName; readonly proxy: RecordingProxy }[] = [];

beforeAll(async () => {
  [database, objects, queues, publicKeys] = await Promise.all([
    startEmbeddedStore(),
    startObjectEndpoint(),
    startQueueEndpoint(),
    startKeyEndpoint(signingKey),
  ]);
  synthesized = await synthesizeBundles();
  await createTableOfTemplate();
}, 60_000);

afterAll(async () => {
  await Promise.all(started.map((lambda) => lambda.stop()));
  await Promise.all(proxies.map(({ proxy }) => proxy.close()));
  await Promise.all([database?.close(), objects?.close(), queues?.close(), publicKeys?.close()]);
});

test.each(Object.entries(BUNDLE_BUDGETS))('%s is at most %d bytes', (name, budget) => {
  const bundle = BUNDLE_NAMES.find((known) => known === name) ?? 'Ingest';

  expect(synthesized.bundles[bundle].sizeBytes).toBeLessThanOrEqual(budget);
});

describe('Ingest', () => {
  let ingest: LambdaProcess;

  beforeAll(async () => {
    ingest = await start('Ingest');
  });

  test('stores a file that S3 announces, and the API answers with its events and records', async () => {
    const key = put('20231201T2215Z_Ab3dEf6hIj9kLm2n', SAMPLES.map(sample));
    const query = await start('QueryApi');

    const answer = await ingest.invoke(sqsEvent([notificationOf(key)]));
    const list = await query.invoke(
      getRequest('/v1/events', { from: '2023-11-01', to: '2024-01-01', order: 'asc' }),
    );

    expect(answer).toEqual({ batchItemFailures: [] });
    const { statusCode, body } = responseSchema.parse(list);
    expect(statusCode).toBe(200);
    const { events } = eventsSchema.parse(JSON.parse(body));
    expect(events.map(({ eventName }) => eventName)).toEqual(['Select', 'Insert', 'Update']);

    const record = await query.invoke(
      getRequest(`/v1/events/${events[1]?.eventId}/record`, { eventName: 'Insert' }),
    );
    expect(responseSchema.parse(record)).toMatchObject({
      statusCode: 200,
      body: JSON.stringify(sample('insert')),
    });
  });

  test('delivers again only the file that S3 refuses for now', async () => {
    const good = put('20231201T2220Z_Bb3dEf6hIj9kLm2n', [sample('select')]);
    const slow = put('20231201T2225Z_Cb3dEf6hIj9kLm2n', [sample('insert')]);
    objects.objects.get(`${BUCKET}/${slow}`)?.faults?.push(...Array(9).fill('slow-down'));

    const answer = await ingest.invoke(sqsEvent([notificationOf(good), notificationOf(slow)]));

    expect(batchSchema.parse(answer).batchItemFailures).toEqual([{ itemIdentifier: 'message-1' }]);
  });

  test('is done with files that are gone, and with messages that are none', async () => {
    const gone = `${FOLDER}/111122223333_CloudTrail_us-east-1_20231201T2230Z_Db3dEf6hIj9kLm2n.json.gz`;

    const answer = await ingest.invoke(sqsEvent([notificationOf(gone), 'no JSON']));

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(queues.sent('IntakeDeadLetters')).toEqual(['no JSON']);
  });

  test('passes digests on', async () => {
    const digest =
      'AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2023/12/01/111122223333_CloudTrail-Digest_us-east-1_main_us-east-1_20231201T231500Z.json.gz';

    await ingest.invoke(sqsEvent([notificationOf(digest)]));

    expect(queues.sent('IntegrityWorkQueue').map((body) => JSON.parse(body))).toEqual([
      { bucket: BUCKET, key: digest },
    ]);
  });

  test('publishes its metrics and never writes a statement to the log', () => {
    const log = ingest.log();

    expect(log).toContain('"FilesStored"');
    expect(log).toContain('"FilesQuarantined"');
    expect(log).not.toMatch(/create table|my_table/i);
  });
});

describe('QueryApi', () => {
  let query: LambdaProcess;

  beforeAll(async () => {
    query = await start('QueryApi');
  });

  test('refuses a wrong parameter', async () => {
    const answer = responseSchema.parse(
      await query.invoke(getRequest('/v1/events', { limit: 'many' })),
    );

    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body).error.details.parameter).toBe('limit');
  });

  test('answers an unknown path with an error of its own', async () => {
    const answer = responseSchema.parse(await query.invoke(getRequest('/v1/nothing')));

    expect(answer.statusCode).toBe(404);
  });
});

test('Integrity verifies a digest, the one before it, and the log files that it names', async () => {
  const { files, digests } = makeTrail({ key: signingKey, hours: 2, bucket: BUCKET });
  for (const [key, body] of files) {
    const metadata = files.get(`${key}.metadata.json`);
    objects.objects.set(`${BUCKET}/${key}`, {
      body,
      metadata: metadata && JSON.parse(metadata.toString()),
    });
  }
  const integrity = await start('Integrity');

  const answer = await integrity.invoke(
    sqsEvent([JSON.stringify({ bucket: BUCKET, key: digests[1] })]),
  );

  expect(answer).toEqual({ batchItemFailures: [] });
  expect(integrity.log()).toContain('"DigestsVerified":[0,1]');
  expect(integrity.log()).toContain('"LogFilesVerified":[0,2]');
});

test('Integrity gives back a digest that it cannot read for now', async () => {
  const key = 'digest.json.gz';
  objects.objects.set(`${BUCKET}/${key}`, {
    body: gzipSync('{}'),
    faults: Array(9).fill('slow-down'),
  });
  const integrity = await start('Integrity');

  const answer = await integrity.invoke(sqsEvent([JSON.stringify({ bucket: BUCKET, key })]));

  expect(batchSchema.parse(answer).batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
});

test('Upkeep counts what came to rest', async () => {
  const upkeep = await start('Upkeep');

  await upkeep.invoke({ 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} });

  expect(upkeep.log()).toContain('"hours":0');
});

test('Recovery is done with a state change that no event waits for', async () => {
  const recovery = await start('Recovery');
  const stateChange = {
    'detail-type': 'Athena Query State Change',
    account: '111122223333',
    region: 'eu-west-1',
    detail: { queryExecutionId: 'b621c254-74e0-48e3-9630-78ed857782f9', currentState: 'FAILED' },
  };

  const answer = await recovery.invoke(sqsEvent([JSON.stringify(stateChange), '{}']));

  expect(batchSchema.parse(answer).batchItemFailures).toEqual([{ itemIdentifier: 'message-1' }]);
});

test.each(BUNDLE_NAMES)('%s asked for nothing that its role does not allow', (name) => {
  const asked = proxies
    .filter((started) => started.name === name)
    .flatMap(({ proxy }) => [...proxy.actions]);

  expect(asked).not.toEqual([]);
  expect(synthesized.bundles[name].actions).toEqual(expect.arrayContaining(asked));
});

/** Starts a bundle with the environment of the template, its references replaced by what runs here. */
async function start(name: BundleName): Promise<LambdaProcess> {
  const { file, environment } = synthesized.bundles[name];
  const resolved = Object.entries(environment).map(([variable, value]) => [
    variable,
    typeof value === 'string' ? value : resolveReference(value.Ref),
  ]);
  const record = async (endpoint: string) => {
    const proxy = await startRecordingProxy(endpoint);
    proxies.push({ name, proxy });
    return proxy.url;
  };
  const lambda = await startLambda(file, {
    ...Object.fromEntries(resolved),
    AWS_ENDPOINT_URL_S3: await record(objects.url),
    AWS_ENDPOINT_URL_DYNAMODB: await record(database.endpoint),
    AWS_ENDPOINT_URL_CLOUDTRAIL: await record(publicKeys.url),
    AWS_MAX_ATTEMPTS: '2',
  });
  started.push(lambda);
  return lambda;
}

/** Logical ids end in a hash of eight characters. */
function resolveReference(logicalId: string): string {
  if (logicalId.startsWith('EventsTable')) return TABLE_NAME;
  return queues.queueUrl(logicalId.slice(0, -8));
}

async function createTableOfTemplate(): Promise<void> {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } =
    synthesized.table;
  await database.client.send(
    new CreateTableCommand({
      TableName: TABLE_NAME,
      ...JSON.parse(
        JSON.stringify({ AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode }),
      ),
    }),
  );
}

function put(name: string, records: readonly unknown[]): string {
  const key = `${FOLDER}/111122223333_CloudTrail_us-east-1_${name}.json.gz`;
  const body = gzipSync(JSON.stringify({ Records: records }));
  objects.objects.set(`${BUCKET}/${key}`, { body, faults: [] });
  return key;
}

function sample(name: string): unknown {
  const file = join(__dirname, '..', 'fixtures', 'samples', `keyspaces-${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

function notificationOf(key: string): string {
  const s3 = { bucket: { name: BUCKET }, object: { key: encodeURIComponent(key), size: 1 } };
  return JSON.stringify({
    Records: [{ eventVersion: '2.1', eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }],
  });
}

function sqsEvent(bodies: readonly string[]): SQSEvent {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `message-${index}`,
      receiptHandle: `handle-${index}`,
      body,
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1701468900000',
        SenderId: 'AROAEXAMPLE:S3-PROD-END',
        ApproximateFirstReceiveTimestamp: '1701468900010',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:intake',
      awsRegion: 'us-east-1',
    })),
  };
}

function getRequest(path: string, query: Record<string, string> = {}): APIGatewayProxyEventV2 {
  return {
    version: '2.0',
    routeKey: 'GET /v1/{proxy+}',
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { accept: 'application/json', host: 'api.example.com' },
    queryStringParameters: query,
    pathParameters: { proxy: path.replace('/v1/', '') },
    requestContext: {
      accountId: '111122223333',
      apiId: 'abcdefghij',
      domainName: 'api.example.com',
      domainPrefix: 'api',
      http: {
        method: 'GET',
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.10',
        userAgent: 'test',
      },
      requestId: 'request',
      routeKey: 'GET /v1/{proxy+}',
      stage: '$default',
      time: '02/Dec/2023:10:00:00 +0000',
      timeEpoch: 1_701_511_200_000,
    },
    isBase64Encoded: false,
  };
}
