import { daysBetween } from './delivery';
import { DIRECTORY, type DirectoryWriter, directoryItem } from './directory';
import type { DynamoCalls } from './dynamo-calls';
import type { FileIdentity, LogSource } from './event-store';
import { directoryPartition, fromKeyPart, keyPart } from './keys';
import { TABLE } from './names';

export interface LogSourceSettings {
  readonly calls: DynamoCalls;
  readonly directory: DirectoryWriter;
  readonly retentionDays?: number;
}

/** Who sends log files, by month. */
export function createLogSources({ calls, directory, retentionDays }: LogSourceSettings) {
  /** To be awaited before receipts or verdicts of these files are written. */
  async function note(files: readonly Omit<FileIdentity, 'key'>[]): Promise<void> {
    await directory.write(
      files.map(({ accountId, region, day }) => {
        const sortKey = `${keyPart(accountId)}#${keyPart(region)}`;
        return directoryItem(DIRECTORY.source, day.slice(0, 7), sortKey, accountId, retentionDays);
      }),
    );
  }

  async function listSources(fromDay: string, toDay: string): Promise<LogSource[]> {
    const sources = new Map<string, LogSource>();
    const months = new Set(daysBetween(fromDay, toDay).map((day) => day.slice(0, 7)));
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

  return { note, listSources };
}
