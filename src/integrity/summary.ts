import type { Verdict } from '../event/audit-event';
import type { DigestVerdict } from './verify-digest';
import type { Finding } from './verify-trail';

/** What a verification came to. */
export interface Summary {
  readonly digests: Readonly<Record<DigestVerdict, number>>;
  readonly logs: Readonly<Record<Verdict, number>>;
  /** Folders that cannot be looked into. */
  readonly folders: number;
  /** Every digest, log file and folder that is not verified, by key. */
  readonly problems: readonly Finding[];
  /** Verified digests with something to be known about them. */
  readonly notes: readonly Finding[];
  /** What the verified digests cover. */
  readonly covers?: { readonly from: string; readonly to: string };
  /** Keys that verified digests are signed with. */
  readonly keys: readonly {
    readonly region: string;
    readonly fingerprint: string;
    readonly digests: number;
  }[];
  /** Log files for which CloudTrail owes no digest yet. */
  readonly tooNew: number;
  /** Everything that can be verified by now is, and there was something to verify. */
  readonly ok: boolean;
}

/** Counts findings; memory grows with the problems only. */
export async function summarize(findings: AsyncIterable<Finding>): Promise<Summary> {
  const digests = { verified: 0, failed: 0, missing: 0, unsigned: 0 };
  const logs = { verified: 0, failed: 0, missing: 0, unlisted: 0, unverified: 0 };
  const problems: Finding[] = [];
  const notes: Finding[] = [];
  let [tooNew, folders] = [0, 0];
  const keys = new Map<string, { region: string; fingerprint: string; digests: number }>();
  let covers: { from: string; to: string } | undefined;
  for await (const finding of findings) {
    if (finding.kind === 'log') logs[finding.verdict]++;
    else if (finding.kind === 'digest') digests[finding.verdict]++;
    else folders++;
    if (finding.kind === 'log' && finding.isTooNew) tooNew++;
    else if (finding.verdict !== 'verified') problems.push(finding);
    else if (finding.reason !== undefined) notes.push(finding);
    if (finding.kind !== 'digest' || finding.verdict !== 'verified' || !finding.says) continue;
    const { startsAt, endsAt, region = '', fingerprint } = finding.says;
    covers = { from: earlier(covers?.from, startsAt), to: later(covers?.to, endsAt) };
    const key = keys.get(`${region} ${fingerprint}`) ?? { region, fingerprint, digests: 0 };
    keys.set(`${region} ${fingerprint}`, { ...key, digests: key.digests + 1 });
  }
  return {
    digests,
    logs,
    folders,
    problems: problems.sort(byKey),
    notes: notes.sort(byKey),
    covers,
    keys: [...keys.values()].sort((a, b) => a.region.localeCompare(b.region)),
    tooNew,
    ok: problems.length === 0 && digests.verified > 0,
  };
}

function byKey(a: Finding, b: Finding): number {
  return a.key < b.key ? -1 : 1;
}

function earlier(known: string | undefined, time: string): string {
  return known !== undefined && Date.parse(known) <= Date.parse(time) ? known : time;
}

function later(known: string | undefined, time: string): string {
  return known !== undefined && Date.parse(known) >= Date.parse(time) ? known : time;
}
