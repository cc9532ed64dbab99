import type { DeliveredFile } from '../../src/store/event-store';
import { receiptOf } from '../fixtures/receipts';
import { apiOver, fakeStore } from './factories';

const SOURCE = { accountId: '444455556666', region: 'eu-west-1' };

const ALL_KEPT = { seen: 5, kept: 5, skipped: 0, quarantined: 0 };

const SET_ASIDE: DeliveredFile = {
  ...SOURCE,
  deliveredAt: '2026-11-20T08:00:00Z',
  receipt: receiptOf('b.json.gz', { bucket: 'trail' }),
  verdict: 'verified',
};
const DAMAGED: DeliveredFile = {
  ...SOURCE,
  deliveredAt: '2026-11-20T09:00:00Z',
  receipt: receiptOf('c.json.gz', {
    status: 'quarantined',
    reason: { code: 'log-file.checksum', message: 'has other content than its checksum says' },
    records: { seen: 0, kept: 0, skipped: 0, quarantined: 0 },
    quarantined: [],
  }),
  verdict: 'failed',
};
const GOOD: DeliveredFile = {
  ...SET_ASIDE,
  receipt: receiptOf('d.json.gz', { records: ALL_KEPT, quarantined: [] }),
};
const MISSING: DeliveredFile = {
  ...SOURCE,
  deliveredAt: '2026-11-20T07:00:00Z',
  verdict: 'missing',
};

function apiOf(files: readonly DeliveredFile[]) {
  return apiOver({
    ...fakeStore([]),
    listFiles: async function* ({ from, to }) {
      yield* files.filter(({ deliveredAt }) => deliveredAt >= from && deliveredAt < to);
    },
  });
}

test('lists what was set aside, with place and reason, altered files and missing ones', async () => {
  const { get } = apiOf([GOOD, MISSING, MISSING, SET_ASIDE, DAMAGED]);

  const answer = (await get('/v1/coverage/files?from=-1d')).json();

  expect(answer).toEqual({
    files: [
      {
        ...SOURCE,
        deliveredAt: '2026-11-20T09:00:00Z',
        problems: ['quarantined', 'failed'],
        count: 1,
        key: 'c.json.gz',
        storedAt: expect.any(String),
        reason: { code: 'log-file.checksum', message: expect.stringContaining('checksum') },
        records: { seen: 0, kept: 0, skipped: 0, quarantined: 0 },
      },
      {
        ...SOURCE,
        deliveredAt: '2026-11-20T08:00:00Z',
        problems: ['quarantined'],
        count: 1,
        bucket: 'trail',
        key: 'b.json.gz',
        storedAt: expect.any(String),
        records: { seen: 5, kept: 2, skipped: 2, quarantined: 1 },
        setAside: [{ index: 3, reason: 'no time' }],
      },
      { ...SOURCE, deliveredAt: '2026-11-20T07:00:00Z', problems: ['missing'], count: 2 },
    ],
  });
});

test('lists files with certain problems only', async () => {
  const { get } = apiOf([MISSING, SET_ASIDE, DAMAGED]);

  const answer = (await get('/v1/coverage/files?from=-1d&problem=failed,missing')).json();

  expect(answer).toMatchObject({ files: [{ key: 'c.json.gz' }, { problems: ['missing'] }] });
});

test('goes on behind the last file of a page, for the same list only', async () => {
  const { get } = apiOf([MISSING, SET_ASIDE, DAMAGED]);

  const { cursor } = (await get('/v1/coverage/files?from=-1d&limit=2')).json();
  const rest = (await get(`/v1/coverage/files?from=-1d&limit=2&cursor=${cursor}`)).json();
  const foreign = await get(`/v1/coverage/files?from=-1d&problem=failed&cursor=${cursor}`);

  expect(rest).toEqual({ files: [expect.objectContaining({ problems: ['missing'] })] });
  expect(foreign.statusCode).toBe(400);
  expect(foreign.json()).toMatchObject({ error: { details: { parameter: 'cursor' } } });
});

test('cuts a page that is more than one answer holds, and goes on behind it', async () => {
  const quarantined = Array.from({ length: 100 }, (_, index) => ({
    index,
    reason: 'x'.repeat(300),
  }));
  const files = Array.from({ length: 300 }, (_, index) => ({
    ...SET_ASIDE,
    receipt: receiptOf(`${index}`, { quarantined }),
  }));
  const { get } = apiOf(files);

  const keys: string[] = [];
  const sizes: number[] = [];
  let cursor = '';
  do {
    const page = (await get(`/v1/coverage/files?from=-1d&limit=500${cursor}`)).json();
    keys.push(...page.files.map(({ key }: { key: string }) => key));
    sizes.push(page.files.length);
    cursor = page.cursor && `&cursor=${page.cursor}`;
  } while (cursor && sizes.length < 10);

  expect(sizes.length).toBeGreaterThan(1);
  expect(keys.toSorted()).toEqual(files.map(({ receipt }) => receipt.key).toSorted());
});
