/** A seeded generator: the same seed gives the same run. */
export interface Random {
  /** 0 ≤ x < 1. */
  next(): number;
  chance(probability: number): boolean;
  below(end: number): number;
  pick<Element>(list: readonly Element[]): Element;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    next,
    chance: (probability) => next() < probability,
    below,
    pick: (list) => {
      const element = list[below(list.length)];
      if (element === undefined) throw new Error('nothing to pick from');
      return element;
    },
  };
}
