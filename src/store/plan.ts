import { CLASSES } from '../event/audit-event';
import { DIRECTORY, ENTRY } from './directory';
import type { DynamoCalls, StoredItem } from './dynamo-calls';
import type { EventFilter } from './event-store';
import { askedTable, filterExpression, isAskedTable, mayTouch, type Source } from './filter';
import { keyRange } from './key-range';
import {
  accountPartition,
  classPartition,
  directoryPartition,
  failurePartition,
  fromKeyPart,
  keyOf,
  keyPart,
  monthOf,
  principalPartition,
  type TableRef,
  tablePartition,
} from './keys';
import type { Candidate, Partition } from './merge';
import { INDEXES, type IndexName, TABLE } from './names';
import { entryTarget, tableSortKey } from './table-entry';

/** Key times; items from `from` on and before `to`. */
export interface Window {
  readonly from: string;
  readonly to: string;
}

interface PartitionSpec {
  readonly source: Source;
  readonly index?: IndexName;
  readonly pk: string;
  /** Set for table entries: their sort keys begin with the table. */
  readonly table?: string;
}

/** Few enough to read a statement class whole rather than a table's or an account's month. */
const RARE_CLASSES: readonly string[] = ['DDL', 'DCL', 'UTILITY'];

/**
 * More principals or tables than this are read from the index of classes: each has a partition per
 * shard to open, and with the looking-up these stay below twice as many as all classes have.
 */
const MAX_NAMES = 2 * CLASSES.length - 1;

/** With more accounts than this the index of classes has fewer partitions to open. */
const MAX_ACCOUNTS = CLASSES.length;

/** Months that hold events at all, oldest first. */
export async function listMonths(calls: DynamoCalls, window: Window): Promise<string[]> {
  const months: string[] = [];
  const entries = calls.queryAll({
    ...keyRange(directoryPartition(DIRECTORY.month, ''), monthOf(window.from), monthOf(window.to)),
    ConsistentRead: true,
  });
  for await (const entry of entries) months.push(String(entry[TABLE.sortKey]));
  return months;
}

/**
 * Decides what to read for a month: the most selective index for the filters, and the partitions in
 * which the directory says that something can be.
 */
export async function planMonth(
  calls: DynamoCalls,
  shards: number,
  filter: EventFilter,
  month: string,
  window: Window,
  order: 'asc' | 'desc',
): Promise<Partition[]> {
  const principals = filter.principal && (await principalsOf(filter.principal, month));
  return (await choose()).map(createPartition);

  async function choose(): Promise<PartitionSpec[]> {
    if (principals?.length === 0) return [];
    if (filter.class?.every((wanted) => RARE_CLASSES.includes(wanted))) {
      return byClass(filter.class);
    }
    if (filter.outcome === 'failed' || filter.error !== undefined) {
      return perShard((shard) => failurePartition(month, shard), INDEXES.failures);
    }
    if (filter.table !== undefined || filter.database !== undefined) {
      const tables = await tablesOf(month);
      if (tables.length <= MAX_NAMES) return [...byTable(tables), ...(await withoutEntry())];
    }
    if (principals && principals.length <= MAX_NAMES) {
      return principals.flatMap((key) =>
        perShard((shard) => principalPartition(key, month, shard), INDEXES.byPrincipal),
      );
    }
    if (filter.account !== undefined) return byAccount(filter.account);
    if (isUnfiltered(filter)) {
      const accounts = await namesIn(DIRECTORY.account, MAX_ACCOUNTS + 1);
      if (accounts.length <= MAX_ACCOUNTS) return accounts.flatMap(partitionsOf);
    }
    return byClass(filter.class ?? CLASSES);
  }

  /** Events that name a database and no table have an entry, unless their class is unknown. */
  async function withoutEntry(): Promise<PartitionSpec[]> {
    const isAsked = filter.class === undefined || filter.class.includes('UNKNOWN');
    return filter.table === undefined && isAsked ? byClass(['UNKNOWN']) : [];
  }

  async function byClass(classes: readonly string[]): Promise<PartitionSpec[]> {
    const present = (await namesIn(DIRECTORY.class, CLASSES.length)).filter((name) =>
      classes.includes(name),
    );
    return present.flatMap((name) =>
      perShard((shard) => classPartition(name, month, shard), INDEXES.byClass),
    );
  }

  async function byAccount(account: string): Promise<PartitionSpec[]> {
    const present = await calls.getAll(
      [{ pk: directoryPartition(DIRECTORY.account, month), sk: keyPart(account) }],
      { consistent: true },
    );
    return present.length > 0 ? partitionsOf(account) : [];
  }

  function partitionsOf(account: string): PartitionSpec[] {
    return perShard((shard) => accountPartition(account, month, shard));
  }

  /** So many of the month's names of a kind. */
  async function namesIn(kind: string, limit: number): Promise<string[]> {
    const { items } = await calls.query({
      KeyConditionExpression: '#partition = :pk',
      ExpressionAttributeNames: { '#partition': TABLE.partitionKey },
      ExpressionAttributeValues: { ':pk': directoryPartition(kind, month) },
      ConsistentRead: true,
      Limit: limit,
    });
    return items.map((entry) => String(entry[ENTRY.name]));
  }

  function byTable(tables: readonly (TableRef & { service: string })[]): PartitionSpec[] {
    return tables.flatMap(({ service, database, table }) =>
      perShard((shard) => tablePartition(service, database, month, shard)).map((spec) => ({
        ...spec,
        source: 'entries',
        table,
      })),
    );
  }

  function perShard(pk: (shard: number) => string, index?: IndexName): PartitionSpec[] {
    const source = index ? 'index' : 'events';
    return Array.from({ length: shards }, (_, shard) => ({ source, pk: pk(shard), index }));
  }

  async function principalsOf(names: readonly string[], month: string): Promise<string[]> {
    const keys = new Set<string>();
    const aliases = new Set(names.flatMap((name) => [name, roleOfSession(name) ?? name]));
    for (const alias of aliases) {
      const prefix = `${keyPart(alias.toLowerCase())}#`;
      for await (const entry of directory('principal', month, prefix)) {
        keys.add(String(entry[ENTRY.key]));
      }
    }
    return [...keys];
  }

  /** Tables seen in a month that the filter asks for; a database's own entry has table `''`. */
  async function tablesOf(month: string): Promise<(TableRef & { service: string })[]> {
    const asked = askedTable(filter);
    const database = filter.database?.toLowerCase();
    const byName = asked !== undefined && asked.table !== '*';
    const prefix = keyPart(byName ? asked.table : (database ?? asked?.database ?? ''));
    const found: (TableRef & { service: string })[] = [];
    for await (const entry of directory(byName ? 'table' : 'database', month, `${prefix}#`)) {
      const [head = '', service = '', tail = ''] = String(entry[TABLE.sortKey]).split('#');
      const ref = byName
        ? { service, database: fromKeyPart(tail) ?? tail, table: fromKeyPart(head) ?? head }
        : { service, database: fromKeyPart(head) ?? head, table: fromKeyPart(tail) ?? tail };
      if (filter.service !== undefined && service !== filter.service) continue;
      if (asked === undefined || isAskedTable(ref, asked)) found.push(ref);
    }
    return found;
  }

  function directory(kind: string, month: string, prefix: string): AsyncIterable<StoredItem> {
    return calls.queryAll({
      ...keyRange(directoryPartition(kind, month), prefix, `${prefix}\uFFFF`),
      ConsistentRead: true,
    });
  }

  function createPartition(spec: PartitionSpec): Partition {
    const { source } = spec;
    const sortKey = (position: string) =>
      spec.table === undefined ? position : tableSortKey(spec.table, position);
    const key = keyRange(spec.pk, sortKey(window.from), sortKey(window.to), spec.index);
    const filtered = filterExpression(filter, source, principals, key);
    const listsTables = source === 'events' || spec.index === INDEXES.byClass;
    const isSifted = listsTables && filter.table !== undefined;

    return {
      isFiltered: isSifted || filtered.FilterExpression !== undefined,
      async readChunk(size, startKey) {
        const { items, lastKey, evaluated } = await calls.query({
          ...key,
          ...filtered,
          ScanIndexForward: order === 'asc',
          Limit: size,
          ExclusiveStartKey: startKey,
        });
        const touching = isSifted ? items.filter((item) => mayTouch(item, filter)) : items;
        return {
          candidates: touching.map((item) => toCandidate(item, source)),
          evaluated,
          ...(lastKey && {
            next: { startKey: lastKey, position: toCandidate(lastKey, source).position },
          }),
        };
      },
    };
  }
}

/** Whether nothing narrows a list but its time, and a text that no index knows. */
export function isUnfiltered({ from, to, q, ...others }: EventFilter): boolean {
  return Object.values(others).every((wanted) => wanted === undefined);
}

function toCandidate(item: StoredItem, source: Source): Candidate {
  if (source === 'entries') {
    const target = entryTarget(item);
    return { position: target.sk, pk: target.pk, isEntry: true };
  }
  const { pk, sk: position } = keyOf(item);
  return source === 'events' ? { position, pk, item } : { position, pk };
}

/** The role's name in the ARN of one of its sessions. */
function roleOfSession(arn: string): string | undefined {
  return /^arn:[^:]+:sts::\d+:assumed-role\/([^/]+)\//.exec(arn)?.[1];
}
