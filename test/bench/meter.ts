import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../src/store/item-size';

export interface Meter {
  /** What came together since the last time. */
  take(): number;
}

/** Weighs each call of a client by what it asks and what is answered. */
export function meter(
  client: DynamoDBClient,
  weigh: (input: object, output: object) => number,
): Meter {
  let sum = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      sum += weigh(args.input, result.output);
      return result;
    },
    { step: 'initialize', priority: 'high' },
  );
  return {
    take() {
      const taken = sum;
      sum = 0;
      return taken;
    },
  };
}

/** The items that a call puts. */
export function itemsOf(input: object): Item[] {
  if ('Item' in input) return [input.Item as Item];
  if (!('RequestItems' in input)) return [];
  const requests = Object.values(input.RequestItems as Record<string, unknown>).flat();
  return requests.flatMap((request) => {
    const put = (request as { PutRequest?: { Item: Item } }).PutRequest;
    return put ? [put.Item] : [];
  });
}

/** The keys of the items that a call fetches. */
export function keysOf(input: object): { readonly pk: string }[] {
  if (!('RequestItems' in input)) return [];
  const tables = Object.values(input.RequestItems as Record<string, { Keys?: { pk: string }[] }>);
  return tables.flatMap(({ Keys = [] }) => Keys);
}
