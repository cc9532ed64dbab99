import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { AthenaClient } from '@aws-sdk/client-athena';
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { createS3LogFiles } from '../../src/cloudtrail/s3-log-files';
import { createBatchHandler } from '../../src/ingest/handle-batch';
import { createMessageHandler } from '../../src/ingest/handle-message';
import { createIngest } from '../../src/ingest/ingest-file';
import { formatResume } from '../../src/ingest/intake-message';
import { createJointWrites } from '../../src/ingest/joint-writes';
import { createCloudTrailPublicKeys } from '../../src/integrity/cloudtrail-public-keys';
import { createIntegrity } from '../../src/integrity/integrity';
import { createS3Objects } from '../../src/integrity/s3-objects';
import { createAthenaApi } from '../../src/recovery/athena-api';
import { handleRecoveryMessage } from '../../src/recovery/handle-message';
import { createRecovery } from '../../src/recovery/recover';
import { createAwaitedExecutions } from '../../src/store/awaited-executions';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import type { EventStore } from '../../src/store/event-store';
import { createRefusals } from '../../src/store/refusals';
import { SIGNING_KEY } from './digests';
import { callService } from './function-faults';
import type { UnreliableQueue } from './queue';

/** The services that the functions of one stack call. */
export interface Services {
  readonly dynamo: { readonly client: DynamoDBClient; readonly tableName: string };
  readonly s3: S3Client;
  readonly athena: Pick<AthenaClient, 'send'>;
  readonly intake: UnreliableQueue;
  readonly recovery: UnreliableQueue;
  readonly integrity: UnreliableQueue;
}

/** What one container of a function keeps from run to run. */
export interface Container {
  readonly name: 'ingest' | 'recovery' | 'integrity' | 'upkeep';
  readonly run: (
    bodies: readonly string[],
    isOutOfTime: () => boolean,
  ) => Promise<readonly number[]>;
}

export type ContainerName = Container['name'];

const SHARDS = 2;
/** As much of CloudTrail as integrity asks: its public keys. */
const FAULTY_CLOUDTRAIL = {
  send: () =>
    callService(
      async () => ({
        PublicKeyList: [{ Value: SIGNING_KEY.der, Fingerprint: SIGNING_KEY.fingerprint }],
      }),
      () => Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }),
    ),
} as unknown as Pick<CloudTrailClient, 'send'>;
/** An account that Athena is not asked for: there is no role to assume. */
const CLOSED_ACCOUNT = '444455556666';

/** Starts a container of a function, put together as its handler does. */
export function startContainer(
  name: ContainerName,
  services: Services,
  clock: () => number,
): Container {
  const store = openStore(services.dynamo, clock);
  const build: Readonly<Record<ContainerName, Build>> = {
    ingest: buildIngest,
    recovery: buildRecovery,
    integrity: buildIntegrity,
    upkeep: buildUpkeep,
  };
  return { name, run: build[name](services, store, clock) };
}

export function openStore(dynamo: Services['dynamo'], clock: () => number): EventStore {
  return createDynamoEventStore({ ...dynamo, shards: SHARDS, sleep: async () => {}, now: clock });
}

type Build = (services: Services, store: EventStore, clock: () => number) => Container['run'];

const buildIngest: Build = ({ s3, intake, recovery, integrity }, store, clock) => {
  const jointWrites = createJointWrites(store.putEvents);
  const handleMessage = createMessageHandler({
    ingestFile: createIngest({
      logFiles: createS3LogFiles(s3),
      store: jointWrites,
      eventsPerWrite: 5,
      clock: () => new Date(clock()),
      requestRecovery: async (requests) => {
        for (const request of requests) await recovery.sendFromFunction(JSON.stringify(request));
      },
    }),
    sendToIntake: async (requests) => {
      for (const request of requests) await intake.sendFromFunction(formatResume(request));
    },
    sendDigest: (location) => integrity.sendFromFunction(JSON.stringify(location)),
    sendToDeadLetters: intake.putAside,
    addMetric: () => {},
    log: () => {},
  });
  const handleBatch = createBatchHandler({
    handleMessage,
    store,
    jointWrites,
    judgeLate: store.judgeLate,
    addMetric: () => {},
    onFailure: () => {},
  });
  return async (bodies, isOutOfTime) => {
    const messages = bodies.map((body, at) => ({ messageId: `${at}`, body }));
    return (await handleBatch(messages, isOutOfTime)).map(Number);
  };
};

const buildRecovery: Build = ({ dynamo, athena, recovery }, store, clock) => {
  const history = createAthenaApi({
    client: athena,
    takeTurn: async () => {},
    sleep: async () => {},
    random: () => 0.5,
  });
  const table = { ...dynamo, sleep: async () => {}, now: clock };
  const awaited = createAwaitedExecutions(table);
  const refusals = createRefusals(table);
  const recover = createRecovery({
    athenaFor: (accountId) => (accountId === CLOSED_ACCOUNT ? undefined : history),
    store,
    awaited,
    noteReplies: async (accountId, replies) => {
      await refusals.note(accountId, replies);
    },
    clock: () => new Date(clock()),
    pricing: { usdPerTb: 5, tbBase: 'binary' },
    postpone: (request, delaySeconds) =>
      recovery.sendFromFunction(JSON.stringify(request), delaySeconds),
  });
  return (bodies) => takeBatch(bodies, (body) => handleRecoveryMessage(body, awaited, recover));
};

const buildIntegrity: Build = ({ s3 }, store, clock) => {
  const integrity = createIntegrity({
    objects: createS3Objects(s3),
    keys: createCloudTrailPublicKeys(() => FAULTY_CLOUDTRAIL),
    store,
    now: clock,
  });
  return (bodies) => takeBatch(bodies, (body) => integrity.verifyDigest(JSON.parse(body)));
};

const buildUpkeep: Build = (_services, store) => async () => {
  await store.rollUp();
  return [];
};

/** Answers what the functions answer to SQS: which messages are to be delivered again. */
async function takeBatch(
  bodies: readonly string[],
  handle: (body: string) => Promise<unknown>,
): Promise<readonly number[]> {
  const Records = bodies.map((body, at) => ({ messageId: `${at}`, body }) as SQSRecord);
  const { batchItemFailures } = await processPartialResponse(
    { Records } satisfies SQSEvent,
    ({ body }: SQSRecord) => handle(body),
    new BatchProcessor(EventType.SQS),
    { context: {} as Context, throwOnFullBatchFailure: false },
  );
  return batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier));
}
