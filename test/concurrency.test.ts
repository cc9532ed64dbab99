import { inParallel } from '../src/concurrency';

describe('inParallel', () => {
  it('runs a task per input, no more at a time than it may', async () => {
    const done: number[] = [];
    let running = 0;
    let most = 0;

    await inParallel(
      [1, 2, 3, 4, 5],
      async (input) => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        done.push(input);
      },
      2,
    );

    expect(done.sort()).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });

  it('leaves nothing under way when it fails, and begins nothing more', async () => {
    const slow = Promise.withResolvers<void>();
    const begun: string[] = [];
    let hasEnded = false;
    let hasFailed = false;

    const work = inParallel(
      ['slow', 'bad', 'never begun'],
      async (input) => {
        begun.push(input);
        if (input === 'bad') throw new Error('bad');
        await slow.promise;
        hasEnded = true;
      },
      2,
    ).catch(() => {
      hasFailed = true;
    });
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    const failedBeforeTheEnd = hasFailed;
    slow.resolve();
    await work;

    expect(failedBeforeTheEnd).toBe(false);
    expect(hasFailed && hasEnded).toBe(true);
    expect(begun).toEqual(['slow', 'bad']);
  });
});
