import { AsyncLocalStorage } from 'node:async_hooks';
import type { Random } from './random';

/** How often what goes wrong, per call of a service. */
export interface FaultRates {
  readonly kill: number;
  readonly trouble: number;
  readonly partial: number;
  /** A call that hangs while others go on. */
  readonly pause: number;
}

export const NO_FAULTS: FaultRates = { kill: 0, trouble: 0, partial: 0, pause: 0 };

/** The function is gone, in the middle of whatever it did. */
class Killed extends Error {
  constructor() {
    super('the function was killed');
    this.name = 'Killed';
  }
}

interface Run {
  readonly random: Random;
  readonly rates: FaultRates;
  readonly pause: () => Promise<void>;
  isKilled: boolean;
}

/** The run of a function that a call is made by. */
const runs = new AsyncLocalStorage<Run>();

/**
 * Does one function's work, whose calls of services fail as they do on a bad day. A kill strikes
 * before or after a call took effect; from then on nothing that this function still has under way
 * gets out, nor does its answer.
 *
 * @param pause - fulfilled when a call that hangs may go on.
 */
export async function runFunction<Answer>(
  random: Random,
  rates: FaultRates,
  pause: () => Promise<void>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const run: Run = { random, rates, pause, isKilled: false };
  const answer = await runs.run(run, work);
  if (run.isKilled) throw new Killed();
  return answer;
}

/** Makes a call of a service, which may fail or be the last thing that its function does. */
export async function callService<Answer>(
  call: () => Promise<Answer>,
  trouble: (random: Random) => Error,
): Promise<Answer> {
  const run = runs.getStore();
  if (!run) return call();
  const { random, rates } = run;
  if (run.isKilled) throw new Killed();
  if (random.chance(rates.trouble)) throw trouble(random);
  if (random.chance(rates.pause)) await run.pause();
  const isKilledHere = random.chance(rates.kill);
  if (isKilledHere) run.isKilled = true;
  if (isKilledHere && random.chance(0.5)) throw new Killed();
  const answer = await call();
  if (isKilledHere) throw new Killed();
  return answer;
}

/** The generator of the run that asks, when a service answers it in part only. */
export function partialAnswer(): Random | undefined {
  const run = runs.getStore();
  return run?.random.chance(run.rates.partial) ? run.random : undefined;
}
