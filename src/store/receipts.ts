import { createHash } from 'node:crypto';
import * as z from 'zod';
import { parseObjectKey } from '../cloudtrail/object-key';
import { VERDICTS, type Verdict } from '../event/audit-event';
import { compress, decompress } from './compression';
import type { DirectoryWriter } from './directory';
import { DIRECTORY, directoryItem } from './directory';
import type { DynamoCalls, StoredItem } from './dynamo-calls';
import type { FileIdentity, FileVerdict, LogSource, ReceiptRange } from './event-store';
import { directoryPartition, fromKeyPart, type ItemKey, keyPart, receiptPartition } from './keys';
import { TABLE } from './names';
import { type Receipt, receiptSchema } from './receipt';

/** A receipt and its verdict are written by different hands, so neither write touches the other. */
const RECEIPT = { body: 'b', verdict: 'v' } as const;
/** Holds where there is no verdict yet, or the one that is to be written. */
const NO_OTHER_VERDICT = 'attribute_not_exists(#v) OR #v = :v';

/** Sort keys hold 1,024 bytes, as many as an object key. */
const MAX_SORT_KEY_BYTES = 1024;

/** What a receipt's key leaves of one write unit, nearly. */
const PLAIN_BODY_BYTES = 700;

const DAY_MS = 86_400_000;

/** Longest reason that is kept of a record set aside. */
const MAX_REASON_LENGTH = 300;

const verdictSchema = z.enum(VERDICTS).catch('unverified');

export interface ReceiptSettings {
  readonly calls: DynamoCalls;
  readonly directory: DirectoryWriter;
  readonly retentionDays?: number;
}

export function createReceipts({ calls, directory, retentionDays }: ReceiptSettings) {
  async function putReceipt(receipt: Receipt): Promise<void> {
    const { integrity, ...body } = receipt;
    await noteSource(receipt);
    await update(receipt, {
      [RECEIPT.body]: packBody({ ...body, quarantined: receipt.quarantined.map(shortReason) }),
      ...(integrity !== 'unverified' && { [RECEIPT.verdict]: integrity }),
    });
  }

  async function getReceipt(file: FileIdentity): Promise<Receipt | undefined> {
    const [item] = await calls.getAll([receiptKey(file)], { consistent: true });
    return item && toReceipt(item);
  }

  async function* listReceipts(range: ReceiptRange): AsyncIterable<Receipt> {
    for await (const item of items(range)) {
      const receipt = toReceipt(item);
      if (receipt) yield receipt;
    }
  }

  async function setVerdict(file: FileIdentity, verdict: Verdict): Promise<void> {
    await noteSource(file);
    // "Unlisted" says that no proof was found: it never takes the place of one found meanwhile.
    const condition = verdict === 'unlisted' ? NO_OTHER_VERDICT : undefined;
    await update(file, { [RECEIPT.verdict]: verdict }, condition);
  }

  async function* listVerdicts(range: ReceiptRange): AsyncIterable<FileVerdict> {
    for await (const item of items(range)) {
      const day = String(item[TABLE.partitionKey]).split('#').at(-1) ?? '';
      yield { key: objectKeyOf(item), day, verdict: verdictSchema.parse(item[RECEIPT.verdict]) };
    }
  }

  async function listSources(fromDay: string, toDay: string): Promise<LogSource[]> {
    const sources = new Map<string, LogSource>();
    for (const month of monthsBetween(fromDay, toDay)) {
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

  /** Verdicts of the files with these keys, as far as there are any. */
  async function verdictsOf(files: readonly FileIdentity[]): Promise<Map<string, Verdict>> {
    const keys = new Map(files.map((file) => [file.key, receiptKey(file)]));
    const found = await calls.getAll([...keys.values()], {
      attributes: [TABLE.partitionKey, TABLE.sortKey, RECEIPT.verdict],
    });
    const verdicts = new Map(
      found.map((item) => [
        String(item[TABLE.sortKey]),
        verdictSchema.parse(item[RECEIPT.verdict]),
      ]),
    );
    return new Map(
      [...keys].map(([key, { sk }]) => [key, verdicts.get(sk) ?? ('unverified' as const)]),
    );
  }

  async function noteSource({ accountId, region, day }: Omit<FileIdentity, 'key'>): Promise<void> {
    const sortKey = `${keyPart(accountId)}#${keyPart(region)}`;
    await directory.write([
      directoryItem(DIRECTORY.source, day.slice(0, 7), sortKey, accountId, retentionDays),
    ]);
  }

  async function update(
    file: FileIdentity,
    attributes: Record<string, string | Uint8Array>,
    condition?: string,
  ): Promise<void> {
    const { pk, sk } = receiptKey(file);
    const values: Record<string, unknown> = { ...attributes };
    if (retentionDays !== undefined) {
      values[TABLE.ttl] = Math.floor(Date.parse(file.day) / 1000) + retentionDays * 86_400;
    }
    const names = Object.keys(values);
    await calls.update({
      Key: { [TABLE.partitionKey]: pk, [TABLE.sortKey]: sk },
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      ConditionExpression: condition,
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(
        names.map((name) => [`:${name}`, values[name]]),
      ),
    });
  }

  async function* items({ accountId, region, fromDay, toDay }: ReceiptRange) {
    for (const day of daysBetween(fromDay, toDay)) {
      yield* calls.queryAll({
        KeyConditionExpression: '#pk = :pk',
        ExpressionAttributeNames: { '#pk': TABLE.partitionKey },
        ExpressionAttributeValues: { ':pk': receiptPartition(accountId, region, day) },
        ConsistentRead: true,
      });
    }
  }

  return {
    putReceipt,
    getReceipt,
    listReceipts,
    setVerdict,
    listVerdicts,
    listSources,
    verdictsOf,
  };
}

/** The file an event came from, as its object key tells; undefined for other places. */
export function fileOfKey(key: string): FileIdentity | undefined {
  const object = parseObjectKey(key);
  if (object.kind !== 'log') return undefined;
  return { accountId: object.accountId, region: object.region, day: object.day, key };
}

function receiptKey({ accountId, region, day, key }: FileIdentity): ItemKey {
  const isLong = Buffer.byteLength(key) > MAX_SORT_KEY_BYTES;
  const sk = isLong ? createHash('sha256').update(key).digest('hex') : key;
  return { pk: receiptPartition(accountId, region, day), sk };
}

function toReceipt(item: StoredItem): Receipt | undefined {
  const body = item[RECEIPT.body];
  const json = body instanceof Uint8Array ? decompress(body) : body;
  if (typeof json !== 'string') return undefined;
  const integrity = verdictSchema.parse(item[RECEIPT.verdict]);
  return receiptSchema.parse({ ...JSON.parse(json), integrity });
}

/** Compressed where it would cost a second write unit, as a long list of records set aside does. */
function packBody(body: Omit<Receipt, 'integrity'>): string | Uint8Array {
  const json = JSON.stringify(body);
  return Buffer.byteLength(json) <= PLAIN_BODY_BYTES ? json : compress(json);
}

function objectKeyOf(item: StoredItem): string {
  return toReceipt(item)?.key ?? String(item[TABLE.sortKey]);
}

function shortReason({ index, reason }: Receipt['quarantined'][number]) {
  return { index, reason: reason.slice(0, MAX_REASON_LENGTH) };
}

function daysBetween(fromDay: string, toDay: string): string[] {
  const count = Math.floor((Date.parse(toDay) - Date.parse(fromDay)) / DAY_MS) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) =>
    new Date(Date.parse(fromDay) + at * DAY_MS).toISOString().slice(0, 10),
  );
}

function monthsBetween(fromDay: string, toDay: string): string[] {
  return [...new Set(daysBetween(fromDay, toDay).map((day) => day.slice(0, 7)))];
}
