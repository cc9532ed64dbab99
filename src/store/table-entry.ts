import type { AuditEvent } from '../event/audit-event';
import { ATTRIBUTES, SPECIAL } from './attributes';
import { expiryOf, type ItemSettings } from './event-item';
import type { Item } from './item-size';
import {
  keyPart,
  monthOf,
  positionOf,
  shardOf,
  type TableRef,
  tablePartition,
  tableRefs,
} from './keys';
import { TABLE } from './names';

/**
 * The entries that find an event by the tables it touches. Each carries what filters need, yet
 * only what recovery never changes: entries of any stage of an event are equal, in any order.
 */
export function tableEntries(event: AuditEvent, settings: ItemSettings): Item[] {
  const position = positionOf(event);
  const month = monthOf(position);
  const shard = shardOf(event.eventId, settings.shards);
  const expiresAt = expiryOf(event.eventTime, settings.retentionDays);
  return entered(event).map(({ database, table }) => ({
    [TABLE.partitionKey]: tablePartition(event.service, database, month, shard),
    [TABLE.sortKey]: tableSortKey(table, position),
    ...(expiresAt !== undefined && { [TABLE.ttl]: expiresAt }),
    [SPECIAL.accountId]: keyPart(event.accountId),
    ...filterAttributes(event),
  }));
}

/**
 * An event of unknown class that names no table, only its database, needs no entry: a list by
 * database looks through its class as well. Masked Athena events are such, until recovery.
 */
function entered(event: AuditEvent): TableRef[] {
  return tableRefs(event).filter(({ table }) => table !== '' || event.class !== 'UNKNOWN');
}

export function tableSortKey(table: string, position: string): string {
  return `${keyPart(table)}#${position}`;
}

/** The key of the event that an entry stands for. */
export function entryTarget(entry: Readonly<Record<string, unknown>>): { pk: string; sk: string } {
  const [, , , month = '', shard = ''] = String(entry[TABLE.partitionKey]).split('#');
  const sortKey = String(entry[TABLE.sortKey]);
  return {
    pk: `A#${entry[SPECIAL.accountId]}#${month}#${shard}`,
    sk: sortKey.slice(sortKey.indexOf('#') + 1),
  };
}

/** Left out where the value is no ordinary one: a filter then passes the entry. */
function filterAttributes(event: AuditEvent): Item {
  const fixed = ['actor', 'region', 'sourceIp'] as const;
  const settled = ['operation', 'access', 'outcome'] as const;
  const isSettled = event.service !== 'athena';
  const attributes: Item = isSettled ? { [SPECIAL.eventClass]: event.class } : {};
  for (const field of isSettled ? [...fixed, ...settled] : fixed) {
    const value = event[field];
    if (value !== undefined && value.length <= 64) {
      attributes[ATTRIBUTES[field]] = value.toWellFormed();
    }
  }
  return attributes;
}
