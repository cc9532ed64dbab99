import { AsyncLocalStorage } from 'node:async_hooks';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Random } from './random';

/** The function is gone, in the middle of whatever it did. */
class Killed extends Error {
  constructor() {
    super('the function was killed');
    this.name = 'Killed';
  }
}

export interface FaultRates {
  readonly kill: number;
  readonly throttle: number;
  readonly partialBatch: number;
}

interface Worker {
  readonly random: Random;
  readonly rates: FaultRates;
  isKilled: boolean;
}

/** The function that a call is made by. */
const workers = new AsyncLocalStorage<Worker>();

/**
 * Does one function's work, whose calls to DynamoDB fail as they do on a bad day. A kill strikes
 * before or after a call took effect, and from then on nothing that this function still has under
 * way gets out.
 */
export function withFaults(
  random: Random,
  rates: FaultRates,
  work: () => Promise<void>,
): Promise<void> {
  return workers.run({ random, rates, isKilled: false }, work);
}

/** Makes a real client's calls fail within `withFaults`. */
export function injectFaults(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const worker = workers.getStore();
      if (!worker) return next(args);
      const { random, rates } = worker;
      if (worker.isKilled) throw new Killed();
      if (random.chance(rates.throttle)) throw throttled();
      const isKilledHere = random.chance(rates.kill);
      if (isKilledHere) worker.isKilled = true;
      if (isKilledHere && random.chance(0.5)) throw new Killed();
      const withheld =
        context.commandName === 'BatchWriteItemCommand' && random.chance(rates.partialBatch)
          ? withholdWrites(args.input, random)
          : undefined;
      const answer = await next(args);
      if (isKilledHere) throw new Killed();
      if (withheld) Object.assign(answer.output, { UnprocessedItems: withheld });
      return answer;
    },
    { step: 'serialize', priority: 'high', name: 'faults' },
  );
}

/** What DynamoDB answers when an index cannot keep up: the table is throttled with it. */
function throttled(): Error {
  return Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
}

/** Takes some of a batch's writes out of the request: they come back unprocessed. */
function withholdWrites(input: unknown, random: Random): Record<string, unknown[]> | undefined {
  const { RequestItems } = input as { RequestItems: Record<string, unknown[]> };
  const withheld: Record<string, unknown[]> = {};
  for (const [table, writes] of Object.entries(RequestItems)) {
    const kept = writes.filter(() => random.chance(0.6));
    // DynamoDB refuses an empty batch, and never leaves everything without an exception.
    if (kept.length === 0 || kept.length === writes.length) continue;
    withheld[table] = writes.filter((write) => !kept.includes(write));
    RequestItems[table] = kept;
  }
  return Object.keys(withheld).length > 0 ? withheld : undefined;
}
