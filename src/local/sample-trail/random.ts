/** A seeded source of chance: the same seed gives the same sample. */
export interface Random {
  /** At least 0, below 1. */
  fraction(): number;
  /** Between two whole numbers, both included. */
  integer(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<const Items extends readonly [unknown, ...unknown[]]>(items: Items): Items[number];
  /** In proportion to `weight`; the default weight is 1. */
  pickWeighted<T extends { readonly weight?: number }>(items: readonly [T, ...T[]]): T;
  hex(digits: number): string;
  uuid(): string;
}

/** Mulberry32 (public domain): fast, and good enough for made-up data. Never for secrets. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function word(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  const fraction = () => word() / 2 ** 32;
  const integer = (from: number, to: number) => from + Math.floor(fraction() * (to - from + 1));

  function hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += word().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }

  return {
    fraction,
    integer,
    chance: (probability) => fraction() < probability,
    pick: (items) => items[integer(0, items.length - 1)] ?? items[0],
    pickWeighted(items) {
      let left = fraction() * items.reduce((sum, item) => sum + (item.weight ?? 1), 0);
      for (const item of items) {
        left -= item.weight ?? 1;
        if (left < 0) return item;
      }
      return items[0];
    },
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
  };
}
