import { createHash } from 'node:crypto';
import { inParallel } from '../concurrency';
import type { Verdict } from '../event/audit-event';
import { type DayHours, deliveryTime, hourOf } from './delivery';
import { chunks, type DynamoCalls, type StoredItem } from './dynamo-calls';
import { expiryOf } from './event-item';
import type { DigestNotes, FileIdentity, FileVerdict, LogSource } from './event-store';
import { keyRange } from './key-range';
import { fromKeyPart, type ItemKey, keyId, keyOf, keyPart, verdictPartition } from './keys';
import { TABLE } from './names';

/** A verdict as it is stored. Where a file has two, the one further to the right counts. */
const LETTERS: Readonly<Record<string, Verdict>> = {
  u: 'unlisted',
  v: 'verified',
  m: 'missing',
  f: 'failed',
};
const RANKS = Object.values(LETTERS);
const LETTER_OF = new Map(Object.entries(LETTERS).map(([letter, verdict]) => [verdict, letter]));

/** Keeps an update's expression within 4 KB and 300 operators. */
const FILES_PER_UPDATE = 100;
/** An item with fewer files than this has never been full. */
const MAY_BE_FULL = 10_000;
/** Characters of a hash of the object key: 96 bits. */
const MARK_LENGTH = 16;
const UPDATES_AT_ONCE = 8;

/** What is set of a digest that a later one continues. */
const CONTINUED = 'n';
/** Of a digest that has arrived: with minute and second of its end. */
const ARRIVED = 'a';

/** One attribute of an hour's item. */
interface Mark {
  readonly file: FileIdentity;
  readonly value: string;
  /** Whether it takes the place of another value. */
  readonly replaces: boolean;
}

/** What a digest has shown of a file. */
export interface Proof {
  readonly verdict: Verdict;
  /** Of the hash that it signed, as `hashMark` shortens it. */
  readonly signed?: string;
}

/** Verdicts of one account's and Region's files of one hour, by the files' marks. */
export interface HourVerdicts extends LogSource {
  readonly time: string;
  readonly files: Map<string, Proof>;
}

/**
 * Verdicts, those of an account, a Region and an hour of delivery in one item: an attribute a file,
 * named by a hash of its object key. Each is set by itself, so that writers need not know of each
 * other. An item that is full goes on in sixteen others, by hash.
 */
export function createVerdicts(calls: DynamoCalls, retentionDays?: number) {
  /** "Unlisted" says that no proof was found: it never takes the place of one found meanwhile. */
  async function setVerdicts(
    verdicts: readonly FileVerdict[],
    { arrived, continued }: DigestNotes = {},
  ): Promise<void> {
    const told = verdicts.flatMap(({ file, verdict, signed = '', takesBack }): Mark[] => {
      const letter = LETTER_OF.get(verdict);
      const replaces = verdict !== 'unlisted' || takesBack === true;
      return letter === undefined ? [] : [{ file, value: letter + signed, replaces }];
    });
    if (continued) told.push({ file: continued, value: CONTINUED, replaces: true });
    if (arrived) {
      const file = { ...arrived, key: `arrived ${arrived.key}` };
      told.push({ file, value: ARRIVED + deliveryTime(arrived).slice(14, 19), replaces: true });
    }
    const files = new Map(told.map((one) => [one.file.key, one]));
    const hours = Map.groupBy(files.values(), ({ file }) => keyId(verdictKey(file)));
    const updates = [...hours.values()].flatMap((members) => chunks(members, FILES_PER_UPDATE));
    await inParallel(
      updates,
      async (members) => {
        const [first] = members;
        if (first) await setAll(verdictKey(first.file), members);
      },
      UPDATES_AT_ONCE,
    );
  }

  async function setAll(key: ItemKey, members: readonly Mark[]): Promise<void> {
    try {
      await update(key, members);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ValidationException') throw error;
      // The item would be too large; if it is something else, it is so again.
      const slots = Map.groupBy(members, ({ file }) => overflowKey(file).sk);
      for (const [sk, some] of slots) await update({ pk: key.pk, sk }, some);
    }
  }

  async function update({ pk, sk }: ItemKey, members: readonly Mark[]): Promise<void> {
    const names: Record<string, string> = {};
    const values: Record<string, string | number> = {};
    const sets = members.map(({ file, value, replaces }, index) => {
      names[`#${index}`] = fileMark(file.key);
      values[`:${index}`] = value;
      return replaces ? `#${index}=:${index}` : `#${index}=if_not_exists(#${index},:${index})`;
    });
    const expiresAt = expiryOf(pk.slice(-10), retentionDays);
    if (expiresAt !== undefined) {
      names['#ttl'] = TABLE.ttl;
      values[':ttl'] = expiresAt;
      sets.push('#ttl=:ttl');
    }
    await calls.update({
      Key: { [TABLE.partitionKey]: pk, [TABLE.sortKey]: sk },
      UpdateExpression: `SET ${sets.join(',')}`,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    });
  }

  /** What was shown of the files with these keys, as far as anything was. */
  async function proofsOf(files: readonly FileIdentity[]): Promise<Map<string, Proof>> {
    const hours = await read(files.map(verdictKey));
    const found = new Map<string, Proof>();
    const perhapsElsewhere: FileIdentity[] = [];
    for (const file of files) {
      const ofHour = hours.get(keyId(verdictKey(file)));
      const proof = ofHour?.get(fileMark(file.key));
      if (proof) found.set(file.key, proof);
      if (ofHour && ofHour.size >= MAY_BE_FULL) perhapsElsewhere.push(file);
    }
    if (perhapsElsewhere.length === 0) return found;
    const others = await read(perhapsElsewhere.map(overflowKey));
    for (const file of perhapsElsewhere) {
      const other = others.get(keyId(overflowKey(file)))?.get(fileMark(file.key));
      if (other) found.set(file.key, weightier(other, found.get(file.key)));
    }
    return found;
  }

  /** Whether `setVerdicts` was told of this digest, strongly consistent. */
  async function isContinued(digest: FileIdentity): Promise<boolean> {
    for (const key of [verdictKey(digest), overflowKey(digest)]) {
      const [item = {}] = await calls.getAll([key], { consistent: true });
      if (item[fileMark(digest.key)] === CONTINUED) return true;
      if (Object.keys(item).length < MAY_BE_FULL) return false;
    }
    return false;
  }

  /** When the windows of digests ended that have arrived, by the hours of these files. */
  async function listArrivals(
    hours: readonly Omit<FileIdentity, 'key'>[],
  ): Promise<Map<string, string[]>> {
    const keys = new Map(hours.map((hour) => [keyId(verdictKey(hour)), verdictKey(hour)]));
    const items = await calls.getAll([...keys.values()]);
    return new Map(items.map((item) => [keyId(keyOf(item)), arrivalsOf(item)]));
  }

  async function read(keys: readonly ItemKey[]): Promise<Map<string, Map<string, Proof>>> {
    const unique = new Map(keys.map((key) => [keyId(key), key]));
    const items = await calls.getAll([...unique.values()]);
    return new Map(items.map((item) => [keyId(keyOf(item)), filesOf(item)]));
  }

  /** All verdicts of these hours, by account, Region and hour as in `verdictKey`. */
  async function listVerdicts({ day, from, to }: DayHours): Promise<Map<string, HourVerdicts>> {
    const hours = new Map<string, HourVerdicts>();
    const items = calls.queryAll(keyRange(verdictPartition(day), `${from}#`, `${to}#~`));
    for await (const item of items) {
      const [hour = '', account = '', region = ''] = keyOf(item).sk.split('#');
      const id = `${hour}#${account}#${region}`;
      const files = hours.get(id)?.files ?? new Map<string, Proof>();
      for (const [mark, proof] of filesOf(item)) {
        files.set(mark, weightier(proof, files.get(mark)));
      }
      const source = {
        accountId: fromKeyPart(account) ?? account,
        region: fromKeyPart(region) ?? region,
      };
      hours.set(id, { ...source, time: `${day}T${hour}:00:00Z`, files });
    }
    return hours;
  }

  return { setVerdicts, isContinued, proofsOf, listArrivals, listVerdicts };
}

/** Where the verdicts of a file's hour are: its sort key tells account, Region and hour. */
export function verdictKey(file: Omit<FileIdentity, 'key'>): ItemKey {
  const hour = hourOf(deliveryTime(file));
  const sk = `${hour}#${keyPart(file.accountId)}#${keyPart(file.region)}`;
  return { pk: verdictPartition(file.day), sk };
}

/** A file's name among those of its hour. */
export function fileMark(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, MARK_LENGTH);
}

/** So much of a `contentMark` as a verdict keeps: 96 bits. */
export function hashMark(content: string): string {
  return content.slice(0, MARK_LENGTH);
}

function overflowKey(file: FileIdentity): ItemKey {
  const { pk, sk } = verdictKey(file);
  const slot = createHash('sha256').update(file.key).digest('hex').slice(0, 1);
  return { pk, sk: `${sk}#${slot}` };
}

function filesOf(item: StoredItem): Map<string, Proof> {
  return new Map(
    Object.entries(item).flatMap(([name, value]): [string, Proof][] => {
      const verdict = LETTERS[String(value).charAt(0)];
      if (name.length !== MARK_LENGTH || verdict === undefined) return [];
      return [[name, { verdict, signed: String(value).slice(1) || undefined }]];
    }),
  );
}

function arrivalsOf(item: StoredItem): string[] {
  const { pk, sk } = keyOf(item);
  const hour = `${pk.slice(-'yyyy-mm-dd'.length)}T${sk.slice(0, 2)}`;
  return Object.entries(item).flatMap(([name, value]) => {
    const isArrival = name.length === MARK_LENGTH && String(value).startsWith(ARRIVED);
    return isArrival ? [`${hour}:${String(value).slice(1)}Z`] : [];
  });
}

function weightier(a: Proof, b: Proof | undefined): Proof {
  return b !== undefined && RANKS.indexOf(b.verdict) > RANKS.indexOf(a.verdict) ? b : a;
}
