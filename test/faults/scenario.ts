import { setImmediate } from 'node:timers/promises';
import { DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLocalClient, ensureTable } from '../../src/local/embedded-store';
import { type AthenaDay, createFaultyAthena } from './athena';
import {
  type Contents,
  differencesOf,
  readContents,
  readTotals,
  withoutUnlisted,
} from './contents';
import { injectFaults } from './faulty-dynamo';
import { createFaultyS3 } from './faulty-s3';
import { BUCKET, makeTrail, START, type Trail } from './files';
import {
  createRun,
  type FaultRates,
  type FunctionRun,
  isAtWork,
  NO_FAULTS,
  runFunction,
} from './function-faults';
import {
  type Container,
  type ContainerName,
  openStore,
  type Services,
  startContainer,
} from './functions';
import { UnreliableQueue } from './queue';
import { createRandom, type Random } from './random';

const FAULTS: FaultRates = { kill: 0.025, trouble: 0.03, partial: 0.3, pause: 0.02 };
const MINUTE_MS = 60_000;
/** After so many steps the trouble is over, and everything has to come right. */
const BAD_STEPS = 50;
/** When every execution has ended that ends at all. */
const EVENING = START + 8 * 60 * MINUTE_MS;
/** How far the clock of a function may be off: no more than totals bear. */
const MAX_SKEW_MS = MINUTE_MS;
/** When Lambda kills a function, as the stack sets it. */
const TIMEOUT_MS = 5 * MINUTE_MS;
/** A call hangs for so many steps of so long at most. */
const MAX_PAUSE_STEPS = 4;
const PAUSE_STEP_MS = 15_000;
const MAX_STEPS = 5_000;

export interface Outcome {
  readonly items: number;
  readonly deliveries: number;
  /** What differs between the truth and what the bad day left; empty = right. */
  readonly differences: readonly string[];
}

/**
 * One bad day: the same files go through the real code twice, once in peace and once with faults at
 * every arrow. Afterwards both stores have to answer the same, item by item.
 */
export async function runScenario(endpoint: string, seed: number): Promise<Outcome> {
  const random = createRandom(seed);
  const trail = makeTrail(random);
  const client = createLocalClient(endpoint);
  injectFaults(client);
  const quiet = new Day(client, `quiet-${seed}`, trail, createRandom(seed), 0);
  const bad = new Day(client, `bad-${seed}`, trail, random, BAD_STEPS);
  try {
    await quiet.run();
    await bad.run();
    const truth = await quiet.read();
    const differences = differencesOf(withoutUnlisted(truth), withoutUnlisted(await bad.read()));
    await bad.replayLater();
    differences.push(...differencesOf(truth, await bad.read()));
    await bad.announceDigests();
    differences.push(...differencesOf(truth, await bad.read()));
    for (const day of [quiet, bad]) await day.forget();
    return { items: truth.size, deliveries: bad.deliveries, differences };
  } finally {
    client.destroy();
  }
}

/** A stack's day from the first notification until nothing is left to do. */
class Day {
  deliveries = 0;
  readonly #random: Random;
  readonly #trail: Trail;
  readonly #badSteps: number;
  readonly #services: Services;
  readonly #queues: readonly UnreliableQueue[];
  readonly #containers: Container[] = [];
  /** Files that nobody may read until somebody has mended it. */
  readonly #forbidden: ReadonlySet<string>;
  #athena: AthenaDay;
  #now: number;
  #steps = 0;
  /** Calls that hang, by the step that lets them go on. */
  #hanging: { readonly until: number; readonly goOn: () => void }[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #runs: FunctionRun[] = [];

  constructor(
    client: DynamoDBClient,
    tableName: string,
    trail: Trail,
    random: Random,
    badSteps: number,
  ) {
    this.#random = random;
    this.#trail = trail;
    this.#athena = trail.athena;
    this.#badSteps = badSteps;
    this.#now = badSteps > 0 ? START : EVENING;
    const clock = () => this.#now;
    const isBad = () => this.#isBad;
    const isForbidden = (key: string) => this.#isBad && this.#forbidden.has(key);
    const keys = trail.files.map(({ key }) => key);
    this.#forbidden = new Set(keys.filter(() => random.chance(0.08)));
    this.#services = {
      dynamo: { client, tableName },
      s3: createFaultyS3(
        new Map([...trail.files.map((file) => [file.key, file] as const), ...trail.digests]),
        isForbidden,
      ),
      athena: createFaultyAthena(() => this.#athena, clock),
      intake: new UnreliableQueue(random, clock, isBad),
      recovery: new UnreliableQueue(random, clock, isBad),
      integrity: new UnreliableQueue(random, clock, isBad),
    };
    const { intake, recovery, integrity } = this.#services;
    this.#queues = [intake, recovery, integrity];
  }

  async run(): Promise<void> {
    const { client, tableName } = this.#services.dynamo;
    await ensureTable(client, tableName);
    this.#announce();
    for (;;) {
      await this.#workOff();
      if (this.#queues.every(({ deadLetters }) => deadLetters === 0)) break;
      this.#endTrouble();
      for (const queue of this.#queues) queue.redrive();
    }
    if (this.#badSteps === 0) await this.announceDigests();
  }

  /** All files once more, when Athena has forgotten: what recovery added has to stay. */
  async replayLater(): Promise<void> {
    const { executions } = this.#athena;
    const closed = [...executions].filter(([, { isClosed }]) => isClosed);
    this.#athena = { executions: new Map(closed), texts: new Map() };
    for (const { key } of this.#trail.files) this.#services.intake.send(notificationOf([key]));
    await this.#workOff();
  }

  /** In their order, after the files that they name. */
  async announceDigests(): Promise<void> {
    for (const key of this.#trail.digests.keys()) {
      this.#services.intake.send(notificationOf([key]));
      await this.#workOff();
    }
  }

  /** What the store answers once the totals have come to rest. */
  async read(): Promise<Contents> {
    const { client, tableName } = this.#services.dynamo;
    const store = openStore(this.#services.dynamo, () => this.#now);
    const before = await readTotals(store);
    this.#now += 60 * MINUTE_MS;
    while ((await store.rollUp()) > 0);
    const contents = await readContents(client, tableName, store);
    // In peace the totals are counted one by one, on a bad day they have to come to the same.
    if (this.#badSteps === 0) return contents;
    const others = [...contents].filter(([name]) => !name.startsWith('counted '));
    return new Map([...others, ...before]);
  }

  async forget(): Promise<void> {
    const { client, tableName } = this.#services.dynamo;
    await client.send(new DeleteTableCommand({ TableName: tableName }));
  }

  get #isBad(): boolean {
    return this.#steps < this.#badSteps;
  }

  /** Notifications come at any time, twice, together, or not at all until somebody sends them again. */
  #announce(): void {
    const { intake, recovery } = this.#services;
    const keys = this.#trail.files.map(({ key }) => key);
    const delayMs = () => (this.#isBad ? this.#random.below(60) * MINUTE_MS : 0);
    if (keys.length > 1 && this.#random.chance(0.2)) intake.send(notificationOf(keys), delayMs());
    else for (const key of keys) intake.send(notificationOf([key]), delayMs());
    if (!this.#isBad) return;
    for (const key of this.#trail.digests.keys()) intake.send(notificationOf([key]), delayMs() * 3);
    for (const key of keys) {
      if (this.#random.chance(0.3)) intake.send(notificationOf([key]), delayMs() * 2);
    }
    for (const { id, account, region, endsAt, endState } of this.#athena.executions.values()) {
      if (!this.#random.chance(0.7) || endsAt === Number.POSITIVE_INFINITY) continue;
      const change = {
        'detail-type': 'Athena Query State Change',
        account,
        region,
        detail: { queryExecutionId: id, currentState: endState },
      };
      recovery.send(JSON.stringify(change), endsAt - START + this.#random.below(MINUTE_MS));
    }
  }

  async #workOff(): Promise<void> {
    for (;;) {
      const next = this.#queues.flatMap(({ nextVisibleAt }) => nextVisibleAt ?? []);
      if (next.length === 0 && this.#underWay.size === 0) return;
      if (next.length === 0) {
        await this.#endRuns();
        continue;
      }
      if (this.#steps > MAX_STEPS) throw new Error('the day does not end');
      this.#now = Math.max(this.#now, Math.min(...next));
      await this.#step();
      this.#now += this.#hanging.length > 0 ? PAUSE_STEP_MS : this.#random.below(2 * MINUTE_MS);
    }
  }

  /** Some functions at once: a kill ends one of them and nothing else, a pause holds up one. */
  async #step(): Promise<void> {
    const { intake, recovery, integrity } = this.#services;
    this.#steps += 1;
    this.#goOn(({ until }) => until <= this.#steps);
    const work: (() => Promise<unknown>)[] = [
      () => intake.deliver((bodies) => this.#runOne('ingest', bodies)),
      () => recovery.deliver((bodies) => this.#runOne('recovery', bodies)),
      () => integrity.deliver((bodies) => this.#runOne('integrity', bodies)),
    ];
    if (!this.#isBad) {
      await this.#endRuns();
      for (const one of work) await one();
      return;
    }
    const chosen = Array.from({ length: 1 + this.#random.below(3) }, () => this.#random.pick(work));
    if (this.#random.chance(0.1)) chosen.push(() => this.#runOne('upkeep', []).catch(() => []));
    if (this.#random.chance(0.05)) this.#random.pick(this.#queues).redrive();
    for (const one of chosen) this.#follow(one());
    await this.#rest();
  }

  #follow(run: Promise<unknown>): void {
    this.#underWay.add(run);
    void run.finally(() => this.#underWay.delete(run));
  }

  /** Until each run has ended or hangs: the clock stands still for those that are at work. */
  async #rest(): Promise<void> {
    do await setImmediate();
    while (this.#runs.some(isAtWork));
    this.#runs = this.#runs.filter(({ hasEnded }) => !hasEnded);
  }

  readonly #pause = (): Promise<void> =>
    new Promise((resolve) => {
      const until = this.#steps + 1 + this.#random.below(MAX_PAUSE_STEPS);
      this.#hanging.push({ until, goOn: resolve });
    });

  #goOn(isOver: (hanging: { readonly until: number }) => boolean): void {
    const over = this.#hanging.filter(isOver);
    this.#hanging = this.#hanging.filter((one) => !isOver(one));
    for (const { goOn } of over) goOn();
  }

  async #endRuns(): Promise<void> {
    while (this.#underWay.size > 0) {
      this.#goOn(() => true);
      await this.#rest();
    }
  }

  async #runOne(name: ContainerName, bodies: readonly string[]): Promise<readonly number[]> {
    this.deliveries += 1;
    const random = createRandom(this.#random.below(2 ** 32));
    const container = this.#takeContainer(name, random);
    const isOutOfTime = this.#isBad && random.chance(0.4) ? () => random.chance(0.5) : () => false;
    const endMs = this.#now + TIMEOUT_MS;
    const run = createRun({
      random,
      rates: this.#isBad ? FAULTS : NO_FAULTS,
      pause: this.#pause,
      isTimedOut: () => this.#now > endMs,
    });
    this.#runs.push(run);
    const answer = await runFunction(run, () => container.run(bodies, isOutOfTime));
    // Only a container that has come to its end is used again.
    this.#containers.push(container);
    return answer;
  }

  #takeContainer(name: ContainerName, random: Random): Container {
    const at = this.#containers.findIndex((warm) => warm.name === name);
    const [warm] = at >= 0 && random.chance(0.7) ? this.#containers.splice(at, 1) : [];
    if (warm) return warm;
    const skewMs = this.#isBad ? random.below(2 * MAX_SKEW_MS) - MAX_SKEW_MS : 0;
    return startContainer(name, this.#services, () => this.#now + skewMs);
  }

  #endTrouble(): void {
    this.#steps = Math.max(this.#steps, this.#badSteps);
  }
}

function notificationOf(keys: readonly string[]): string {
  return JSON.stringify({ s3Bucket: BUCKET, s3ObjectKey: keys });
}
