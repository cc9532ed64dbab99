/** Tasks at once where the caller names no number. */
const DEFAULT_WIDTH = 8;

/**
 * Maps with a bounded number of calls at a time; results come in the order of their completion.
 * The source is read no further ahead than the calls.
 */
export async function* concurrently<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  limit: number,
  map: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running = new Map<number, Promise<readonly [number, Result]>>();
  let id = 0;
  for await (const item of items) {
    const own = id++;
    const call = map(item).then((result) => [own, result] as const);
    // A failure is reported when its turn comes, also if another one ends the run before.
    call.catch(() => {});
    running.set(own, call);
    if (running.size >= limit) yield await next(running);
  }
  while (running.size > 0) yield await next(running);
}

/**
 * Runs a task per input, a few at a time. Where one fails no further one is begun, and it fails when
 * those under way have ended: a function that has answered is frozen with what it still does, and goes
 * on with it when it is woken, minutes or hours later.
 */
export async function inParallel<Input>(
  inputs: readonly Input[],
  task: (input: Input) => Promise<void>,
  width = DEFAULT_WIDTH,
): Promise<void> {
  const queue = inputs.values();
  const failures: unknown[] = [];
  const workers = Array.from({ length: Math.min(width, inputs.length) }, async () => {
    for (const input of queue) {
      if (failures.length > 0) return;
      await task(input).catch((error: unknown) => failures.push(error));
    }
  });
  await Promise.all(workers);
  if (failures.length > 0) throw failures[0];
}

/** Runs all of these tasks at once, and as `inParallel` does. */
export async function allOf(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  await inParallel(tasks, (task) => task(), tasks.length);
}

async function next<Result>(
  running: Map<number, Promise<readonly [number, Result]>>,
): Promise<Result> {
  const [done, result] = await Promise.race(running.values());
  running.delete(done);
  return result;
}
