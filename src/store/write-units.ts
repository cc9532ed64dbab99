import type { AuditEvent } from '../event/audit-event';
import { SPECIAL } from './attributes';
import { type ItemSettings, recoveryRank, toItem } from './event-item';
import { type Item, itemSize } from './item-size';
import { type IndexName, TABLE } from './names';
import { tableEntries } from './table-entry';

/**
 * Write units of putting one item over another: of the larger one, and for each index one for a
 * new or changed entry, two (delete and put) where the index key changes.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
 */
export function itemWriteUnits(after: Item, before?: Item): number {
  const table = Math.max(units(after), before ? units(before) : 0);
  return TABLE.indexes.reduce((sum, index) => sum + indexUnits(index, after, before), table);
}

/** Of writing an event for the first time, with its indexes and table entries. */
export function eventWriteUnits(event: AuditEvent, settings: ItemSettings): number {
  return tableEntries(event, settings).reduce(
    (sum, entry) => sum + itemWriteUnits(entry),
    itemWriteUnits(toItem(event, settings)),
  );
}

/** Of writing what recovery added, table entries left out. */
export function recoveryWriteUnits(
  before: AuditEvent,
  after: AuditEvent,
  settings: ItemSettings,
): number {
  const recovered = { ...toItem(after, settings), [SPECIAL.recovered]: recoveryRank(after) };
  return itemWriteUnits(recovered, toItem(before, settings));
}

function indexUnits(index: IndexName, after: Item, before: Item | undefined): number {
  const [entryAfter, entryBefore] = [indexEntry(index, after), before && indexEntry(index, before)];
  if (!entryAfter || !entryBefore) {
    const only = entryAfter ?? entryBefore;
    return only ? units(only) : 0;
  }
  if (after[index.partitionKey] !== before?.[index.partitionKey]) {
    return units(entryAfter) + units(entryBefore);
  }
  const isSame = JSON.stringify(entryAfter) === JSON.stringify(entryBefore);
  return isSame ? 0 : Math.max(units(entryAfter), units(entryBefore));
}

function indexEntry(index: IndexName, item: Item): Item | undefined {
  if (item[index.partitionKey] === undefined) return undefined;
  const names = [TABLE.partitionKey, TABLE.sortKey, index.partitionKey, ...index.includes];
  return Object.fromEntries(
    [...new Set(names)].flatMap((name) => {
      const value = item[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function units(item: Item): number {
  return Math.ceil(itemSize(item) / 1024);
}
