import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { createFolderObjects } from '../../src/integrity/folder-objects';
import { createIntegrity, type IntegrityDependencies } from '../../src/integrity/integrity';
import { type PublicKeys, parsePublicKey } from '../../src/integrity/public-keys';
import { deliveryTime, digestEnd } from '../../src/integrity/stream-files';
import { verifyTrail } from '../../src/integrity/verify-trail';
import { fileOfKey } from '../../src/store/delivery';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import type { EventStore } from '../../src/store/event-store';
import { contentMark, type Receipt } from '../../src/store/receipt';
import { DYNAMO_SERVERS, type DynamoServer } from '../integration/dynamo-servers';
import {
  logFileKey,
  makeKey,
  makeTrail,
  putDigest,
  type TrailFiles,
  writeTrail,
} from './digest-factory';

const KEY = makeKey();
/** One that CloudTrail used once, and somebody else has now. */
const STOLEN_KEY = makeKey();
const HOURS = 6;
const FILES_PER_HOUR = 2;
const NOW = new Date('2026-03-03T00:00:00Z');
const LATER = '2026-03-04T00:00:00.000Z';

const publicKeys: PublicKeys = {
  find: async (_region, fingerprint) => {
    const key = [KEY, STOLEN_KEY].find((known) => known.fingerprint === fingerprint);
    return key && parsePublicKey(key.der);
  },
};

const HONEST = ['none', 'none', 'none'] as const;
const TRICKS = [...HONEST, 'remove', 'unsign', 'damage', 'replace', 'empty', 'annex'] as const;
/** The last one contradicts sound digests, which the others leave out or repeat. */
type Trick = (typeof TRICKS)[number] | 'whitewash';

let server: DynamoServer;
let run = 0;

beforeAll(async () => {
  const start = DYNAMO_SERVERS.dynoxide ?? DYNAMO_SERVERS.dynalite;
  if (!start) throw new Error('no DynamoDB on this machine');
  server = await start();
});

afterAll(() => server.close());

test('what arrives comes to the verdicts of `verify`, in whatever order and however often', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...TRICKS), { minLength: HOURS, maxLength: HOURS }),
      fc.array(fc.constantFrom('none', 'none', 'change', 'remove'), {
        minLength: HOURS * FILES_PER_HOUR,
        maxLength: HOURS * FILES_PER_HOUR,
      }),
      fc.array(fc.nat(2), { minLength: HOURS, maxLength: HOURS }),
      fc.array(fc.nat(HOURS - 1), { maxLength: HOURS }),
      fc.infiniteStream(fc.nat(1_000)),
      async (digestTricks, fileTricks, delays, repeated, times) => {
        const accountId = String(100_000_000_000 + run++);
        const { files, digests } = tamper(accountId, digestTricks, fileTricks, delays);
        const there = [...digests, ...repeated.map((hour) => digests[hour] ?? '')]
          .filter((key) => files.has(key))
          .map((key) => ({ key, at: times.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at);
        const order = there.map(({ key }) => key);

        const { told, judged } = await arriveAndVerify(accountId, files, order);

        expect(told).toEqual(judged);
      },
    ),
    { numRuns: 15 },
  );
}, 60_000);

test('takes back what a replaced digest said, once the next one tells, and for good', async () => {
  const accountId = String(100_000_000_000 + run++);
  const { files, digests, logs } = makeTrail({ key: KEY, accountId });
  const [, replaced = '', next = ''] = digests;
  play(files, replaced, 'replace');
  const later = [next, `${next}.metadata.json`, ...digests.slice(3)];
  const folder = await mkdtemp(join(tmpdir(), 'querytrail-'));
  const store = createDynamoEventStore(server);
  await store.putReceipts(receiptsOf(files));
  const objects = createFolderObjects(folder);
  const integrity = createIntegrity({ objects, keys: publicKeys, store });
  const [dropped = '', named = ''] = logs[1] ?? [];
  const verdictsNow = async () => {
    const { [dropped]: first, [named]: second } = await arrived(store, accountId);
    return [first, second];
  };
  try {
    await writeTrail(folder, new Map([...files].filter(([key]) => !later.includes(key))));
    await integrity.verifyDigest({ key: replaced });
    const before = await verdictsNow();
    await writeTrail(folder, files);
    const { digests: judged, logs: judgedLogs } = await integrity.verifyDigest({ key: next });
    const after = await verdictsNow();
    await integrity.verifyDigest({ key: replaced });

    expect(before).toEqual(['unverified', 'verified']);
    expect(judged.map(({ verdict }) => verdict)).toEqual(['verified', 'failed']);
    expect(judgedLogs).toContainEqual({
      key: named,
      verdict: 'unlisted',
      reason: expect.stringContaining('not verified'),
    });
    expect(after).toEqual(['unverified', 'unlisted']);
    expect(await verdictsNow()).toEqual(['unverified', 'unlisted']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  ['the sound one before it', 1, 0, 0],
  ['the sound one two hours before it', 2, 0, 0],
  ['the sound one after it', 1, 1, 1],
  ['the sound one two hours after it', 1, 1, 2],
])('leaves a file to %s that a replaced digest names, too', async (_, at, hour, delay) => {
  const accountId = String(100_000_000_000 + run++);
  const tricks = hoursWith<Trick>(at, 'annex', 'none');
  const { files, digests, logs } = tamper(accountId, tricks, [], hoursWith(hour, delay, 0));
  const replaced = digests[at] ?? '';

  // The replaced one last: what the sound ones said is there by then.
  const others = digests.filter((key) => key !== replaced);
  const { told, judged } = await arriveAndVerify(accountId, files, [...others, replaced]);

  expect(told[logs[hour * FILES_PER_HOUR] ?? '']).toBe('verified');
  expect(told).toEqual(judged);
});

test('keeps nothing that a replaced digest said of files of other hours', async () => {
  const accountId = String(100_000_000_000 + run++);
  const tricks = hoursWith<Trick>(4, 'whitewash', 'none');
  const { files, digests, logs } = tamper(accountId, tricks, ['change']);

  const { told, judged } = await arriveAndVerify(accountId, files, digests);

  expect(told[logs[0] ?? '']).toBe('failed');
  expect(told[logs.at(-1) ?? '']).toBe('unlisted');
  expect(told).toEqual(judged);
});

test('what is taken in late, or overwritten, comes to the verdicts of `verify`, too', async () => {
  const fates = ['in time', 'late', 'overwritten', 'lost and found'] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...fates), {
        minLength: HOURS * FILES_PER_HOUR + 1,
        maxLength: HOURS * FILES_PER_HOUR + 1,
      }),
      async (fateOf) => {
        const accountId = String(100_000_000_000 + run++);
        const { files, digests, logs } = tamper(accountId, [], []);
        const fate = new Map(logs.map((key, at) => [key, fateOf[at]]));
        const receipts = receiptsOf(files);
        const early = receipts.filter(({ key }) => /time|over/.test(fate.get(key) ?? ''));
        const folder = await mkdtemp(join(tmpdir(), 'querytrail-'));
        try {
          await writeTrail(
            folder,
            new Map([...files].filter(([key]) => fate.get(key) !== 'lost and found')),
          );
          const store = createDynamoEventStore(server);
          await store.putReceipts(early);
          const objects = createFolderObjects(folder);
          const integrity = createIntegrity({ objects, keys: publicKeys, store });
          for (const key of digests) await integrity.verifyDigest({ key });

          for (const [key] of files) {
            if (fate.get(key) === 'overwritten') files.set(key, gzipSync('{"Records":[{}]}'));
          }
          await writeTrail(folder, files);
          const again = receiptsOf(files).filter(({ key }) => fate.get(key) !== 'in time');
          await store.putReceipts(again.map((one) => ({ ...one, storedAt: LATER })));
          await store.judgeLate(again);

          expect(await arrived(store, accountId)).toEqual(await verified(folder));
        } finally {
          await rm(folder, { recursive: true });
        }
      },
    ),
    { numRuns: 15 },
  );
}, 60_000);

test.each(['replaced', 'next'] as const)(
  'finds a replaced digest at whatever call of the arriving %s one the other comes between',
  async (first) => {
    let calls: number;
    for (let between = 0; ; between++) {
      const accountId = String(100_000_000_000 + run++);
      const { files, digests, logs } = makeTrail({ key: KEY, hours: 4, accountId });
      const [, replaced = '', next = ''] = digests;
      const named = logs[1]?.[1] ?? '';
      const store = createDynamoEventStore(server);
      await store.putReceipts(receiptsOf(files));
      const folder = await mkdtemp(join(tmpdir(), 'querytrail-'));
      const objects = createFolderObjects(folder);
      const other = createIntegrity({ objects, keys: publicKeys, store });
      const replace = async () => {
        play(files, replaced, 'replace');
        await writeTrail(folder, files);
      };
      calls = 0;
      const interrupted = interrupt({ objects, keys: publicKeys, store }, async () => {
        if (calls++ !== between) return;
        if (first === 'next') await replace();
        await other.verifyDigest({ key: first === 'next' ? replaced : next });
      });
      try {
        if (first === 'next') await writeTrail(folder, files);
        else await replace();

        await createIntegrity(interrupted).verifyDigest({
          key: first === 'next' ? next : replaced,
        });

        if (calls <= between) break;
        const { [named]: verdict } = await arrived(store, accountId);
        expect({ between, verdict }).toEqual({ between, verdict: 'unlisted' });
      } finally {
        await rm(folder, { recursive: true });
      }
    }
    expect(calls).toBeGreaterThan(5);
  },
  30_000,
);

/** The same dependencies, with something to be done before each call of theirs. */
function interrupt(
  { objects, keys, store }: IntegrityDependencies,
  before: () => Promise<void>,
): IntegrityDependencies {
  async function* each<Element>(start: () => AsyncIterable<Element>): AsyncIterable<Element> {
    await before();
    yield* start();
  }
  async function one<Answer>(start: () => Promise<Answer>): Promise<Answer> {
    await before();
    return start();
  }
  return {
    objects: {
      ...objects,
      open: (location) => each(() => objects.open(location)),
      openDigest: (location) => one(() => objects.openDigest(location)),
      digestsAfter: (location) => each(() => objects.digestsAfter(location)),
    },
    keys,
    store: {
      setVerdicts: (...found) => one(() => store.setVerdicts(...found)),
      isContinued: (digest) => one(() => store.isContinued(digest)),
      listFiles: (range) => each(() => store.listFiles(range)),
    },
  };
}

/**
 * A trail of which somebody changed what the tricks say, and in which he put a file of his own.
 *
 * @param delays - of each hour's first file, by how many digests it is named later.
 */
function tamper(
  accountId: string,
  digestTricks: readonly Trick[],
  fileTricks: readonly string[],
  delays: readonly number[] = [],
) {
  const options = { key: KEY, hours: HOURS, filesPerHour: FILES_PER_HOUR, accountId };
  const plain = makeTrail(options);
  const listed = plain.digests.map((key) => readDigest(plain.files, key).logFiles);
  const trail = makeTrail({
    ...options,
    edit: (digest, hour) => ({
      ...digest,
      logFiles: listed.flatMap((ofHour, named) =>
        ofHour.filter((_, at) => {
          const delay = at === 0 ? (delays[named] ?? 0) : 0;
          return Math.min(named + delay, HOURS - 1) === hour;
        }),
      ),
    }),
  });
  const { files, digests } = trail;
  const planted = logFileKey({ accountId }, Date.parse('2026-03-02T09:37:00Z'));
  files.set(planted, gzipSync('{"Records":[]}'));
  const honest = asTheyAre(files);
  for (const [at, key] of trail.logs.flat().entries()) {
    if (fileTricks[at] === 'change') files.set(key, gzipSync('{"Records":[{}]}'));
    if (fileTricks[at] === 'remove') files.delete(key);
  }
  for (const [hour, key] of digests.entries()) {
    const trick = digestTricks[hour] ?? 'none';
    const own = honest.filter(({ s3Object }) => mayName(key, s3Object));
    play(files, key, trick, trick === 'whitewash' ? asTheyAre(files) : own);
  }
  return { files, digests, logs: [...trail.logs.flat(), planted] };
}

interface NamedFile {
  readonly s3Object: string;
}

function readDigest(files: TrailFiles, key: string): { readonly logFiles: readonly NamedFile[] } {
  return JSON.parse(gunzipSync(files.get(key) ?? '').toString());
}

function play(files: TrailFiles, key: string, trick: Trick, named: readonly object[] = []): void {
  const digest = readDigest(files, key);
  const sign = (logFiles: readonly object[]) => {
    const { fingerprint } = STOLEN_KEY;
    putDigest(
      files,
      key,
      { ...digest, digestPublicKeyFingerprint: fingerprint, logFiles },
      STOLEN_KEY,
    );
  };
  if (trick === 'remove') files.delete(key);
  if (trick === 'remove' || trick === 'unsign') files.delete(`${key}.metadata.json`);
  if (trick === 'damage') files.set(key, gzipSync(JSON.stringify({ ...digest, logFiles: [] })));
  if (trick === 'empty') sign([]);
  if (trick === 'replace') sign(digest.logFiles.slice(1));
  if (trick === 'annex' || trick === 'whitewash') sign(named);
}

/** Whether CloudTrail would name a file in this digest: of its hour, or of the two before it. */
function mayName(digestKey: string, logKey: string): boolean {
  const agoMs = (digestEnd(digestKey) ?? 0) - (deliveryTime(logKey) ?? 0);
  return agoMs >= 0 && agoMs <= 3 * 3_600_000;
}

/** All log files that there are, as a digest lists them, each with the hash of what it holds now. */
function asTheyAre(files: TrailFiles): NamedFile[] {
  return [...files].flatMap(([s3Object, body]) => {
    if (fileOfKey(s3Object) === undefined) return [];
    const hashValue = createHash('sha256').update(gunzipSync(body)).digest('hex');
    return [{ s3Bucket: 'audit-logs', s3Object, hashValue, hashAlgorithm: 'SHA-256' }];
  });
}

function receiptsOf(files: TrailFiles): Receipt[] {
  return [...files].flatMap(([key, body]): Receipt[] => {
    const file = fileOfKey(key);
    if (!file) return [];
    return [
      {
        ...file,
        storedAt: NOW.toISOString(),
        status: 'stored',
        records: { seen: 0, kept: 0, skipped: 0, quarantined: 0 },
        quarantined: [],
        counts: { class: {}, outcome: {} },
        content: contentMark(createHash('sha256').update(gunzipSync(body)).digest()),
      },
    ];
  });
}

function hoursWith<Value>(at: number, value: Value, other: Value): Value[] {
  return Array.from({ length: HOURS }, (_, hour) => (hour === at ? value : other));
}

/** The verdicts as digests arrive in this order, and those of `verify`. */
async function arriveAndVerify(accountId: string, files: TrailFiles, order: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'querytrail-'));
  try {
    await writeTrail(folder, files);
    const store = createDynamoEventStore(server);
    await store.putReceipts(receiptsOf(files));
    const objects = createFolderObjects(folder);
    const integrity = createIntegrity({ objects, keys: publicKeys, store });
    for (const key of order) await integrity.verifyDigest({ key });
    return { told: await arrived(store, accountId), judged: await verified(folder) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function arrived(store: EventStore, accountId: string): Promise<Record<string, string>> {
  const range = { accountId, from: '2026-03-02T00:00:00Z', to: '2026-03-03T00:00:00Z' };
  const files = await Array.fromAsync(store.listFiles(range));
  return Object.fromEntries(
    files.flatMap(({ receipt, verdict }) => (receipt ? [[receipt.key, verdict]] : [])),
  );
}

/** Of files that are there: a missing one has no receipt. */
async function verified(folder: string): Promise<Record<string, string>> {
  const objects = createFolderObjects(folder);
  const findings = await Array.fromAsync(verifyTrail({ objects, keys: publicKeys, now: NOW }));
  return Object.fromEntries(
    findings.flatMap(({ kind, key, verdict }) =>
      kind === 'log' && verdict !== 'missing' ? [[key, verdict]] : [],
    ),
  );
}
