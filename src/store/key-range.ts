import { type IndexName, TABLE } from './names';

/** Asks for a partition's items with sort keys from `from` to `to`, in the table or an index. */
export function keyRange(pk: string, from: string, to: string, index?: IndexName) {
  return {
    IndexName: index?.name,
    KeyConditionExpression: '#partition = :pk AND #sort BETWEEN :from AND :to',
    ExpressionAttributeNames: {
      '#partition': index?.partitionKey ?? TABLE.partitionKey,
      '#sort': index?.sortKey ?? TABLE.sortKey,
    },
    ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
  };
}
