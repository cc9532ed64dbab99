import { BUNDLE_BUDGETS, BUNDLE_NAMES, synthesizeBundles } from '../integration/bundles';
import { startLambda } from '../integration/lambda-process';

const LOADS = 15;

export const title = 'Bundles';

/** Size of each function's one file, and the time that a fresh process takes to load it. */
export async function bench(): Promise<string> {
  const { bundles } = await synthesizeBundles();
  const rows: string[] = [];
  for (const name of BUNDLE_NAMES) {
    const { file, sizeBytes, environment } = bundles[name];
    const variables = Object.entries(environment).map(([variable, value]) => [
      variable,
      typeof value === 'string' ? value : `https://sqs.example.com/111122223333/${value.Ref}`,
    ]);
    const loads: number[] = [];
    for (let load = 0; load < LOADS; load++) {
      const lambda = await startLambda(file, Object.fromEntries(variables));
      loads.push(lambda.loadedMs);
      await lambda.stop();
    }
    loads.sort((a, b) => a - b);
    const budget = BUNDLE_BUDGETS[name];
    rows.push(
      `| ${name} | ${kilobytes(sizeBytes)} | ${budget ? `≤ ${kilobytes(budget)}` : ''} | ${milliseconds(loads, 0.5)} | ${milliseconds(loads, 0.9)} |`,
    );
  }
  return `Minified CommonJS with the AWS SDK inside. Load: \`require\` of the bundle in a fresh process, ${LOADS} times, without Node's start and without a compile cache.

| function | KB | budget | load, median ms | load, 90 % ms |
| --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}`;
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(0);
}

function milliseconds(sorted: readonly number[], share: number): string {
  return (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0);
}
