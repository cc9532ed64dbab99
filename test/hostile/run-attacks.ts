import type { ApiDependencies } from '../../src/api/route';
import { createRandom } from '../faults/random';
import { peakBytes } from '../peak-bytes';
import type { MakeAttack } from './attack';
import { logFileAttack } from './log-file-attack';
import { notificationAttack } from './notification-attack';
import { createRequestAttack } from './request-attack';
import { statementAttack } from './statement-attack';

/** Processor time that no input may take. */
export const MAX_MS = 1000;
/** What the process may grow by, whatever it takes in: a quarter of the ingest function's memory. */
export const MAX_GROWTH_BYTES = 256 * 1024 * 1024;

interface KindReport {
  cases: number;
  slowestMs: number;
  slowestSeed: number;
}

interface Failure {
  readonly seed: number;
  readonly kind: string;
  readonly reason: string;
}

export interface AttackReport {
  readonly kinds: Readonly<Record<string, KindReport>>;
  readonly failures: readonly Failure[];
  readonly growthBytes: number;
}

export interface AttackOptions {
  readonly firstSeed: number;
  readonly runs: number;
  readonly store: ApiDependencies['store'];
  readonly onProgress?: (done: number) => void;
}

/** Takes hostile inputs of all kinds in turn; a seed says which and what. */
export async function runAttacks(options: AttackOptions): Promise<AttackReport> {
  const { firstSeed, runs, store, onProgress } = options;
  const makers: readonly (readonly [string, MakeAttack])[] = [
    ['log files', logFileAttack],
    ['statements', statementAttack],
    ['notifications', notificationAttack],
    ['API requests', createRequestAttack(store)],
  ];
  const kinds: Record<string, KindReport> = {};
  const failures: Failure[] = [];
  const startBytes = process.memoryUsage.rss();

  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const [kind, make] = makers[seed % makers.length] ?? ['log files', logFileAttack];
    const { run } = await make(createRandom(seed));
    const start = process.cpuUsage();
    const reason = await run().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? `${error.stack}` : String(error)),
    );
    const { user, system } = process.cpuUsage(start);
    const tookMs = (user + system) / 1000;
    if (reason !== undefined) failures.push({ seed, kind, reason });
    if (tookMs > MAX_MS) failures.push({ seed, kind, reason: `took ${tookMs.toFixed(0)} ms` });

    const report = kinds[kind] ?? { cases: 0, slowestMs: 0, slowestSeed: seed };
    kinds[kind] = report;
    report.cases += 1;
    if (tookMs > report.slowestMs) Object.assign(report, { slowestMs: tookMs, slowestSeed: seed });
    onProgress?.(seed - firstSeed + 1);
  }
  return { kinds, failures, growthBytes: peakBytes() - startBytes };
}
