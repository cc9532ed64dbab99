import { UpstreamError } from '../../src/errors';
import { createJointWrites } from '../../src/ingest/joint-writes';
import { keyspacesEvent } from '../store/events';

/** @param fails - whether a write of these ids fails. */
function setUp(fails: (ids: readonly string[]) => boolean = () => false) {
  const writes: string[][] = [];
  const { putEvents, whileAtWork } = createJointWrites(async (events) => {
    const ids = events.map(({ eventId }) => eventId);
    writes.push(ids);
    if (fails(ids)) throw new UpstreamError('dynamodb.throttled', ids.join());
  });
  const write = (...ids: string[]) => putEvents(ids.map((eventId) => keyspacesEvent({ eventId })));
  /** A file that is read, and then writes. */
  const file = (...ids: string[]) =>
    whileAtWork(async () => {
      await Promise.resolve();
      await write(...ids);
    });
  return { writes, write, file, whileAtWork };
}

test('files at work side by side write together, in the order in which they came', async () => {
  const { writes, file, whileAtWork } = setUp();

  await Promise.all([file('a1', 'a2'), whileAtWork(async () => {}), file('b1')]);

  expect(writes).toEqual([['a1', 'a2', 'b1']]);
});

test('a file that is still read lets the others wait, until it ends or fails', async () => {
  for (const fails of [false, true]) {
    const { writes, file, whileAtWork } = setUp();
    const reading = Promise.withResolvers<void>();
    const slow = whileAtWork(() => reading.promise).catch(() => 'failed');
    const quick = file('a');
    await settled();
    expect(writes).toEqual([]);

    if (fails) reading.reject(new Error('S3'));
    else reading.resolve();
    await Promise.all([slow, quick]);

    expect(writes).toEqual([['a']]);
  }
});

test('a file may write as often as it likes', async () => {
  const { writes, write, file, whileAtWork } = setUp();

  await Promise.all([
    whileAtWork(async () => {
      await Promise.resolve();
      await write('a1');
      await write('a2');
    }),
    file('b'),
  ]);

  expect(writes).toEqual([['a1', 'b'], ['a2']]);
});

test('nobody waits where there is enough to write', async () => {
  const { writes, file, whileAtWork } = setUp();
  const reading = Promise.withResolvers<void>();
  const slow = whileAtWork(() => reading.promise);

  const many = Array.from({ length: 500 }, (_, at) => `event ${at}`);
  await file(...many);
  const single = Array.from({ length: 16 }, (_, at) => `file ${at}`);
  await Promise.all(single.map((id) => file(id)));

  expect(writes).toEqual([many, single]);
  reading.resolve();
  await slow;
});

test('who is not at work waits for nobody', async () => {
  const { writes, write } = setUp();

  await write('a');

  expect(writes).toEqual([['a']]);
});

test('where a joint write fails each file tries for itself, and fails alone', async () => {
  const { writes, file } = setUp((ids) => ids.includes('bad'));

  const results = await Promise.allSettled([file('a'), file('bad'), file('c')]);

  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(writes).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
});

test('a failure of a single file is its own at once', async () => {
  const { writes, file } = setUp(() => true);

  await expect(file('a')).rejects.toThrow('a');

  expect(writes).toEqual([['a']]);
});

/** Lets everything run that waits for nothing. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
