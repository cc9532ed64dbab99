import { daysOf, daysOfMonth } from './delivery';
import { DIRECTORY, directoryItem } from './directory';
import type { DynamoCalls } from './dynamo-calls';
import type { DeliveryRange, FileIdentity, LogSource } from './event-store';
import type { Item } from './item-size';
import { keyRange } from './key-range';
import { directoryPartition, fromKeyPart, keyOf, keyPart } from './keys';
import { TABLE } from './names';

/** Directory items of who sends these files, to be written before receipts or verdicts of them. */
export function sourceItems(
  files: readonly Omit<FileIdentity, 'key'>[],
  retentionDays: number | undefined,
): Item[] {
  return files.flatMap(({ accountId, region, day }) => {
    const month = day.slice(0, 7);
    const sortKey = `${keyPart(accountId)}#${keyPart(region)}`;
    return [
      directoryItem(DIRECTORY.sourceMonth, month, month, month, retentionDays),
      directoryItem(DIRECTORY.source, month, sortKey, accountId, retentionDays),
    ];
  });
}

/** Who sends log files, by month. */
export function createLogSources(calls: DynamoCalls) {
  /** The days in question of the months that hold files, oldest first. */
  async function listDays(range: Pick<DeliveryRange, 'from' | 'to'>): Promise<string[]> {
    const [fromDay, toDay] = daysOf(range);
    const months = calls.queryAll(
      keyRange(
        directoryPartition(DIRECTORY.sourceMonth, ''),
        fromDay.slice(0, 7),
        toDay.slice(0, 7),
      ),
    );
    const days = await Array.fromAsync(months, (entry) => daysOfMonth(keyOf(entry).sk));
    return days.flat().filter((day) => day >= fromDay && day <= toDay);
  }

  async function listSources(days: readonly string[]): Promise<LogSource[]> {
    const sources = new Map<string, LogSource>();
    const months = new Set(days.map((day) => day.slice(0, 7)));
    for (const month of months) {
      const entries = calls.queryAll({
        KeyConditionExpression: '#pk = :pk',
        ExpressionAttributeNames: { '#pk': TABLE.partitionKey },
        ExpressionAttributeValues: { ':pk': directoryPartition(DIRECTORY.source, month) },
      });
      for await (const entry of entries) {
        const sortKey = String(entry[TABLE.sortKey]);
        const [accountId = '', region = ''] = sortKey
          .split('#')
          .map((part) => fromKeyPart(part) ?? part);
        sources.set(sortKey, { accountId, region });
      }
    }
    return [...sources.values()];
  }

  return { listDays, listSources };
}
