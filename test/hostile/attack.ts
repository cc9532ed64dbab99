import type { Random } from '../faults/random';

/** One hostile input, ready to be taken. */
export interface Attack {
  /** What is wrong when it rejects or throws: nothing hostile may do more than be refused. */
  readonly run: () => Promise<void>;
}

export type MakeAttack = (random: Random) => Attack | Promise<Attack>;

/** @throws Error which names what does not hold. */
export function hold(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}
