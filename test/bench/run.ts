/**
 * Runs the benchmarks and writes their tables into docs/performance.md.
 *
 *     npm run bench                  every section
 *     npm run bench -- reading api   these sections
 *
 * A section is a file `<name>.bench.ts` here that exports a `Bench`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, type } from 'node:os';
import { join, resolve } from 'node:path';

export interface Bench {
  /** Heading of the section. */
  readonly title: string;
  /** Measures, and answers with the section's markdown: a table, and what it takes to read it. */
  bench(): Promise<string>;
}

const REPORT = resolve(__dirname, '../../docs/performance.md');

async function main(): Promise<void> {
  const names = sectionNames();
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown) throw new Error(`no section '${unknown}'; there are: ${names.join(', ')}`);

  for (const name of asked.length > 0 ? asked : names) {
    const { title, bench }: Bench = await import(join(__dirname, `${name}.bench.ts`));
    const block = `${conditions(name)}\n\n${(await bench()).trim()}`;
    process.stdout.write(`\n## ${title}\n\n${block}\n`);
    writeFileSync(REPORT, withSection(readFileSync(REPORT, 'utf8'), name, title, block));
  }
}

function sectionNames(): string[] {
  return readdirSync(__dirname)
    .filter((file) => file.endsWith('.bench.ts'))
    .map((file) => file.slice(0, -'.bench.ts'.length))
    .sort();
}

function conditions(name: string): string {
  const processors = cpus();
  const machine = `${processors[0]?.model ?? 'unknown processor'}, ${processors.length} cores`;
  const system = `${type()} ${release()}`;
  const day = new Date().toISOString().slice(0, 10);
  return `\`npm run bench -- ${name}\` on ${machine}, ${system}, Node ${process.version}, ${day}.`;
}

/** Replaces the section between its markers; a new one goes to the end. */
function withSection(report: string, name: string, title: string, block: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const start = report.indexOf(open);
  const end = report.indexOf(close);
  const section = `${open}\n${block}\n${close}`;
  if (start < 0 || end < 0) return `${report.trimEnd()}\n\n## ${title}\n\n${section}\n`;
  return report.slice(0, start) + section + report.slice(end + close.length);
}

main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
