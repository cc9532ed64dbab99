import { callService } from './function-faults';
import { createRandom, type Random } from './random';

const MAX_RECEIVES = 5;
const MAX_BATCH = 10;
const VISIBILITY_TIMEOUT_MS = 6 * 60_000;

interface Message {
  readonly body: string;
  visibleAt: number;
  receives: number;
}

/** Takes a batch; answers the positions of those that are to be delivered again. */
export type Consume = (bodies: readonly string[]) => Promise<readonly number[]>;

/**
 * A standard queue as SQS promises it and no better: at least once, in any order. Repetitions end with
 * the trouble, else a message that sends itself again would multiply for a day.
 */
export class UnreliableQueue {
  readonly #random: Random;
  readonly #clock: () => number;
  readonly #isBad: () => boolean;
  readonly #messages: Message[] = [];
  readonly #dead: string[] = [];

  constructor(random: Random, clock: () => number, isBad: () => boolean) {
    this.#random = random;
    this.#clock = clock;
    this.#isBad = isBad;
  }

  /** When there is something to receive, epoch milliseconds; nothing when the queue is empty. */
  get nextVisibleAt(): number | undefined {
    if (this.#messages.length === 0) return undefined;
    return Math.min(...this.#messages.map(({ visibleAt }) => visibleAt));
  }

  get deadLetters(): number {
    return this.#dead.length;
  }

  send(body: string, delayMs = 0): void {
    const visibleAt = this.#clock() + delayMs;
    this.#messages.push({ body, visibleAt, receives: 0 });
    if (!this.#isBad() || !this.#random.chance(0.15)) return;
    this.#messages.push({ body, visibleAt, receives: 0 });
  }

  /** What functions send with: it may fail, before or after the message is in the queue. */
  readonly sendFromFunction = (body: string, delaySeconds = 0): Promise<void> =>
    callService(async () => this.send(body, delaySeconds * 1000), unreachable);

  readonly putAside = (body: string): Promise<void> =>
    callService(async () => void this.#dead.push(body), unreachable);

  /**
   * Delivers a batch, now and then to two consumers at once. What a consumer fails on, or whose
   * deletion is lost, is seen again; what was received too often moves to the dead letters.
   */
  async deliver(consume: Consume): Promise<void> {
    const random = createRandom(this.#random.below(2 ** 32));
    const messages = this.#receive(random);
    if (messages.length === 0) return;
    const bodies = messages.map(({ body }) => body);
    const consumers = this.#isBad() && random.chance(0.15) ? 2 : 1;
    const outcomes = await Promise.allSettled(
      Array.from({ length: consumers }, () => consume(bodies)),
    );
    for (const [at, message] of messages.entries()) {
      const isDone = outcomes.some(
        (done) => done.status === 'fulfilled' && !done.value.includes(at),
      );
      if (isDone && !(this.#isBad() && random.chance(0.05))) continue;
      message.visibleAt = this.#clock() + random.below(VISIBILITY_TIMEOUT_MS);
      if (isDone || message.receives < MAX_RECEIVES) this.#messages.push(message);
      else this.#dead.push(message.body);
    }
  }

  /** Sends the dead letters back to work; killed on its way it sends some of them twice. */
  redrive(): void {
    for (const body of this.#dead.splice(0)) this.send(body);
  }

  #receive(random: Random): readonly Message[] {
    const visible = this.#messages.filter(({ visibleAt }) => visibleAt <= this.#clock());
    const taken = Array.from(
      { length: Math.min(visible.length, 1 + random.below(MAX_BATCH)) },
      () => visible.splice(random.below(visible.length), 1),
    ).flat();
    for (const message of taken) {
      message.receives += 1;
      this.#messages.splice(this.#messages.indexOf(message), 1);
    }
    return taken;
  }
}

function unreachable(): Error {
  return Object.assign(new Error('SQS cannot be reached'), { name: 'ServiceUnavailable' });
}
