import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { type IndexName, TABLE } from './names';

/** CreateTable input for a local DynamoDB: the same table that the stack deploys. */
export function tableDefinition(tableName: string): CreateTableCommandInput {
  const keyNames = new Set<string>([TABLE.partitionKey, TABLE.sortKey]);
  for (const index of TABLE.indexes) keyNames.add(index.partitionKey);
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...keyNames].map((name) => ({
      AttributeName: name,
      AttributeType: 'S',
    })),
    KeySchema: keySchema(TABLE),
    GlobalSecondaryIndexes: TABLE.indexes.map((index) => ({
      IndexName: index.name,
      KeySchema: keySchema(index),
      Projection:
        index.includes.length === 0
          ? { ProjectionType: 'KEYS_ONLY' }
          : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...index.includes] },
    })),
  };
}

function keySchema(keys: Pick<IndexName, 'partitionKey' | 'sortKey'>) {
  const partition = { AttributeName: keys.partitionKey, KeyType: 'HASH' as const };
  if (!keys.sortKey) return [partition];
  return [partition, { AttributeName: keys.sortKey, KeyType: 'RANGE' as const }];
}
