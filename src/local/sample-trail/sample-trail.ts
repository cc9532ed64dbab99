import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Call, toRecord } from './call';
import { digests, folder, jsonFile, type LogFile, logFile, type SampleFile } from './objects';
import { otherCall } from './other-services';
import { type DeliveryPlace, PLACES, SECURITY, SHOP } from './places';
import { createRandom, type Random } from './random';
import { createSigningKey } from './signing-key';
import { tellStory } from './story';

export interface SampleOptions {
  /** The sample covers the seven days before. */
  readonly now: Date;
  readonly seed?: number;
}

/** Beside the logs: what Athena would tell, and the keys that the digests are signed with. */
export const SAMPLE_HISTORY = 'athena-history.json';
export const SAMPLE_PUBLIC_KEYS = 'public-keys.json';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** The file that an outage held up. */
const LATE_WINDOW = 60;
/** Records of other services for each one that Querytrail keeps. */
const OTHERS_PER_KEPT = 10.5;

/**
 * Makes up an organization's trail: what its bucket would hold after a week, with truly signed
 * digests, the public key (`public-keys.json`, the answer of ListPublicKeys) and what Athena would
 * tell of the masked statements (`athena-history.json`). Equal options give equal bytes.
 */
export function* generateSampleTrail({
  now,
  seed = 20260302,
}: SampleOptions): Generator<SampleFile> {
  const random = createRandom(seed);
  const key = createSigningKey(random);
  const range = { fromMs: now.getTime() - 7 * DAY, toMs: now.getTime() };
  const story = tellStory(range.toMs, random);

  yield jsonFile(SAMPLE_PUBLIC_KEYS, {
    PublicKeyList: [
      {
        Value: key.publicKey,
        ValidityStartTime: new Date(range.fromMs - 10 * DAY).toISOString(),
        ValidityEndTime: new Date(range.toMs + 20 * DAY).toISOString(),
        Fingerprint: key.fingerprint,
      },
    ],
  });
  yield jsonFile(SAMPLE_HISTORY, story.history);
  for (const place of PLACES) {
    const files: LogFile[] = [];
    for (const file of logFiles(place, story.calls, range, random)) {
      files.push(file);
      yield file;
    }
    yield* digests(place, files, range, key);
  }
  yield* otherObjects(range.toMs, random);
}

/** Writes the sample into a folder and answers how many files it has. */
export async function writeSampleTrail(directory: string, options: SampleOptions): Promise<number> {
  let files = 0;
  const made = new Set<string>();
  for (const { path, bytes } of generateSampleTrail(options)) {
    const target = join(directory, path);
    if (!made.has(dirname(target))) await mkdir(dirname(target), { recursive: true });
    made.add(dirname(target));
    await writeFile(target, bytes);
    files += 1;
  }
  return files;
}

function* logFiles(
  place: DeliveryPlace,
  calls: readonly Call[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
  random: Random,
): Generator<LogFile> {
  const stepMs = place.everyMinutes * MINUTE;
  const own = calls
    .filter(({ account, region }) => account === place.account && region === place.region)
    .sort((a, b) => a.timeMs - b.timeMs);
  let taken = 0;
  let repeated: Record<string, unknown> | undefined;
  for (let startMs = fromMs, window = 0; startMs < toMs; window++) {
    const endMs = Math.min((Math.floor(startMs / stepMs) + 1) * stepMs, toMs);
    const first = taken;
    while (taken < own.length && (own[taken]?.timeMs ?? endMs) < endMs) taken += 1;
    const kept = own.slice(first, taken);
    const others = Array.from(
      { length: Math.round(kept.length * OTHERS_PER_KEPT) + random.integer(2, 9) },
      // Short of an hour before delivery: an older record would make the file a late one.
      () =>
        otherCall(place, random.integer(Math.max(startMs, endMs - 50 * MINUTE), endMs - 1), random),
    );
    const records = shuffled([...kept, ...others], random).map((call) => toRecord(call, random));
    // CloudTrail repeats a record now and then, with its eventID.
    if (repeated && random.chance(0.05)) records.push(repeated);
    repeated = records[0];
    const isLate = place.account === SHOP && place.region === 'us-east-1' && window === LATE_WINDOW;
    const delayMs = isLate ? 9 * 60 * MINUTE : random.integer(2, 5) * MINUTE;
    yield logFile(place, Math.min(endMs + delayMs, toMs), records, random);
    startMs = endMs;
  }
}

/** What else lies in a trail's bucket: none of it is an ordinary log file. */
function* otherObjects(nowMs: number, random: Random): Generator<SampleFile> {
  const place = { account: SHOP, region: 'eu-west-1' } as const;
  const zipped = (path: string, value: unknown): SampleFile => ({
    path,
    bytes: gzipSync(JSON.stringify(value)),
  });
  const name = (kind: string) =>
    `${folder(place, kind, nowMs - DAY)}/${SHOP}_${kind}_eu-west-1_20260302T1005Z_${random.hex(16)}.json.gz`;
  yield zipped(name('CloudTrail-Insight'), {
    Records: [
      {
        eventVersion: '1.08',
        eventTime: new Date(nowMs - DAY).toISOString(),
        awsRegion: 'eu-west-1',
        eventID: random.uuid(),
        eventType: 'AwsCloudTrailInsight',
        recipientAccountId: SHOP,
        insightDetails: {
          state: 'Start',
          eventSource: 'athena.amazonaws.com',
          eventName: 'StartQueryExecution',
          insightType: 'ApiCallRateInsight',
        },
        eventCategory: 'Insight',
      },
    ],
  });
  yield zipped(name('CloudTrail-Aggregated'), {
    Records: [
      {
        eventVersion: '1.0',
        eventCategory: 'Aggregated',
        eventType: 'AwsAggregatedEvent',
        eventId: random.uuid(),
        accountId: SHOP,
        timeWindow: { windowStart: new Date(nowMs - DAY).toISOString(), windowSize: 'PT5M' },
        summary: { primaryDimension: { dimension: 'eventName', statistics: [] } },
      },
    ],
  });
  yield zipped(
    `AWSLogs/${SECURITY}/Config/eu-west-1/2026/3/2/ConfigSnapshot/${SECURITY}_Config_eu-west-1.json.gz`,
    { fileVersion: '1.0', configurationItems: [] },
  );
  yield {
    path: `AWSLogs/${SHOP}/vpcflowlogs/eu-west-1/2026/03/02/${SHOP}_vpcflowlogs_eu-west-1.log.gz`,
    bytes: gzipSync('version account-id interface-id\n'),
  };
  yield {
    path: 'README.txt',
    bytes: Buffer.from('Sample CloudTrail bucket. Made up; safe to delete.\n'),
  };
}

function shuffled<T>(items: T[], random: Random): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.integer(0, last);
    const [a, b] = [items[last], items[other]];
    if (a !== undefined && b !== undefined) [items[last], items[other]] = [b, a];
  }
  return items;
}
