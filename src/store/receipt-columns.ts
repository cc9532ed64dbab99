import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../cloudtrail/record';
import { defined } from '../event/defined';
import { deliveryTime, fileOfKey } from './delivery';
import type { Receipt } from './receipt';

/** Receipts in a form that compresses well. */
export interface ReceiptColumns {
  /** Of JSON values: a column for each field, with a value for each receipt. */
  readonly columns: object;
  /** What no compression shortens: RANDOM_BYTES for each receipt that is not kept whole. */
  readonly random: Uint8Array;
}

/** What a receipt holds besides what the rest of it tells. */
interface Row {
  readonly [name: string]: unknown;
  /** The object key, less its account and the letters that CloudTrail drew. */
  readonly stem?: string;
  /** Milliseconds from its delivery until it was stored. */
  readonly after?: number;
  readonly seen?: number;
  readonly kept?: number;
  readonly aside?: number;
  /** A receipt of another form than nearly all have. */
  readonly whole?: Receipt;
}

const LOG_FILE =
  /^(?<start>.*\/(?<account>\d{12})_.*_)(?<drawn>[A-Za-z0-9]{16})(?<end>\.json\.gz)$/;
/** In no object key that CloudTrail writes. */
const GAP = '*';
const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Account, drawn letters, content. */
const WIDTHS = [5, 12, 16] as const;
const RANDOM_BYTES = WIDTHS.reduce((sum, width) => sum + width, 0);

/** Of receipts without undefined members. */
export function toColumns(receipts: readonly Receipt[]): ReceiptColumns {
  const random: Buffer[] = [];
  const rows = receipts.map((receipt): Row => {
    const [row, bytes] = split(receipt);
    if (bytes && isDeepStrictEqual(join(row, bytes), receipt)) {
      random.push(bytes);
      return row;
    }
    return { whole: receipt };
  });
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = names.map((name) => [name, rows.map((row) => row[name] ?? null)]);
  return { columns: Object.fromEntries(columns), random: new Uint8Array(Buffer.concat(random)) };
}

/** The receipts of `toColumns`, or what else stood there: each is to be checked. */
export function fromColumns({ columns, random }: ReceiptColumns): unknown[] {
  const found = Object.entries(columns).filter(([, column]) => Array.isArray(column));
  const count = Math.max(0, ...found.map(([, column]) => column.length));
  let at = 0;
  return Array.from({ length: count }, (_, index) => {
    const row: Row = Object.fromEntries(
      found.flatMap(([name, column]) => (column[index] === null ? [] : [[name, column[index]]])),
    );
    if (isObject(row.whole)) return row.whole;
    at += RANDOM_BYTES;
    return join(row, Buffer.from(random.subarray(at - RANDOM_BYTES, at)));
  });
}

function split(receipt: Receipt): [Row, Buffer | undefined] {
  const { key, accountId: _, region: __, day: ___, deliveredAt: ____, ...rest } = receipt;
  const { storedAt, lagMs: _____, content = '', records, ...others } = rest;
  const { start = '', account = '', drawn = '', end = '' } = LOG_FILE.exec(key)?.groups ?? {};
  if (drawn === '' || content === '') return [{}, undefined];
  const row = {
    ...others,
    stem: `${start}${GAP}${end}`.replaceAll(account, GAP),
    after: Date.parse(storedAt) - deliveryMs(key),
    seen: records.seen,
    kept: records.kept,
    aside: records.quarantined,
  };
  const [accountBytes, drawnBytes] = WIDTHS;
  const bytes = [
    toBytes(BigInt(account), accountBytes),
    toBytes(toNumber(drawn), drawnBytes),
    Buffer.from(content, 'base64url'),
  ];
  return [row, Buffer.concat(bytes)];
}

function join({ stem = '', after = 0, ...rest }: Row, bytes: Buffer): object {
  const [accountBytes, drawnBytes] = WIDTHS;
  const account = String(fromBytes(bytes.subarray(0, accountBytes))).padStart(12, '0');
  const contentAt = accountBytes + drawnBytes;
  const drawn = toLetters(fromBytes(bytes.subarray(accountBytes, contentAt)));
  const gap = stem.lastIndexOf(GAP);
  const key = `${stem.slice(0, gap).replaceAll(GAP, account)}${drawn}${stem.slice(gap + 1)}`;

  const { seen = 0, kept = 0, aside = 0, ...others } = rest;
  const storedMs = deliveryMs(key) + after;
  const oldest = others.oldestEventTime;
  return defined({
    ...others,
    ...fileOfKey(key),
    storedAt: Number.isNaN(storedMs) ? undefined : new Date(storedMs).toISOString(),
    records: { seen, kept, skipped: seen - kept - aside, quarantined: aside },
    lagMs: oldest === undefined ? undefined : Math.max(0, storedMs - Date.parse(String(oldest))),
    content: bytes.subarray(contentAt).toString('base64url'),
  });
}

function deliveryMs(key: string): number {
  const file = fileOfKey(key);
  return file ? Date.parse(deliveryTime(file)) : Number.NaN;
}

function toBytes(value: bigint, width: number): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * width, '0'), 'hex');
}

function fromBytes(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex') || '0'}`);
}

/** Letters as the digits of a number. */
function toNumber(letters: string): bigint {
  let value = 0n;
  for (const letter of letters) value = value * 62n + BigInt(LETTERS.indexOf(letter));
  return value;
}

/** Sixteen of them. */
function toLetters(value: bigint): string {
  let letters = '';
  for (let rest = value; letters.length < 16; rest /= 62n) {
    letters = LETTERS.charAt(Number(rest % 62n)) + letters;
  }
  return letters;
}
