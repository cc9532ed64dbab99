import type { EventStore } from '../store/event-store';

/** The keys of a day's files that are stored, of every account and Region. */
export type StoredKeys = (day: string) => Promise<ReadonlySet<string>>;

/** Keys that are held in memory, at some 200 bytes. */
const MAX_HELD = 1_000_000;

/**
 * Tells the files that are stored already. The receipts of a day are those of every account: a day
 * is read once for all of its folders, as long as memory lasts.
 */
export function createStoredKeys(store: Pick<EventStore, 'listFiles'> | undefined): StoredKeys {
  const days = new Map<string, Promise<ReadonlySet<string>>>();
  let held = 0;

  async function read(day: string): Promise<ReadonlySet<string>> {
    const keys = new Set<string>();
    const range = { from: `${day}T00:00:00Z`, to: `${day}T23:59:59Z` };
    for await (const { receipt } of store?.listFiles(range) ?? []) {
      // A file that was set aside gets another chance.
      if (receipt?.status === 'stored') keys.add(receipt.key);
    }
    held += keys.size;
    return keys;
  }

  return (day) => {
    if (held > MAX_HELD) {
      days.clear();
      held = 0;
    }
    const keys = days.get(day) ?? read(day);
    days.set(day, keys);
    return keys;
  };
}
