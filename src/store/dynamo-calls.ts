import { setTimeout as sleepMs } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type BatchGetCommandOutput,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { inParallel } from '../concurrency';
import { UpstreamError } from '../errors';
import type { Item } from './item-size';
import type { ItemKey } from './keys';
import { TABLE } from './names';

export type StoredItem = Readonly<Record<string, unknown>>;

type KeysAndAttributes = NonNullable<BatchGetCommandInput['RequestItems']>[string];

export interface QueryResult {
  readonly items: readonly StoredItem[];
  readonly lastKey?: StoredItem;
  /** Items read, before the filter. */
  readonly evaluated: number;
}

export interface CallSettings {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** 0 ≤ random() < 1, for the jitter. */
  readonly random?: () => number;
}

/** The few DynamoDB calls that the store makes, with its retries and its errors. */
export type DynamoCalls = ReturnType<typeof createDynamoCalls>;

const WRITE_BATCH = 25;
const READ_BATCH = 100;
/** Tries of what DynamoDB left unprocessed: about 13 s in all before the queue takes over. */
const MAX_TRIES = 10;
const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 3_000;

const TRANSIENT = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'InternalServerError',
  'InternalServerErrorException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TransactionInProgressException',
  'ReplicatedWriteConflictException',
  'TimeoutError',
  'AbortError',
]);

export function createDynamoCalls({
  client,
  tableName,
  sleep = sleepMs,
  random = Math.random,
}: CallSettings) {
  const documents = DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
  });

  /** Puts items in batches, in parallel, in no order. Keys must differ. */
  async function putAll(items: readonly Item[]): Promise<void> {
    await inParallel(chunks(items, WRITE_BATCH), async (batch) => {
      let requests: Record<string, unknown>[] | undefined = batch.map((item) => ({
        PutRequest: { Item: item },
      }));
      for (let tries = 1; requests !== undefined && requests.length > 0; tries++) {
        const pending: Record<string, unknown>[] = requests;
        const answer = await call(() =>
          documents.send(new BatchWriteCommand({ RequestItems: { [tableName]: pending } })),
        );
        requests = answer.UnprocessedItems?.[tableName];
        if (requests?.length) await backOff(tries, 'writes');
      }
    });
  }

  /** Items with these keys that are there, in any order. */
  async function getAll(
    keys: readonly ItemKey[],
    options: { readonly consistent?: boolean; readonly attributes?: readonly string[] } = {},
  ): Promise<StoredItem[]> {
    const found: StoredItem[] = [];
    await inParallel(chunks(keys, READ_BATCH), async (batch) => {
      let pending: KeysAndAttributes['Keys'] = batch.map(({ pk, sk }) => ({
        [TABLE.partitionKey]: pk,
        [TABLE.sortKey]: sk,
      }));
      for (let tries = 1; pending !== undefined && pending.length > 0; tries++) {
        const request: KeysAndAttributes = {
          Keys: pending,
          ConsistentRead: options.consistent ?? false,
          ...projection(options.attributes),
        };
        const answer: BatchGetCommandOutput = await call(() =>
          documents.send(new BatchGetCommand({ RequestItems: { [tableName]: request } })),
        );
        found.push(...(answer.Responses?.[tableName] ?? []));
        pending = answer.UnprocessedKeys?.[tableName]?.Keys;
        if (pending?.length) await backOff(tries, 'reads');
      }
    });
    return found;
  }

  /** @returns whether the condition held. */
  async function putIf(
    item: Item,
    condition: string,
    names: Record<string, string>,
    values?: Record<string, unknown>,
  ): Promise<boolean> {
    const command = new PutCommand({
      TableName: tableName,
      Item: item,
      ConditionExpression: condition,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    });
    return holds(() => documents.send(command));
  }

  /** @returns whether the condition held. */
  async function deleteIf(
    { pk, sk }: ItemKey,
    condition: string,
    names: Record<string, string>,
    values: Record<string, unknown>,
  ): Promise<boolean> {
    const command = new DeleteCommand({
      TableName: tableName,
      Key: { [TABLE.partitionKey]: pk, [TABLE.sortKey]: sk },
      ConditionExpression: condition,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    });
    return holds(() => documents.send(command));
  }

  /** @returns whether the condition held, where there is one. */
  async function update(input: Omit<UpdateCommandInput, 'TableName'>): Promise<boolean> {
    return holds(() => documents.send(new UpdateCommand({ TableName: tableName, ...input })));
  }

  /** One page of a query. */
  async function query(input: Omit<QueryCommandInput, 'TableName'>): Promise<QueryResult> {
    const answer = await call(() =>
      documents.send(new QueryCommand({ TableName: tableName, ...input })),
    );
    return {
      items: answer.Items ?? [],
      lastKey: answer.LastEvaluatedKey,
      evaluated: answer.ScannedCount ?? 0,
    };
  }

  /** Every item of a query, page by page. */
  async function* queryAll(input: Omit<QueryCommandInput, 'TableName'>): AsyncIterable<StoredItem> {
    let startKey: StoredItem | undefined;
    do {
      const page = await query({ ...input, ExclusiveStartKey: startKey });
      yield* page.items;
      startKey = page.lastKey;
    } while (startKey);
  }

  async function backOff(tries: number, what: string): Promise<void> {
    if (tries >= MAX_TRIES) {
      throw new UpstreamError(
        'dynamodb.throttled',
        `table ${tableName} left ${what} unprocessed after ${tries} tries`,
      );
    }
    const longest = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1));
    await sleep(longest * (0.5 + random() / 2));
  }

  return { putAll, getAll, putIf, deleteIf, update, query, queryAll };
}

/** Whether a write's condition held. */
async function holds(send: () => Promise<unknown>): Promise<boolean> {
  try {
    await call(send);
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

async function call<Answer>(send: () => Promise<Answer>): Promise<Answer> {
  try {
    return await send();
  } catch (cause) {
    if (!(cause instanceof Error) || !isTransient(cause)) throw cause;
    throw new UpstreamError('dynamodb.unavailable', `DynamoDB: ${cause.name}`, { cause });
  }
}

/** The SDK has retried it already; network errors carry a `code`, answers a status. */
function isTransient(error: Error): boolean {
  if (TRANSIENT.has(error.name)) return true;
  if ('code' in error && typeof error.code === 'string' && /^E[A-Z]+/.test(error.code)) return true;
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  return (
    typeof metadata === 'object' &&
    metadata !== null &&
    'httpStatusCode' in metadata &&
    typeof metadata.httpStatusCode === 'number' &&
    metadata.httpStatusCode >= 500
  );
}

function projection(attributes: readonly string[] | undefined) {
  if (!attributes) return {};
  const names = Object.fromEntries(attributes.map((name) => [`#${name}`, name]));
  return {
    ProjectionExpression: Object.keys(names).join(', '),
    ExpressionAttributeNames: names,
  };
}

/** Parts of a list, each of at most so many elements. */
export function chunks<Element>(list: readonly Element[], size: number): Element[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) =>
    list.slice(at * size, (at + 1) * size),
  );
}
