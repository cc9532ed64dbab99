import { paginateScan } from '@aws-sdk/client-dynamodb';
import type { DynamoServer } from '../integration/dynamo-servers';

/** Every item but notes of open hours, which carry the time: sorted, a text each. */
export async function contents(
  { client, tableName }: DynamoServer,
  index?: string,
): Promise<string[]> {
  const items: string[] = [];
  const scan = { TableName: tableName, IndexName: index };
  for await (const page of paginateScan({ client }, scan)) {
    for (const item of page.Items ?? []) {
      if (item.pk?.S !== 'S#open') items.push(JSON.stringify(item, sortedKeys));
    }
  }
  return items.sort();
}

function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
