import { createHash } from 'node:crypto';
import * as z from 'zod';
import { inParallel } from '../concurrency';
import { defined } from '../event/defined';
import { compress, decompress } from './compression';
import { type DayHours, deliveryTime, hourOf } from './delivery';
import type { DynamoCalls, StoredItem } from './dynamo-calls';
import { expiryOf } from './event-item';
import type { Item } from './item-size';
import { keyRange } from './key-range';
import { receiptPartition } from './keys';
import { TABLE } from './names';
import { type Receipt, receiptSchema } from './receipt';
import { fromColumns, toColumns } from './receipt-columns';

/** The receipts, their compressed columns and the rest, and when the last of them was made. */
const PACK = { body: 'b', random: 'r', at: 'at' } as const;

/** JSON of one pack, unless a single receipt is longer; nothing to DynamoDB's 400 KB. */
const MAX_PACK_JSON_BYTES = 128 * 1024;
/** A receipt that is larger when compressed lists fewer of the records set aside. */
const MAX_PACK_BYTES = 300 * 1024;
/** Longest reason that is kept of a record set aside. */
const MAX_REASON_LENGTH = 300;

/** Of two receipts of one file, the one further to the right counts. */
const RANKS: readonly Receipt['status'][] = ['quarantined', 'stored'];

const packSchema = z.array(receiptSchema);

/**
 * Receipts, those of a batch in one item: most files hold hardly an event, and would cost a write
 * unit each.
 *
 * An item's key follows from what became of its files, not from when: a replay of the batch writes
 * the same item. A file that is read in two batches is in two items, and `better` of its receipts
 * counts, in whatever order they came.
 */
export function createReceiptPacks(calls: DynamoCalls, retentionDays?: number) {
  async function putReceipts(receipts: readonly Receipt[]): Promise<void> {
    const items = packReceipts(receipts, retentionDays);
    await inParallel(items, async (item) => {
      const values = { ':at': item[PACK.at] };
      await calls.putIf(
        item,
        'attribute_not_exists(#at) OR #at <= :at',
        { '#at': PACK.at },
        values,
      );
    });
  }

  /** One receipt a file, hour by hour. */
  async function* listReceipts({ day, from, to }: DayHours): AsyncIterable<Receipt> {
    const items = calls.queryAll(keyRange(receiptPartition(day), `${from}#`, `${to}#~`));
    let hour = '';
    let files = new Map<string, Receipt>();
    for await (const item of items) {
      const itsHour = String(item[TABLE.sortKey]).slice(0, 2);
      if (itsHour !== hour) {
        yield* files.values();
        [hour, files] = [itsHour, new Map()];
      }
      for (const receipt of unpackReceipts(item)) keepBetter(files, receipt);
    }
    yield* files.values();
  }

  return { putReceipts, listReceipts };
}

/** The items of these receipts: by hour of delivery, in parts far below DynamoDB's limit. */
export function packReceipts(receipts: readonly Receipt[], retentionDays?: number): Item[] {
  const files = new Map<string, Receipt>();
  for (const receipt of receipts) keepBetter(files, defined(withShortReasons(receipt)));
  const hours = Map.groupBy(files.values(), (receipt) => deliveryTime(receipt).slice(0, 13));
  return [...hours].flatMap(([hour, members]) =>
    parts(members.sort((a, b) => (a.key < b.key ? -1 : 1))).map((part) => {
      const expiresAt = expiryOf(hour.slice(0, 10), retentionDays);
      return {
        [TABLE.partitionKey]: receiptPartition(hour.slice(0, 10)),
        [TABLE.sortKey]: `${hourOf(hour)}#${outcomeHash(part)}`,
        [PACK.at]:
          part
            .map(({ storedAt }) => storedAt)
            .sort()
            .at(-1) ?? '',
        ...packBody(part),
        ...(expiresAt !== undefined && { [TABLE.ttl]: expiresAt }),
      };
    }),
  );
}

function keepBetter(files: Map<string, Receipt>, receipt: Receipt): void {
  const other = files.get(receipt.key);
  files.set(receipt.key, other ? better(receipt, other) : receipt);
}

/**
 * What a file is known by that was read more than once: once stored, it stays so, also where a
 * replay no longer finds it; else the latest reading counts.
 */
function better(a: Receipt, b: Receipt): Receipt {
  const order =
    RANKS.indexOf(a.status) - RANKS.indexOf(b.status) ||
    compare(a.storedAt, b.storedAt) ||
    compare(JSON.stringify(a), JSON.stringify(b));
  return order < 0 ? b : a;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function parts(receipts: readonly Receipt[]): Receipt[][] {
  const found: Receipt[][] = [];
  let sizeBytes = 0;
  for (const receipt of receipts) {
    const size = Buffer.byteLength(JSON.stringify(receipt));
    const part = sizeBytes + size > MAX_PACK_JSON_BYTES ? undefined : found.at(-1);
    if (part) part.push(receipt);
    else found.push([receipt]);
    sizeBytes = part ? sizeBytes + size : size;
  }
  return found;
}

/** Without the times of processing, in which a replay differs. */
function outcomeHash(receipts: readonly Receipt[]): string {
  const outcomes = receipts.map(({ storedAt: _, lagMs: __, ...outcome }) => outcome);
  return createHash('sha256').update(JSON.stringify(outcomes)).digest('base64url').slice(0, 22);
}

function packBody(receipts: readonly Receipt[]): Item {
  const { columns, random } = toColumns(receipts);
  const body = compress(JSON.stringify(columns));
  const isListing = receipts.some(({ quarantined }) => quarantined.length > 0);
  if (body.length <= MAX_PACK_BYTES || !isListing) {
    return { [PACK.body]: body, [PACK.random]: random };
  }
  return packBody(
    receipts.map((receipt) => ({
      ...receipt,
      quarantined: receipt.quarantined.slice(0, Math.floor(receipt.quarantined.length / 2)),
    })),
  );
}

/** What `packReceipts` made. */
export function unpackReceipts(item: StoredItem): Receipt[] {
  const { [PACK.body]: body, [PACK.random]: random } = item;
  if (!(body instanceof Uint8Array && random instanceof Uint8Array)) return [];
  return packSchema.parse(fromColumns({ columns: JSON.parse(decompress(body)), random }));
}

function withShortReasons(receipt: Receipt): Receipt {
  if (receipt.quarantined.length === 0) return receipt;
  const quarantined = receipt.quarantined.map(({ index, reason }) => ({
    index,
    reason: reason.slice(0, MAX_REASON_LENGTH),
  }));
  return { ...receipt, quarantined };
}
