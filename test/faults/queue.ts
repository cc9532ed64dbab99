import type { Random } from './random';

const MAX_RECEIVES = 5;

interface Message {
  readonly body: string;
  receives: number;
}

/** A standard queue as SQS promises it and no better: at least once, in any order. */
export class UnreliableQueue {
  readonly #random: Random;
  readonly #messages: Message[] = [];
  /** Messages that were received too often, as SQS would move them. */
  readonly dead: string[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  send(body: string): void {
    this.#messages.push({ body, receives: 0 });
    if (this.#random.chance(0.15)) this.#messages.push({ body, receives: 0 });
  }

  /**
   * Delivers one message, now and then to two consumers at once. A consumer that fails, or whose
   * deletion is lost, sees the message again.
   */
  async deliver(consume: (body: string) => Promise<void>): Promise<void> {
    const at = this.#random.below(this.#messages.length);
    const [message] = this.#messages.splice(at, 1);
    if (message === undefined) return;
    message.receives += 1;
    const consumers = this.#random.chance(0.15) ? 2 : 1;
    const outcomes = await Promise.allSettled(
      Array.from({ length: consumers }, () => consume(message.body)),
    );
    const isDone = outcomes.some(({ status }) => status === 'fulfilled');
    if (isDone && !this.#random.chance(0.05)) return;
    if (!isDone && message.receives >= MAX_RECEIVES) this.dead.push(message.body);
    else this.#messages.push(message);
  }

  /** What an operator does once the trouble is over. */
  redrive(): void {
    for (const body of this.dead.splice(0)) this.#messages.push({ body, receives: 0 });
  }
}
