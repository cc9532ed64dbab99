import type { AuditEvent, Principal } from '../event/audit-event';
import type { DynamoCalls } from './dynamo-calls';
import type { Item } from './item-size';
import {
  directoryPartition,
  keyId,
  keyOf,
  keyPart,
  keyTime,
  monthOf,
  principalKey,
  tableRefs,
} from './keys';
import { TABLE } from './names';

/** Attributes of a directory entry: the name as first seen, and the principal key it stands for. */
export const ENTRY = { name: 'n', key: 'v' } as const;

/**
 * Kinds of names. `month` lists the months that hold any event, `source-month` those that hold any
 * log file, `source` who sends log files.
 */
export const DIRECTORY = {
  month: 'month',
  sourceMonth: 'source-month',
  source: 'source',
  class: 'class',
  account: 'account',
  region: 'region',
  principal: 'principal',
  database: 'database',
  table: 'table',
} as const;

/** Kinds that list months, and so do not belong to one. */
const LISTS_OF_MONTHS: readonly string[] = [DIRECTORY.month, DIRECTORY.sourceMonth];

/** What is read to see whether an entry is there. */
const KEY = [TABLE.partitionKey, TABLE.sortKey] as const;

/** Names that one container remembers to have written. */
const MAX_MEMO = 50_000;

/** What there is to ask for, in the month of an event. */
export function directoryEntries(event: AuditEvent, retentionDays?: number): Item[] {
  const month = monthOf(keyTime(event.eventTime));
  const entries: Item[] = [];
  function add(kind: string, sortKey: string, name: string, more?: Item): void {
    entries.push({ ...directoryItem(kind, month, sortKey, name, retentionDays), ...more });
  }

  add(DIRECTORY.month, month, month);
  add(DIRECTORY.class, event.class, event.class);
  add(DIRECTORY.account, keyPart(event.accountId), event.accountId);
  if (event.region) add(DIRECTORY.region, keyPart(event.region), event.region);
  const key = principalKey(event.principal);
  for (const name of principalAliases(event.principal)) {
    const sortKey = `${keyPart(name.toLowerCase())}#${keyPart(key)}`;
    add(DIRECTORY.principal, sortKey, name, { [ENTRY.key]: key });
  }
  for (const { database, table } of tableRefs(event)) {
    const [databasePart, tablePart] = [keyPart(database), keyPart(table)];
    add(DIRECTORY.database, `${databasePart}#${event.service}#${tablePart}`, database);
    if (table === '') continue;
    const qualified = database ? `${database}.${table}` : table;
    add(DIRECTORY.table, `${tablePart}#${event.service}#${databasePart}`, qualified);
  }
  return entries;
}

/** Names by which a principal is found: its key, its name, its role's name. */
function principalAliases(principal: Principal): string[] {
  const role = principal.roleArn?.split('/').at(-1);
  const names = [principalKey(principal), principal.name, principal.sessionName, role];
  return [...new Set(names.flatMap((name) => (name ? [name] : [])))];
}

/**
 * Writes entries once per name: a memo keeps what this container knows to be there, and what it does
 * not know it looks for, at a tenth of the price of writing it again.
 */
export interface DirectoryWriter {
  write(entries: readonly Item[]): Promise<void>;
}

export function createDirectoryWriter(calls: DynamoCalls): DirectoryWriter {
  const written = new Set<string>();

  return {
    async write(entries) {
      const missing = new Map<string, Item>();
      for (const item of entries) {
        const id = keyId(keyOf(item));
        if (!written.has(id)) missing.set(id, item);
      }
      for (const known of await calls.getAll([...missing.values()].map(keyOf), {
        attributes: KEY,
      })) {
        written.add(keyId(keyOf(known)));
      }
      await calls.putAll([...missing].flatMap(([id, item]) => (written.has(id) ? [] : [item])));
      if (written.size > MAX_MEMO) written.clear();
      for (const id of missing.keys()) written.add(id);
    },
  };
}

export function directoryItem(
  kind: string,
  month: string,
  sortKey: string,
  name: string,
  retentionDays: number | undefined,
): Item {
  const expiresAt = endOfMonth(month, retentionDays);
  return {
    [TABLE.partitionKey]: directoryPartition(kind, LISTS_OF_MONTHS.includes(kind) ? '' : month),
    [TABLE.sortKey]: sortKey,
    [ENTRY.name]: name,
    ...(expiresAt !== undefined && { [TABLE.ttl]: expiresAt }),
  };
}

/** An entry outlives the last event of its month. */
function endOfMonth(month: string, retentionDays: number | undefined): number | undefined {
  if (retentionDays === undefined) return undefined;
  const [year = 0, monthNumber = 1] = month.split('-').map(Number);
  return Math.floor(Date.UTC(year, monthNumber, 1) / 1000) + retentionDays * 86_400;
}
