import type { TrailFile } from '../../src/local/trail-folder';
import { createTrailReader } from '../../src/local/trail-reader';

const FILE: TrailFile = {
  key: 'a.json.gz',
  place: { accountId: '111122223333', region: 'eu-west-1', day: '2026-03-02' },
};

const UNAVAILABLE = new Error('the store is gone');

const unavailable = (): AsyncIterable<never> => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(UNAVAILABLE) }),
});

describe('a reader whose store cannot be asked', () => {
  function setUp() {
    const reasons: string[] = [];
    const reader = createTrailReader({
      ingestFile: async () => Promise.reject(UNAVAILABLE),
      store: {
        listFiles: unavailable,
        putReceipts: async () => {},
        judgeLate: async () => [],
      },
      onUnreadable: (_key, reason) => reasons.push(reason),
    });
    return { reader, reasons };
  }

  it('says so, and can be stopped all the same', async () => {
    const { reader } = setUp();

    const reading = reader.readNew([FILE]);
    const stopping = reader.stop();

    await expect(reading).rejects.toThrow(UNAVAILABLE);
    await expect(stopping).resolves.toBeUndefined();
  });

  it('reports a file that it is told to read again', async () => {
    const { reader, reasons } = setUp();

    await reader.readAgain(FILE);

    expect(reasons).toEqual(['the store is gone']);
    expect(reader.counts).toMatchObject({ files: 1, done: 1, unreadable: 1 });
  });
});
