import { createHash } from 'node:crypto';
import { inParallel } from '../concurrency';
import type { Verdict } from '../event/audit-event';
import { type DayHours, deliveryTime, hourOf } from './delivery';
import { chunks, type DynamoCalls, type StoredItem } from './dynamo-calls';
import { expiryOf } from './event-item';
import type { FileIdentity, FileVerdict, LogSource } from './event-store';
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

/** One attribute of an hour's item. */
interface Mark {
  readonly file: FileIdentity;
  readonly letter: string;
  /** Whether it takes the place of another letter. */
  readonly replaces: boolean;
}

/** Verdicts of one account's and Region's files of one hour, by the files' marks. */
export interface HourVerdicts extends LogSource {
  readonly time: string;
  readonly files: Map<string, Verdict>;
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
    continued?: FileIdentity,
  ): Promise<void> {
    const told = verdicts.flatMap(({ file, verdict, takesBack }): Mark[] => {
      const letter = LETTER_OF.get(verdict);
      const replaces = verdict !== 'unlisted' || takesBack === true;
      return letter === undefined ? [] : [{ file, letter, replaces }];
    });
    if (continued) told.push({ file: continued, letter: CONTINUED, replaces: true });
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
    const sets = members.map(({ file, letter, replaces }, index) => {
      names[`#${index}`] = fileMark(file.key);
      values[`:${letter}`] = letter;
      return replaces ? `#${index}=:${letter}` : `#${index}=if_not_exists(#${index},:${letter})`;
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

  /** Verdicts of the files with these keys, as far as there are any. */
  async function verdictsOf(files: readonly FileIdentity[]): Promise<Map<string, Verdict>> {
    const hours = await read(files.map(verdictKey));
    const found = new Map<string, Verdict>();
    const perhapsElsewhere: FileIdentity[] = [];
    for (const file of files) {
      const ofHour = hours.get(keyId(verdictKey(file)));
      const verdict = ofHour?.get(fileMark(file.key));
      if (verdict) found.set(file.key, verdict);
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

  async function read(keys: readonly ItemKey[]): Promise<Map<string, Map<string, Verdict>>> {
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
      const files = hours.get(id)?.files ?? new Map<string, Verdict>();
      for (const [mark, verdict] of filesOf(item)) {
        files.set(mark, weightier(verdict, files.get(mark)));
      }
      const source = {
        accountId: fromKeyPart(account) ?? account,
        region: fromKeyPart(region) ?? region,
      };
      hours.set(id, { ...source, time: `${day}T${hour}:00:00Z`, files });
    }
    return hours;
  }

  return { setVerdicts, isContinued, verdictsOf, listVerdicts };
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

function overflowKey(file: FileIdentity): ItemKey {
  const { pk, sk } = verdictKey(file);
  const slot = createHash('sha256').update(file.key).digest('hex').slice(0, 1);
  return { pk, sk: `${sk}#${slot}` };
}

function filesOf(item: StoredItem): Map<string, Verdict> {
  return new Map(
    Object.entries(item).flatMap(([name, value]): [string, Verdict][] => {
      const verdict = LETTERS[String(value)];
      return name.length === MARK_LENGTH && verdict ? [[name, verdict]] : [];
    }),
  );
}

function weightier(a: Verdict, b: Verdict | undefined): Verdict {
  return b !== undefined && RANKS.indexOf(b) > RANKS.indexOf(a) ? b : a;
}
