/** A seeded source of choices (mulberry32): the same seed gives the same statements. */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  is(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)];
    if (choice === undefined) throw new Error('nothing to choose from');
    return choice;
  }
}

export interface GeneratedStatement {
  readonly text: string;
  readonly operation: string;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** A statement in the making: its words, and the tables that its author put into it. */
export class Draft {
  readonly reads = new Set<string>();
  readonly writes = new Set<string>();
  private readonly words: string[] = [];

  constructor(
    readonly chance: Chance,
    private readonly lineComment: string,
  ) {}

  /** Words as written, parted by spaces; those in upper case may change their case. */
  add(words: string): this {
    this.words.push(...words.split(' ').filter((word) => word !== ''));
    return this;
  }

  /** One word that may hold spaces: a string or a quoted name. */
  addOne(word: string): this {
    this.words.push(word);
    return this;
  }

  maybe(percent: number, write: () => void): this {
    if (this.chance.is(percent)) write();
    return this;
  }

  /** `write` once or more, with commas between. */
  list(most: number, write: () => void): this {
    for (let left = this.chance.below(most); ; left -= 1) {
      write();
      if (left === 0) return this;
      this.add(',');
    }
  }

  oneOf(...writers: readonly (() => void)[]): this {
    this.chance.pick(writers)();
    return this;
  }

  finish(operation: string): GeneratedStatement {
    let text = this.chance.is(20) ? this.gap() : '';
    let previous = '';
    for (const word of this.words) {
      const touches = /[\w$"'`]$/.test(previous) && /^[\w$"'`&]/.test(word);
      const joins = previous === '' || (!touches && !makesComment(previous, word));
      if (previous !== '' && !(joins && this.chance.is(40))) text += this.gap();
      text += this.inSomeCase(word);
      previous = word;
    }
    if (this.chance.is(20)) text += ';';
    if (this.chance.is(10)) text += ` ${this.lineComment} FROM nowhere`;
    return { text, operation, reads: [...this.reads], writes: [...this.writes] };
  }

  private gap(): string {
    if (this.chance.is(85)) return this.chance.pick([' ', ' ', ' ', '  ', '\n', '\t', '\r\n']);
    return this.chance.pick([
      ' /* FROM lost, JOIN gone */ ',
      '/**/',
      ` ${this.lineComment} DROP TABLE lost\n`,
      " /* it's ; ( */ ",
    ]);
  }

  private inSomeCase(word: string): string {
    if (!/^[A-Z_]+$/.test(word) || !this.chance.is(40)) return word;
    return this.chance.is(70) ? word.toLowerCase() : word.slice(0, 1) + word.slice(1).toLowerCase();
  }
}

function makesComment(one: string, other: string): boolean {
  return /[-/*]$/.test(one) && /^[-/*]/.test(other);
}
