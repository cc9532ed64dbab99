import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { createFolderObjects } from '../../src/integrity/folder-objects';
import { readPublicKeys } from '../../src/integrity/public-keys';
import { verifyTrail } from '../../src/integrity/verify-trail';
import { makeKey, makeTrail, publicKeyList, writeTrail } from './digest-factory';

/** Time stamp, compression hint and system of a gzip header: they are not part of the content. */
const INFORMATIONAL = { from: 4, to: 10 };

const key = makeKey();
const trail = makeTrail({ key, hours: 3, filesPerHour: 1 });
const files = [...trail.files];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'querytrail-'));
  await writeTrail(folder, trail.files);
  await writeFile(join(folder, 'keys.json'), publicKeyList(key));
});

afterAll(() => rm(folder, { recursive: true }));

test('reports any single changed byte of any file that changes what it says', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(files.length - 1),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (fileIndex, at, change) => {
        const [path = '', bytes = Buffer.alloc(0)] = files[fileIndex] ?? [];
        const damaged = Buffer.from(bytes);
        const position = at % bytes.length;
        damaged.writeUInt8(damaged.readUInt8(position) ^ change, position);
        await writeFile(join(folder, path), damaged);

        const isReported = !(await isAllVerified());

        await writeFile(join(folder, path), bytes);
        expect(isReported).toBe(!saysTheSame(path, bytes, damaged, position));
      },
    ),
    { numRuns: 200 },
  );
  expect(await isAllVerified()).toBe(true);
}, 30_000);

test('reports any file that is cut short or gone', async () => {
  for (const [path, bytes] of files) {
    for (const length of [0, bytes.length - 1]) {
      await writeFile(join(folder, path), bytes.subarray(0, length));
      expect(await isAllVerified()).toBe(false);
    }
    await rm(join(folder, path));
    expect(await isAllVerified()).toBe(false);
    await writeFile(join(folder, path), bytes);
  }
});

async function isAllVerified(): Promise<boolean> {
  const objects = createFolderObjects(folder);
  const keys = await readPublicKeys(join(folder, 'keys.json'));
  const findings = await Array.fromAsync(verifyTrail({ objects, keys, now: new Date() }));
  return findings.every(({ verdict }) => verdict === 'verified');
}

function saysTheSame(path: string, before: Buffer, after: Buffer, position: number): boolean {
  const read = path.endsWith('.metadata.json') ? readMetadata : gunzipSync;
  if (read === gunzipSync && position >= INFORMATIONAL.from && position < INFORMATIONAL.to) {
    return true;
  }
  try {
    return read(after).equals(read(before));
  } catch {
    return false;
  }
}

/** The letters of hex digits may be of either case. */
function readMetadata(bytes: Buffer): Buffer {
  const { signature, ...rest } = JSON.parse(bytes.toString());
  return Buffer.from(JSON.stringify([signature.toLowerCase(), rest['signature-algorithm']]));
}
