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

export interface RunSettings {
  readonly random: Random;
  readonly rates: FaultRates;
  /** Fulfilled when a call that hangs may go on. */
  readonly pause: () => Promise<void>;
  /** Whether its timeout has passed: then it is killed. */
  readonly isTimedOut: () => boolean;
}

/** One run of a function. */
export interface FunctionRun extends RunSettings {
  isKilled: boolean;
  hasEnded: boolean;
  calls: { hanging: number; inFlight: number };
}

/** The run of a function that a call is made by. */
const runs = new AsyncLocalStorage<FunctionRun>();

export function createRun(settings: RunSettings): FunctionRun {
  return {
    ...settings,
    isKilled: false,
    hasEnded: false,
    calls: { hanging: 0, inFlight: 0 },
  };
}

/** Whether anything of it may still happen without a call that hangs going on. */
export function isAtWork({ hasEnded, calls }: FunctionRun): boolean {
  return calls.inFlight > 0 || (!hasEnded && calls.hanging === 0);
}

/**
 * Does one function's work, whose calls of services fail as they do on a bad day. A kill strikes
 * before or after a call took effect; from then on nothing that this function still has under way
 * gets out, nor does its answer.
 */
export async function runFunction<Answer>(
  run: FunctionRun,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    const answer = await runs.run(run, work);
    endWhenKilled(run);
    return answer;
  } finally {
    run.hasEnded = true;
  }
}

/** Makes a call of a service, which may fail or be the last thing that its function does. */
export async function callService<Answer>(
  call: () => Promise<Answer>,
  trouble: (random: Random) => Error,
): Promise<Answer> {
  const run = runs.getStore();
  if (!run) return call();
  const { random, rates, calls } = run;
  endWhenKilled(run);
  if (random.chance(rates.trouble)) throw trouble(random);
  if (random.chance(rates.pause)) {
    calls.hanging++;
    await run.pause();
    calls.hanging--;
    endWhenKilled(run);
  }
  const isKilledHere = random.chance(rates.kill);
  if (isKilledHere) run.isKilled = true;
  if (isKilledHere && random.chance(0.5)) throw new Killed();
  calls.inFlight++;
  const answer = await call().finally(() => calls.inFlight--);
  if (isKilledHere) throw new Killed();
  return answer;
}

function endWhenKilled(run: FunctionRun): void {
  if (run.isTimedOut()) run.isKilled = true;
  if (run.isKilled) throw new Killed();
}

/** The generator of the run that asks, when a service answers it in part only. */
export function partialAnswer(): Random | undefined {
  const run = runs.getStore();
  return run?.random.chance(run.rates.partial) ? run.random : undefined;
}
