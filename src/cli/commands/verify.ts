import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { TIME_FORMS } from '../../api/time';
import { ConfigError } from '../../errors';
import type { PublicKeys } from '../../integrity/public-keys';
import type { ListedTrailObjects } from '../../integrity/trail-objects';
import type { Finding, FolderFinding, VerifyTrailOptions } from '../../integrity/verify-trail';
import { toOneLine } from '../../safe-text';
import type { Io, Output } from '../io';
import { Unsuccessful } from '../unsuccessful';
import { checkRange, toAccount, toDate } from './parse-selection';

interface VerifyOptions {
  readonly from?: Date;
  readonly to?: Date;
  readonly account?: string;
  readonly region?: string;
  readonly publicKeys?: string;
  readonly json?: boolean;
}

interface Place {
  readonly objects: ListedTrailObjects;
  readonly root: string;
  readonly isFolder: boolean;
  /** Grows while the place is listed. */
  readonly unread: readonly FolderFinding[];
}

const LINES_PER_WRITE = 1000;

const EXAMPLES = `
Exit code: 0 everything is verified, 1 something is not (or there is nothing to verify), 2 misuse.

Examples:
  # A live bucket; files of the last two hours may lack their digest yet
  $ querytrail verify s3://audit-logs --from -7d

  # One account and Region, for a machine
  $ querytrail verify s3://audit-logs/trails --account 111122223333 --region eu-west-1 --json

  # A copy on disk, without network: public keys saved before with
  #   aws cloudtrail list-public-keys --start-time … --end-time … > keys.json
  $ querytrail verify ./evidence --public-keys keys.json`;

/** Adds `querytrail verify`. */
export function register(program: Command, io: Io): void {
  program
    .command('verify')
    .description("Prove log files against CloudTrail's signed digests")
    .argument('<place>', 'a folder with a copy of the bucket, or s3://bucket/prefix')
    .option('--from <time>', `only log files delivered from then on: ${TIME_FORMS}`, toDate(io))
    .option('--to <time>', 'only log files delivered before then', toDate(io))
    .option('--account <id>', 'only this account', toAccount)
    .option('--region <name>', 'only this Region')
    .option(
      '--public-keys <file>',
      'saved answer of ListPublicKeys; without it CloudTrail is asked',
    )
    .option('--json', 'print every digest and log file with its verdict as JSON')
    .addHelpText('after', EXAMPLES)
    .action((place: string, options: VerifyOptions) => verify(place, options, io));
}

async function verify(address: string, options: VerifyOptions, io: Io): Promise<void> {
  const { formatReport } = await import('../../integrity/report');
  const { summarize } = await import('../../integrity/summary');
  const { verifyTrail } = await import('../../integrity/verify-trail');
  const { from, to, account: accountId, region } = options;
  const selection = { from, to, accountId, region };
  checkRange(selection);
  const { isFolder, unread, ...place } = await openPlace(address);
  const keys = await openKeys(options.publicKeys);
  const bar = await createBar(io);

  const now = new Date(io.clock());
  const found = verifyTrail({ ...place, keys, selection, now, progress: bar });
  const findings = join(found, unread);
  const kept: Finding[] = [];
  const summary = await summarize(options.json ? keep(findings, kept) : readable(findings)).finally(
    bar.stop,
  );

  if (options.json) {
    await writeJson(io.stdout, summary.ok, kept);
  } else {
    const publicKeysFile = options.publicKeys;
    const context = { place: address, isFolder, selection, publicKeysFile, now };
    await io.stdout.write(formatReport(summary, context));
  }
  if (!summary.ok) throw new Unsuccessful('not everything is verified');
}

async function openPlace(address: string): Promise<Place> {
  if (address.startsWith('s3://')) return openBucket(address.slice('s3://'.length));
  const isFolder = await stat(address).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new ConfigError(
      'config.place',
      `${address} is no folder: give a folder or s3://bucket/prefix`,
    );
  }
  const { createFolderObjects } = await import('../../integrity/folder-objects');
  const unread: FolderFinding[] = [];
  const objects = createFolderObjects(address, (key, code) => {
    const reason = `could not be read (${code})`;
    unread.push({ kind: 'folder', key, verdict: 'unverified', reason });
  });
  return { objects, root: '', isFolder: true, unread };
}

async function openBucket(path: string): Promise<Place> {
  const [bucket = '', ...folders] = path.split('/').filter((part) => part !== '');
  if (bucket === '') throw new ConfigError('config.place', 's3:// without a bucket name');
  if (folders.some((folder) => folder.startsWith('CloudTrail'))) {
    throw new ConfigError(
      'config.place',
      `s3://${path}: give the prefix above the CloudTrail folders; --region and --from narrow it`,
    );
  }
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { createBucketObjects } = await import('../../integrity/s3-objects');
  const client = new S3Client({ followRegionRedirects: true });
  const root = folders.map((folder) => `${folder}/`).join('');
  return { objects: createBucketObjects(client, bucket), root, isFolder: false, unread: [] };
}

async function openKeys(file: string | undefined): Promise<PublicKeys> {
  if (file !== undefined) {
    const { readPublicKeys } = await import('../../integrity/public-keys');
    return readPublicKeys(file);
  }
  const { CloudTrailClient } = await import('@aws-sdk/client-cloudtrail');
  const { createCloudTrailPublicKeys } = await import('../../integrity/cloudtrail-public-keys');
  return createCloudTrailPublicKeys((region) => new CloudTrailClient({ region }));
}

type Progress = NonNullable<VerifyTrailOptions['progress']> & { stop(): void };

async function createBar({ stderr }: Io): Promise<Progress> {
  if (!stderr.isTerminal) return { expect: () => {}, done: () => {}, stop: () => {} };
  const { SingleBar } = await import('cli-progress');
  const bar = new SingleBar({ format: 'verifying [{bar}] {value} of {total} files found so far' });
  bar.start(0, 0);
  return {
    expect: (files) => bar.setTotal(bar.getTotal() + files),
    done: () => bar.increment(),
    stop: () => bar.stop(),
  };
}

async function* join(
  findings: AsyncIterable<Finding>,
  more: readonly Finding[],
): AsyncIterable<Finding> {
  yield* findings;
  yield* more;
}

async function* keep(findings: AsyncIterable<Finding>, kept: Finding[]): AsyncIterable<Finding> {
  for await (const finding of findings) {
    kept.push(finding);
    yield finding;
  }
}

/** A name may hold anything, and a digest, too: neither drives the terminal nor adds a line. */
async function* readable(findings: AsyncIterable<Finding>): AsyncIterable<Finding> {
  for await (const finding of findings) {
    const { key, reason } = finding;
    const said = reason === undefined ? {} : { reason: toOneLine(reason) };
    yield { ...finding, ...said, key: toOneLine(key) };
  }
}

/** Piece by piece: the report of a large trail is longer than the longest string. */
async function writeJson(stdout: Output, ok: boolean, findings: readonly Finding[]): Promise<void> {
  await stdout.write(`{"ok":${ok}`);
  for (const [kind, name] of [
    ['digest', 'digests'],
    ['log', 'logs'],
    ['folder', 'folders'],
  ]) {
    const ofKind = findings.filter((finding) => finding.kind === kind);
    if (kind === 'folder' && ofKind.length === 0) continue;
    ofKind.sort((a, b) => (a.key < b.key ? -1 : 1));
    const lines = ofKind.map(({ key, verdict, reason }) =>
      JSON.stringify({ key, verdict, reason }),
    );
    await stdout.write(`,\n"${name}":[`);
    for (let at = 0; at < lines.length; at += LINES_PER_WRITE) {
      const comma = at > 0 ? ',' : '';
      await stdout.write(`${comma}\n${lines.slice(at, at + LINES_PER_WRITE).join(',\n')}`);
    }
    await stdout.write(']');
  }
  await stdout.write('}\n');
}
