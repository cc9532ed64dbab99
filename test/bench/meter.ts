import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../src/store/item-size';

export interface Meter {
  /** What came together since the last time. */
  take(): number;
}

/** Weighs each call of a client. */
export function meter(client: DynamoDBClient, weigh: (input: object) => number): Meter {
  let sum = 0;
  client.middlewareStack.add(
    (next) => (args) => {
      sum += weigh(args.input);
      return next(args);
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
