import { gzipSync } from 'node:zlib';
import type { Random } from './random';

/** The log files of one run, by key, and what CloudTrail put into them. */
export interface TrailFile {
  readonly key: string;
  readonly body: Uint8Array;
}

const ACCOUNTS = ['111122223333', '444455556666'];
const REGIONS = ['eu-west-1', 'us-east-1'];
const TABLES = ['orders', 'customers', 'clicks'];

/** A few log files with all that a trail brings: other services, bad records, damage. */
export function makeFiles(random: Random): TrailFile[] {
  return Array.from({ length: 1 + random.below(4) }, (_, file) => {
    const account = random.pick(ACCOUNTS);
    const region = random.pick(REGIONS);
    const records = Array.from({ length: 1 + random.below(40) }, (_, at) =>
      makeRecord(random, { account, region, id: `${file}-${at}` }),
    );
    const whole = gzipSync(JSON.stringify({ Records: records }));
    const body = random.chance(0.1) ? whole.subarray(0, whole.length - 9) : whole;
    const name = `${account}_CloudTrail_${region}_20260302T10${10 + file}Z_0123456789abcde${file}.json.gz`;
    return { key: `AWSLogs/${account}/CloudTrail/${region}/2026/03/02/${name}`, body };
  });
}

interface RecordPlace {
  readonly account: string;
  readonly region: string;
  readonly id: string;
}

function makeRecord(random: Random, place: RecordPlace): unknown {
  const make = random.pick([otherService, otherService, maskedQuery, maskedQuery, ...OURS]);
  return make(random, place);
}

type MakeRecord = (random: Random, place: RecordPlace) => unknown;

const OURS: readonly MakeRecord[] = [
  (random, place) => ({
    ...athena(random, place, 'StartQueryExecution'),
    errorCode: 'TooManyRequestsException',
    responseElements: null,
  }),
  (random, place) => athena(random, place, 'GetQueryResults'),
  (random, place) =>
    keyspaces(random, place, 'CreateTable', {
      rawQuery: 'CREATE TABLE shop.t (a int PRIMARY KEY)',
    }),
  (random, place) =>
    keyspaces(random, place, 'Select', { conditions: ['a = 1**(Redacted)2'], select: ['a'] }),
  (random, place) => keyspaces(random, place, 'SomethingNew', {}),
  (random, place) => ({ ...athena(random, place, 'StartQueryExecution'), eventTime: 'late' }),
];

function otherService(random: Random, place: RecordPlace): unknown {
  return { ...base(random, place), eventSource: 's3.amazonaws.com', eventName: 'GetObject' };
}

function maskedQuery(random: Random, place: RecordPlace): unknown {
  return athena(random, place, 'StartQueryExecution');
}

function athena(random: Random, place: RecordPlace, eventName: string) {
  return {
    ...base(random, place),
    eventSource: 'athena.amazonaws.com',
    eventName,
    requestParameters: {
      queryString: '***OMITTED***',
      queryExecutionContext: { database: 'sales' },
      workGroup: 'primary',
    },
    responseElements: { queryExecutionId: `execution-${place.id}` },
  };
}

function keyspaces(random: Random, place: RecordPlace, eventName: string, parameters: object) {
  return {
    ...base(random, place),
    eventSource: 'cassandra.amazonaws.com',
    eventName,
    requestParameters: {
      keyspaceName: 'shop',
      tableName: random.pick(TABLES),
      ...parameters,
    },
    responseElements: null,
  };
}

function base(random: Random, { account, region, id }: RecordPlace) {
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      userName: random.pick(['ada', 'ben', 'cleo']),
      accountId: account,
    },
    // Now and then around midnight of a month's end: another partition.
    eventTime: random.chance(0.2)
      ? '2026-02-28T23:59:59Z'
      : `2026-03-02T10:0${random.below(10)}:${10 + random.below(50)}Z`,
    awsRegion: region,
    eventID: `event-${id}`,
    recipientAccountId: account,
  };
}
