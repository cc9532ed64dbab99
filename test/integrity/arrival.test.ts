import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { createFolderObjects } from '../../src/integrity/folder-objects';
import { createIntegrity, type IntegrityDependencies } from '../../src/integrity/integrity';
import { type PublicKeys, parsePublicKey } from '../../src/integrity/public-keys';
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

const TRICKS = ['none', 'none', 'none', 'remove', 'unsign', 'damage', 'replace', 'empty'] as const;
type Trick = (typeof TRICKS)[number];

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
      fc.array(fc.nat(HOURS - 1), { maxLength: HOURS }),
      fc.infiniteStream(fc.nat(1_000)),
      async (digestTricks, fileTricks, repeated, order) => {
        const accountId = String(100_000_000_000 + run++);
        const { files, digests } = tamper(accountId, digestTricks, fileTricks);
        const there = [...digests, ...repeated.map((hour) => digests[hour] ?? '')]
          .filter((key) => files.has(key))
          .map((key) => ({ key, at: order.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at);
        const folder = await mkdtemp(join(tmpdir(), 'querytrail-'));
        try {
          await writeTrail(folder, files);
          const store = createDynamoEventStore(server);
          await store.putReceipts(receiptsOf(files));
          const objects = createFolderObjects(folder);
          const integrity = createIntegrity({ objects, keys: publicKeys, store });

          for (const { key } of there) await integrity.verifyDigest({ key });

          expect(await arrived(store, accountId)).toEqual(await verified(folder));
        } finally {
          await rm(folder, { recursive: true });
        }
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

/** A trail of which somebody changed what the tricks say, and in which he put a file of his own. */
function tamper(accountId: string, digestTricks: readonly Trick[], fileTricks: readonly string[]) {
  const options = { key: KEY, hours: HOURS, filesPerHour: FILES_PER_HOUR, accountId };
  const trail = makeTrail(options);
  const { files, digests } = trail;
  for (const [at, key] of trail.logs.flat().entries()) {
    if (fileTricks[at] === 'change') files.set(key, gzipSync('{"Records":[{}]}'));
    if (fileTricks[at] === 'remove') files.delete(key);
  }
  const own = logFileKey({ accountId }, Date.parse('2026-03-02T09:37:00Z'));
  files.set(own, gzipSync('{"Records":[]}'));
  for (const [hour, key] of digests.entries()) play(files, key, digestTricks[hour] ?? 'none');
  return { files, digests, logs: [...trail.logs.flat(), own] };
}

function play(files: TrailFiles, key: string, trick: Trick): void {
  const digest = JSON.parse(gunzipSync(files.get(key) ?? '').toString());
  const sign = (logFiles: object[]) => {
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
