/**
 * Lists the licences of everything that Querytrail is shipped with, and the known advisories.
 *
 *     npm run licences
 *
 * Fails for a licence that is not on the list below, or for an advisory of high severity. Says so
 * where the registry of advisories cannot be reached.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** Licences that ask for no more than their own text to be kept. */
const ALLOWED: ReadonlySet<string> = new Set([
  ...['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC'],
  ...['MIT', 'MIT-0', 'Python-2.0', 'Unlicense'],
]);
const ROOT = join(__dirname, '..');

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), dev: z.boolean().optional() }),
  ),
});
const manifestSchema = z.object({
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
});
/** A package is affected by an advisory, or by a package of that name that it needs. */
const causeSchema = z.union([
  z.string(),
  z.object({ severity: z.string(), title: z.string(), url: z.string(), range: z.string() }),
]);
const auditSchema = z.object({
  metadata: z.object({ vulnerabilities: z.record(z.string(), z.number()) }),
  vulnerabilities: z.record(
    z.string(),
    z.object({ severity: z.string(), via: z.array(causeSchema) }),
  ),
});

function main(): void {
  const isLicensed = reportLicences();
  const isSafe = reportAdvisories();
  process.exitCode = isLicensed && isSafe ? 0 : 1;
}

function reportLicences(): boolean {
  const { packages } = lockSchema.parse(
    JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')),
  );
  const byLicence = new Map<string, string[]>();
  for (const [path, { version, dev }] of Object.entries(packages)) {
    // Binaries for other platforms are in the lock, but not in the folder.
    if (path === '' || dev || !existsSync(join(ROOT, path))) continue;
    const licence = licenceOf(join(ROOT, path));
    const name = `${path.split('node_modules/').at(-1)} ${version}`;
    byLicence.set(licence, [...(byLicence.get(licence) ?? []), name]);
  }
  for (const [licence, names] of [...byLicence].sort((a, b) => b[1].length - a[1].length)) {
    const list = names.length <= 5 ? `: ${names.join(', ')}` : '';
    process.stdout.write(`${names.length} ${licence}${list}\n`);
  }
  const refused = [...byLicence].filter(([licence]) => !isAllowed(licence));
  for (const [licence, names] of refused) {
    process.stdout.write(`not allowed: ${licence} (${names.join(', ')})\n`);
  }
  return refused.length === 0;
}

function licenceOf(folder: string): string {
  const manifest = manifestSchema.parse(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  );
  const { license, licenses = [] } = manifest;
  if (typeof license === 'string') return license;
  return license?.type ?? (licenses.map(({ type }) => type).join(' OR ') || 'none said');
}

/** `(MIT OR GPL-3.0)` is MIT for us. */
function isAllowed(licence: string): boolean {
  const choices = licence.replaceAll(/[()]/g, '').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((part) => ALLOWED.has(part)));
}

function reportAdvisories(): boolean {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 60_000,
  });
  const report = auditSchema.safeParse(parseJson(stdout));
  if (!report.success) {
    process.stdout.write('advisories: not known, the registry could not be asked\n');
    return true;
  }
  const { vulnerabilities, metadata } = report.data;
  const counts = Object.entries(metadata.vulnerabilities).map(
    ([level, count]) => `${count} ${level}`,
  );
  process.stdout.write(`advisories: ${counts.join(', ')}\n`);
  for (const [name, { severity, via }] of Object.entries(vulnerabilities)) {
    for (const cause of via) {
      const line =
        typeof cause === 'string'
          ? `${severity}: ${name}, by ${cause}`
          : `${cause.severity}: ${name} ${cause.range}, ${cause.title} (${cause.url})`;
      process.stdout.write(`  ${line}\n`);
    }
  }
  const { high = 0, critical = 0 } = metadata.vulnerabilities;
  return high + critical === 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

main();
