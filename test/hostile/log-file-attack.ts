import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip, gzipSync } from 'node:zlib';
import type { AuditEvent } from '../../src/event/audit-event';
import { auditEventSchema } from '../../src/event/audit-event';
import { createIngest } from '../../src/ingest/ingest-file';
import { directoryEntries } from '../../src/store/directory';
import { fromItem, toItem } from '../../src/store/event-item';
import { type Item, itemSize } from '../../src/store/item-size';
import { TABLE } from '../../src/store/names';
import { type Receipt, receiptSchema } from '../../src/store/receipt';
import { packReceipts } from '../../src/store/receipt-packs';
import { tableEntries } from '../../src/store/table-entry';
import type { Random } from '../faults/random';
import {
  athenaCall,
  keyspacesDefinition,
  keyspacesSelect,
  record,
  startQuery,
} from '../fixtures/records';
import { type Attack, hold } from './attack';
import { damage, hostileText, hostileValue, randomBytes, spoil } from './junk';

const KEY =
  'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/111122223333_CloudTrail_eu-west-1_20260302T1005Z_0123456789abcdef.json.gz';
const MAX_ITEM_BYTES = 400 * 1024;
const BOMB_BYTES = 64 * 1024 * 1024;
/** More than a file may inflate to, whatever the bound. */
const GIANT_BYTES = 600 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
const SETTINGS = { shards: 4, retentionDays: 30 };

/** A log file that may be anything: it ends stored or quarantined, and what is stored fits. */
export async function logFileAttack(random: Random): Promise<Attack> {
  const body = await makeFile(random);
  const pieceBytes = 1 + random.below(random.chance(0.1) ? 8 : 70_000);
  const ingest = createIngest({
    logFiles: {
      async *open() {
        for (let at = 0; at < body.length; at += pieceBytes) {
          yield body.subarray(at, at + pieceBytes);
        }
      },
    },
    store: { putEvents: async (events) => events.forEach(checkEvent) },
    clock: () => new Date('2026-03-02T11:00:00Z'),
    redactLiterals: random.chance(0.2),
  });
  return {
    run: async () => {
      const result = await ingest({ bucket: 'audit-logs', key: KEY });
      if ('receipt' in result) checkReceipt(result.receipt);
      else hold(false, `the file ended ${result.kind}`);
    },
  };
}

async function makeFile(random: Random): Promise<Uint8Array> {
  if (random.chance(0.02)) return randomBytes(random, 2_000);
  if (random.chance(0.01)) return bomb(random);
  const text = makeDocument(random);
  let bytes: Uint8Array = gzipSync(text, { level: 1 });
  if (random.chance(0.3)) bytes = damage(bytes, random);
  if (random.chance(0.05)) bytes = Buffer.concat([bytes, gzipSync(makeDocument(random))]);
  return bytes;
}

function makeDocument(random: Random): Uint8Array {
  const records = Array.from({ length: random.below(12) }, () => makeRecord(random));
  const document = random.chance(0.1)
    ? spoil({ Records: records }, random, 0.2)
    : { Records: records };
  const bytes = Buffer.from(JSON.stringify(document));
  return random.chance(0.2) ? damage(bytes, random) : bytes;
}

function makeRecord(random: Random): unknown {
  const whole = random.pick([
    () => startQuery(random.chance(0.5) ? undefined : hostileText(random)),
    () => athenaCall(hostileText(random), hostileValue(random)),
    () => keyspacesSelect({ tableName: hostileText(random) }),
    () =>
      keyspacesDefinition('CreateTable', hostileText(random), {
        keyspaceName: hostileText(random),
      }),
    () => record({ eventSource: 's3.amazonaws.com', requestParameters: hostileValue(random) }),
    () => record({ eventID: hostileText(random), eventTime: hostileText(random) }),
  ])();
  return random.chance(0.1)
    ? hostileValue(random)
    : spoil(whole, random, random.pick([0, 0.02, 0.2]));
}

type Bomb = readonly [head: string, fill: string, tail: string];

/** What is no record costs little at any size. */
const BOMBS: readonly Bomb[] = [
  ['', '\0', ''],
  ['{"Records":[', '[', ''],
  ['{"Records":[', '{', ''],
  ['{"Records":[', '1,', '1]}'],
  ['{"Records":[', '[],', '1]}'],
  ['{"Records":[', '"",', '1]}'],
  ['{"Records":[', ' ', ']}'],
  ['{', '"a":1,', '"a":1}'],
  ['{"a":"', '\\', '"}'],
  ['{"Records":[{"a":"', 'a', '"}]}'],
  ['{"Records":[{"eventSource":"athena.amazonaws.com","a":"', 'a', '"}]}'],
  ['{"Records":[{"a":', '[', ''],
  ['{"Records":[{"a":"', '\\', '"}]}'],
];
/** Records cost in proportion to their number, these as much as any. */
const SMALL_RECORDS: Bomb = ['{"Records":[', '{},', '{}]}'];

/** Little to send, much to inflate; made piece by piece, so that making it takes no memory. */
async function bomb(random: Random): Promise<Uint8Array> {
  const isGiant = random.chance(0.05);
  const sizeBytes = isGiant ? GIANT_BYTES : random.below(BOMB_BYTES);
  const [head, fill, tail] = random.pick(isGiant ? BOMBS : [...BOMBS, SMALL_RECORDS]);
  const middle = Buffer.from(fill.repeat(Math.floor(PIECE_BYTES / fill.length)));
  const pieces = Array.from({ length: Math.floor(sizeBytes / PIECE_BYTES) }, () => middle);
  const gzip = Readable.from([head || '\n', ...pieces, tail || '\n']).pipe(
    createGzip({ level: 1 }),
  );
  return buffer(gzip);
}

function checkEvent(event: AuditEvent): void {
  hold(auditEventSchema.safeParse(event).success, 'the event is not of its schema');
  const item = toItem(event, SETTINGS);
  for (const written of [item, ...tableEntries(event, SETTINGS), ...directoryEntries(event)]) {
    checkItem(written);
  }
  hold(auditEventSchema.safeParse(fromItem(item)).success, 'the stored event is not of its schema');
}

/** The limits at which DynamoDB would refuse the item, for good. */
function checkItem(item: Item): void {
  hold(itemSize(item) <= MAX_ITEM_BYTES, `an item of ${itemSize(item)} bytes`);
  checkKey(item, TABLE, true);
  for (const index of TABLE.indexes) checkKey(item, { ...TABLE, ...index }, false);
}

function checkKey(
  item: Item,
  { partitionKey, sortKey }: { partitionKey: string; sortKey: string },
  isRequired: boolean,
): void {
  for (const [name, maxBytes] of [
    [partitionKey, 2048],
    [sortKey, 1024],
  ] as const) {
    const value = item[name];
    if (value === undefined && !isRequired) continue;
    const sizeBytes = typeof value === 'string' ? Buffer.byteLength(value) : 0;
    hold(sizeBytes > 0 && sizeBytes <= maxBytes, `a key ${name} of ${sizeBytes} bytes`);
  }
}

function checkReceipt(receipt: Receipt): void {
  for (const item of packReceipts([receipt])) checkItem(item);
  hold(receiptSchema.safeParse(receipt).success, 'the receipt is not of its schema');
  const { seen, kept, skipped, quarantined } = receipt.records;
  hold(seen === kept + skipped + quarantined, 'a record is not accounted for');
}
