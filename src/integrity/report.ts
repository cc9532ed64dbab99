import type { Selection } from './streams';
import type { Summary } from './summary';
import type { Finding } from './verify-trail';

export interface ReportContext {
  /** The folder or `s3://` address as given. */
  readonly place: string;
  readonly isFolder: boolean;
  readonly selection: Selection;
  /** File of the public keys; absent when CloudTrail was asked. */
  readonly publicKeysFile?: string;
  readonly now: Date;
}

const MEANINGS = {
  digest: {
    failed: 'are not what CloudTrail wrote',
    missing: 'are named by another digest but are not there',
    unsigned: 'have no signature, so nothing can be said of them',
  },
  log: {
    failed: 'are not what CloudTrail delivered',
    missing: 'were delivered by CloudTrail but are not there',
    unlisted: 'are named by no verified digest: CloudTrail does not vouch for them',
    unverified: 'could not be verified yet',
  },
} as const;

const NOUNS = { digest: 'digest', log: 'log file', folder: 'folder' } as const;

/** The result in plain sentences, for somebody who has never heard of CloudTrail. */
export function formatReport(summary: Summary, context: ReportContext): string {
  const sections = [
    ['Integrity report of Querytrail', `made ${context.now.toISOString()}`],
    ['RESULT', ...resultLines(summary)],
    ['WHAT WAS EXAMINED', ...examinedLines(summary, context)],
    ['DIGESTS', ...countLines('digest', summary.digests)],
    ['LOG FILES', ...countLines('log', summary.logs)],
    problemLines('NOT VERIFIED', summary.problems),
    problemLines('TO BE KNOWN', summary.notes),
    ['HOW IT WAS CHECKED', ...methodLines(summary, context)],
    ['WHAT THIS DOES NOT SHOW', ...limitLines(summary)],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map(([title, ...lines]) => [title, ...lines.map((line) => `  ${line}`)].join('\n'))
    .join('\n\n')}\n`;
}

function resultLines({ ok, digests, logs, folders, problems, tooNew }: Summary): string[] {
  const young =
    tooNew > 0
      ? [`${plural(tooNew, 'more log file')}: too new, CloudTrail lists them within two hours.`]
      : [];
  if (ok) {
    return [
      `All verified: ${plural(digests.verified, 'digest')} and ${plural(logs.verified, 'log file')} are what CloudTrail wrote.`,
      ...young,
    ];
  }
  if (total(digests) === 0) {
    return [
      'NOT VERIFIED: no digest was found, so nothing can be proven.',
      'Digests are written only where log file validation is switched on for the trail.',
    ];
  }
  const isNothingWrong = folders === 0 && problems.every(({ verdict }) => verdict === 'unverified');
  const files = problems.length - folders;
  const parts = [
    files > 0 ? [`${plural(files, 'file')} of ${total(digests) + total(logs)}`] : [],
    folders > 0 ? [`${plural(folders, 'folder')} could not be read`] : [],
  ];
  return [
    `NOT ALL VERIFIED: ${parts.flat().join(', and ')}.`,
    ...(isNothingWrong
      ? ['Nothing was found to be altered or missing; these files have no proof yet.']
      : []),
  ];
}

function examinedLines({ covers }: Summary, { place, isFolder, selection }: ReportContext) {
  const { from, to, accountId, region } = selection;
  const delivered =
    from || to
      ? `delivered ${from ? `from ${from.toISOString()}` : 'at any time'}${to ? ` before ${to.toISOString()}` : ''}`
      : 'of all times';
  return [
    `${isFolder ? 'Folder' : 'Bucket'}: ${place}`,
    `Log files ${delivered}, ${accountId ? `account ${accountId}` : 'all accounts'}, ${region ? `Region ${region}` : 'all Regions'}.`,
    covers
      ? `The verified digests cover deliveries from ${covers.from} to ${covers.to}.`
      : 'No verified digest covers any time.',
  ];
}

function countLines(
  kind: keyof typeof MEANINGS,
  counts: Readonly<Record<string, number>>,
): string[] {
  const bad = Object.entries(MEANINGS[kind]).flatMap(([verdict, meaning]) => {
    const count = counts[verdict] ?? 0;
    return count > 0 ? [`${count} ${verdict}: ${meaning}.`] : [];
  });
  return [`${plural(total(counts), NOUNS[kind])}, of which ${counts.verified} verified.`, ...bad];
}

function problemLines(title: string, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  return [
    title,
    ...findings.flatMap(({ kind, key, verdict, reason = '' }) => [
      `${verdict.padEnd(10)} ${key}`,
      `           The ${NOUNS[kind]} ${reason}.`,
    ]),
  ];
}

function methodLines({ keys }: Summary, { isFolder, publicKeysFile }: ReportContext): string[] {
  return [
    'CloudTrail lists the log files of every hour, with the SHA-256 of each, in a digest that it signs.',
    "Each digest's signature (SHA-256 with RSA) was checked with CloudTrail's public key, and its",
    'SHA-256 and signature against what the digest after it says; each log file was read whole and its',
    'SHA-256 compared with the signed one; then files that no digest lists were looked for.',
    `Public keys: ${publicKeysFile ? `taken from ${publicKeysFile}; whether they are CloudTrail's must be known otherwise` : 'asked of CloudTrail itself'}.`,
    ...keys.map(
      ({ region, fingerprint, digests }) =>
        `  ${fingerprint} (${region}): signs ${plural(digests, 'verified digest')}`,
    ),
    ...(isFolder
      ? ['The bucket was not looked at: its name was taken as the digests sign it.']
      : []),
  ];
}

function limitLines({ covers }: Summary): string[] {
  return [
    'That CloudTrail recorded every call: AWS delivers events as best it can.',
    `Anything outside of the time that the verified digests cover${covers ? `, so after ${covers.to}` : ''}.`,
    'Deleted newest digests, together with their log files, leave no trace but this end.',
  ];
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
