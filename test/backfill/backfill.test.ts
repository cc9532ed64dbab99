import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { type BackfillOptions, runBackfill, surveyBackfill } from '../../src/backfill/backfill';
import { createCheckpointFile } from '../../src/backfill/checkpoint';
import type { Selection } from '../../src/backfill/day-folders';
import type { BackfillSource } from '../../src/backfill/rounds';
import { UpstreamError } from '../../src/errors';
import { createBucketObjects } from '../../src/integrity/s3-objects';
import type { Receipt } from '../../src/store/receipt';
import { type ObjectEndpoint, startObjectEndpoint } from '../fixtures/object-endpoint';
import { BUCKET, fillBucket } from './trail-bucket';

const NOW = new Date('2026-05-01T00:00:00Z');

let endpoint: ObjectEndpoint;
let folder: string;

beforeEach(async () => {
  endpoint = await startObjectEndpoint(4);
  folder = await mkdtemp(join(tmpdir(), 'querytrail-'));
});

afterEach(() => Promise.all([endpoint.close(), rm(folder, { recursive: true })]));

test('sends each log file once, one to a message of the form of CloudTrail', async () => {
  const keys = fillBucket(endpoint.objects);

  const sent = await backfill({});

  expect(sent.toSorted()).toEqual(keys.toSorted());
});

test('sends ordinary log files only', async () => {
  const keys = fillBucket(endpoint.objects);
  const [first = ''] = keys;
  const body = Buffer.from('');
  for (const other of [
    first.replace('/CloudTrail/', '/CloudTrail-Digest/'),
    first.replace('/CloudTrail/', '/CloudTrail-Insight/'),
    first.replace('.json.gz', '.txt'),
    first.slice(0, first.lastIndexOf('/') + 1),
    `${first}/deeper.json.gz`,
    'AWSLogs/README.json.gz',
    'other/2026/03/01/file.json.gz',
  ]) {
    endpoint.objects.set(`${BUCKET}/${other}`, { body });
  }

  expect((await backfill({})).toSorted()).toEqual(keys.toSorted());
});

test.each<[string, string, Partial<Selection>, (key: string) => boolean]>([
  ['an account', '', { accountId: '111122223333' }, (key) => key.includes('/111122223333/')],
  ['a Region', '', { region: 'us-east-1' }, (key) => key.includes('/us-east-1/')],
  ['a start', '', { from: new Date('2026-03-02T11:00:00Z') }, (key) => name(key) > '20260302T1100'],
  ['an end', '', { to: new Date('2026-03-02T11:05:00Z') }, (key) => name(key) < '20260302T1105'],
  ['a place below', 'AWSLogs/111122223333/', {}, (key) => key.includes('/111122223333/')],
  [
    'a place far below',
    'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/',
    {},
    (key) => key.includes('/111122223333/CloudTrail/eu-west-1/2026/03/'),
  ],
  ['a place with nothing in it', 'elsewhere/', {}, () => false],
])('sends only what %s selects', async (_name, root, selection, isSelected) => {
  const keys = fillBucket(endpoint.objects);

  const sent = await backfill({ root, selection });

  expect(sent.toSorted()).toEqual(keys.filter(isSelected).toSorted());
});

test('finds the files of organizations, below a prefix', async () => {
  const shape = { prefix: 'team a/trails/', organizationId: 'o-ab12cd34ef' };
  const keys = fillBucket(endpoint.objects, shape);

  expect((await backfill({ root: 'team a/' })).toSorted()).toEqual(keys.toSorted());
});

test('lists nothing that the selection leaves out', async () => {
  fillBucket(endpoint.objects, { days: ['2024-01-01', '2025-03-01', '2026-03-01', '2026-03-02'] });
  const selection = { from: new Date('2026-03-02T00:00:00Z'), accountId: '111122223333' };

  await backfill({ selection });

  const tooMuch = /444455556666\/.|\/2024\/.|\/2025\/.|\/2026\/03\/01\//;
  expect(endpoint.listed.filter((prefix) => tooMuch.test(prefix))).toEqual([]);
});

test('mixes months and accounts', async () => {
  fillBucket(endpoint.objects, { filesPerDay: 10 });

  const sent = await backfill({});

  const changes = (part: RegExp) =>
    sent.filter((key, at) => at > 0 && part.exec(key)?.[0] !== part.exec(sent[at - 1] ?? '')?.[0]);
  expect(changes(/\/\d{12}\//).length).toBeGreaterThan(sent.length / 4);
  expect(changes(/\/\d{4}\/\d\d\//).length).toBeGreaterThan(sent.length / 4);
});

test('passes over what is stored, and gives what was set aside another chance', async () => {
  const [stored = '', quarantined = '', ...others] = fillBucket(endpoint.objects);
  const receipts: Record<string, Receipt['status']> = {
    [stored]: 'stored',
    [quarantined]: 'quarantined',
  };

  const sent = await backfill({ receipts });

  expect(sent.toSorted()).toEqual([quarantined, ...others].toSorted());
});

test('killed anywhere, it sends nothing twice but one batch a kill, and leaves nothing out', async () => {
  const days = Array.from(
    { length: 20 },
    (_, day) => `2026-03-${String(day + 1).padStart(2, '0')}`,
  );
  const keys = fillBucket(endpoint.objects, { days, filesPerDay: 2 });
  const objects = listedInMemory(keys);

  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean()), { maxLength: 4 }),
      async (kills) => {
        const sent: string[] = [];
        for (const [batches, beforeSaving] of kills) {
          const run = backfill({ objects, sent, killAfter: batches, beforeSaving });
          await expect(run).rejects.toThrow('killed');
        }
        await backfill({ objects, sent });

        expect([...new Set(sent)].toSorted()).toEqual(keys.toSorted());
        expect(sent.length - keys.length).toBeLessThanOrEqual(10 * kills.length);
      },
    ),
    { numRuns: 40 },
  );
});

test('goes on with the files of the first run when others have come meanwhile', async () => {
  const keys = fillBucket(endpoint.objects);
  const sent: string[] = [];
  await expect(backfill({ sent, killAfter: 2 })).rejects.toThrow('killed');
  fillBucket(endpoint.objects, { days: ['2026-06-01'] });

  await backfill({ sent, selection: { to: new Date('2026-07-01') } });

  expect([...new Set(sent)].toSorted()).toEqual(keys.toSorted());
});

test('does not go on with the checkpoint of another request', async () => {
  fillBucket(endpoint.objects);
  await expect(backfill({ killAfter: 1 })).rejects.toThrow('killed');

  await expect(backfill({ request: 'another' })).rejects.toThrow('of another backfill');
});

test('leaves no checkpoint when it is done', async () => {
  fillBucket(endpoint.objects);

  await backfill({});

  await expect(readFile(join(folder, 'checkpoint.json'))).rejects.toThrow('ENOENT');
});

test('sends a batch again that the queue refused, and gives up in the end', async () => {
  const keys = fillBucket(endpoint.objects);

  const sent = await backfill({ refusals: 4 });

  expect(sent.toSorted()).toEqual(keys.toSorted());
  await expect(backfill({ refusals: 5 })).rejects.toThrow(UpstreamError);
});

test('surveys what it would send, with a sample of it', async () => {
  const [stored = '', ...others] = fillBucket(endpoint.objects);

  const survey = await surveyBackfill(sourceOf({ receipts: { [stored]: 'stored' } }), 5);

  expect(survey).toMatchObject({ files: others.length, known: 1 });
  expect(survey.sizeBytes).toBe(others.length * (survey.sample[0]?.sizeBytes ?? 0));
  expect(new Set(survey.sample.map(({ key }) => key)).size).toBe(5);
});

interface TestBackfill {
  /** In place of the bucket. */
  readonly objects?: BackfillSource['objects'];
  readonly root?: string;
  readonly selection?: Partial<Selection>;
  readonly receipts?: Readonly<Record<string, Receipt['status']>>;
  readonly request?: string;
  readonly sent?: string[];
  /** Ends the run at this batch. */
  readonly killAfter?: number;
  /** … after it was sent and before the checkpoint says so; else before it is sent. */
  readonly beforeSaving?: boolean;
  /** Sends that the queue refuses. */
  readonly refusals?: number;
}

/** @returns the keys that were sent, in order. */
async function backfill(test: TestBackfill): Promise<string[]> {
  const { sent = [], killAfter = Number.POSITIVE_INFINITY, beforeSaving = false } = test;
  let batches = 0;
  let refusals = test.refusals ?? 0;
  const file = createCheckpointFile(join(folder, 'checkpoint.json'));
  const options: BackfillOptions = {
    source: sourceOf(test),
    request: test.request ?? 'everything',
    checkpoints: {
      ...file,
      save: async (checkpoint) => {
        if (beforeSaving && batches >= killAfter) throw new Error('killed');
        await file.save(checkpoint);
      },
    },
    send: async (bodies) => {
      if (refusals-- > 0) throw new UpstreamError('sqs.send', 'refused');
      batches += 1;
      if (!beforeSaving && batches >= killAfter) throw new Error('killed');
      expect(bodies.length).toBeLessThanOrEqual(10);
      for (const body of bodies) {
        const { s3Bucket, s3ObjectKey } = JSON.parse(body);
        expect([s3Bucket, s3ObjectKey.length]).toEqual([BUCKET, 1]);
        sent.push(...s3ObjectKey);
      }
    },
    takeTurn: async () => {},
    sleep: async () => {},
  };
  await runBackfill(options);
  return sent;
}

function sourceOf({ objects, root = '', selection, receipts }: TestBackfill): BackfillSource {
  return {
    objects: objects ?? createBucketObjects(endpoint.client(), BUCKET),
    root,
    selection: { to: NOW, ...selection },
    receipts: receipts && {
      async *listFiles({ from }) {
        const day = `/${from.slice(0, 10).replaceAll('-', '/')}/`;
        for (const [key, status] of Object.entries(receipts)) {
          if (!key.includes(day)) continue;
          const receipt = { key, status } as Receipt;
          yield { accountId: '', region: '', deliveredAt: from, receipt, verdict: 'unverified' };
        }
      },
    },
  };
}

function listedInMemory(keys: readonly string[]): BackfillSource['objects'] {
  const below = (folder: string) => keys.filter((key) => key.startsWith(folder));
  return {
    folders: async (folder) => {
      const rests = below(folder).map((key) => key.slice(folder.length));
      const names = rests.filter((rest) => rest.includes('/'));
      return [...new Set(names.map((rest) => rest.slice(0, rest.indexOf('/') + 1)))];
    },
    async *files(folder) {
      for (const key of below(folder)) yield { bucket: BUCKET, key };
    },
  };
}

/** The time in a file's name. */
function name(key: string): string {
  return /_(\d{8}T\d{4})Z_/.exec(key)?.[1] ?? '';
}
