import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../cloudtrail/record';
import { defined } from '../event/defined';
import { deliveryTime, fileOfKey } from './delivery';
import type { FileIdentity } from './event-store';
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

/** Bytes of an account, of eight drawn letters, and of a content's mark. */
const WIDTH = { account: 5, letters: 6, content: 16 };
/** An account, twice eight letters, a mark. */
const AT = {
  letters: WIDTH.account,
  more: WIDTH.account + WIDTH.letters,
  content: WIDTH.account + 2 * WIDTH.letters,
};
const RANDOM_BYTES = AT.content + WIDTH.content;

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
    const row: Record<string, unknown> = {};
    for (const [name, column] of found) {
      if (column[index] !== null) row[name] = column[index];
    }
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
    after: Date.parse(storedAt) - deliveryMs(fileOfKey(key)),
    seen: records.seen,
    kept: records.kept,
    aside: records.quarantined,
  };
  const bytes = Buffer.alloc(RANDOM_BYTES);
  bytes.writeUIntBE(Number(account), 0, WIDTH.account);
  bytes.writeUIntBE(toNumber(drawn.slice(0, 8)), AT.letters, WIDTH.letters);
  bytes.writeUIntBE(toNumber(drawn.slice(8)), AT.more, WIDTH.letters);
  bytes.write(content, AT.content, 'base64url');
  return [row, bytes];
}

function join({ stem = '', after = 0, ...rest }: Row, bytes: Buffer): object {
  const account = String(bytes.readUIntBE(0, WIDTH.account)).padStart(12, '0');
  const letters = [AT.letters, AT.more].map((at) => toLetters(bytes.readUIntBE(at, WIDTH.letters)));
  const gap = stem.lastIndexOf(GAP);
  const drawn = letters.join('');
  const key = `${stem.slice(0, gap).replaceAll(GAP, account)}${drawn}${stem.slice(gap + 1)}`;

  const { seen = 0, kept = 0, aside = 0, ...others } = rest;
  const file = fileOfKey(key);
  const storedMs = deliveryMs(file) + after;
  const oldest = others.oldestEventTime;
  return defined({
    ...others,
    ...file,
    storedAt: Number.isNaN(storedMs) ? undefined : new Date(storedMs).toISOString(),
    records: { seen, kept, skipped: seen - kept - aside, quarantined: aside },
    lagMs: oldest === undefined ? undefined : Math.max(0, storedMs - Date.parse(String(oldest))),
    content: bytes.toString('base64url', AT.content),
  });
}

function deliveryMs(file: FileIdentity | undefined): number {
  return file ? Date.parse(deliveryTime(file)) : Number.NaN;
}

/** Eight letters as the digits of a number: less than 2 ** 48. */
function toNumber(letters: string): number {
  let value = 0;
  for (const letter of letters) value = value * LETTERS.length + LETTERS.indexOf(letter);
  return value;
}

function toLetters(value: number): string {
  let letters = '';
  for (let rest = value; letters.length < 8; rest = Math.floor(rest / LETTERS.length)) {
    letters = LETTERS.charAt(rest % LETTERS.length) + letters;
  }
  return letters;
}
