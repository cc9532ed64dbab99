import { gzipSync } from 'node:zlib';
import { type AthenaDay, MALFORMED_ID } from './athena';
import { makeDigests } from './digests';
import type { StoredObject } from './faulty-s3';
import type { Random } from './random';

/** A log file of one day, by key; now and then its body is damaged. */
export interface TrailFile extends StoredObject {
  readonly key: string;
  readonly account: string;
  readonly region: string;
  readonly content: Uint8Array;
}

/** The log files of one day, and what Athena knows of the executions in them. */
export interface Trail {
  readonly files: readonly TrailFile[];
  /** By key. */
  readonly digests: ReadonlyMap<string, StoredObject>;
  readonly athena: AthenaDay;
}

export const BUCKET = 'trail';
/** When the first log file is delivered. */
export const START = Date.UTC(2026, 2, 2, 10, 10);

const ACCOUNTS = ['111122223333', '444455556666'];
const REGIONS = ['eu-west-1', 'us-east-1'];
const TABLES = ['orders', 'customers', 'clicks'];
const MINUTE_MS = 60_000;

/** A few log files with all that a trail brings: other services, bad records, damage. */
export function makeTrail(random: Random): Trail {
  const athena: AthenaDay = { executions: new Map(), texts: new Map() };
  const hasEndless = random.chance(0.03);
  const files = Array.from({ length: 1 + random.below(4) }, (_, file) => {
    const account = random.pick(ACCOUNTS);
    const region = random.pick(REGIONS);
    const records = Array.from({ length: 1 + random.below(25) }, (_, at) =>
      makeRecord(random, { account, region, id: `${file}-${at}`, athena, hasEndless }),
    );
    const content = Buffer.from(JSON.stringify({ Records: records }));
    const whole = gzipSync(content);
    const body = random.chance(0.1) ? whole.subarray(0, whole.length - 9) : whole;
    const name = `${account}_CloudTrail_${region}_20260302T10${10 + file}Z_0123456789abcde${file}.json.gz`;
    const key = `AWSLogs/${account}/CloudTrail/${region}/2026/03/02/${name}`;
    return { key, account, region, content, body };
  });
  return { files, digests: makeDigests(random, files), athena };
}

interface RecordPlace {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly athena: AthenaDay;
  /** Whether executions of this day may run for ever. */
  readonly hasEndless: boolean;
}

type MakeRecord = (random: Random, place: RecordPlace) => unknown;

function makeRecord(random: Random, place: RecordPlace): unknown {
  const make = random.pick([otherService, otherService, query, query, query, ...OTHERS]);
  return make(random, place);
}

const OTHERS: readonly MakeRecord[] = [
  (random, place) => ({
    ...athenaCall(random, place, 'StartQueryExecution', { queryString: MASKED }),
    errorCode: 'TooManyRequestsException',
  }),
  (random, place) => athenaCall(random, place, 'GetQueryResults', {}),
  savedQuery,
  preparedStatement,
  (random, place) =>
    keyspaces(random, place, 'CreateTable', {
      rawQuery: 'CREATE TABLE shop.t (a int PRIMARY KEY)',
    }),
  (random, place) =>
    keyspaces(random, place, 'Select', { conditions: ['a = 1**(Redacted)2'], select: ['a'] }),
  (random, place) => keyspaces(random, place, 'SomethingNew', {}),
  (random, place) => ({
    ...athenaCall(random, place, 'StartQueryExecution', { queryString: MASKED }),
    eventTime: 'late',
  }),
];

const MASKED = '***OMITTED***';

function otherService(random: Random, place: RecordPlace): unknown {
  return { ...base(random, place), eventSource: 's3.amazonaws.com', eventName: 'GetObject' };
}

/** A query that Athena knows, knows no more, never knew, or does not tell us of. */
function query(random: Random, place: RecordPlace): unknown {
  const isMalformed = random.chance(0.03);
  const id = isMalformed ? `${MALFORMED_ID} ${place.id}` : `execution-${place.id}`;
  const isClosed = random.chance(0.08);
  const text = random.pick([
    `INSERT INTO archive.orders SELECT * FROM orders WHERE id = '${place.id}'`,
    `SELECT a FROM "crm"."clients-${random.below(3)}"`,
    'EXECUTE daily_orders USING 7',
    'EXECUTE nobody_knows_it',
  ]);
  if (!random.chance(0.1)) {
    const { account, region } = place;
    const endsAt =
      place.hasEndless && random.chance(0.1)
        ? Number.POSITIVE_INFINITY
        : START + random.below(90) * MINUTE_MS;
    const endState = random.pick(['SUCCEEDED', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const);
    place.athena.executions.set(id, { id, account, region, text, endsAt, endState, isClosed });
  }
  place.athena.texts.set('daily_orders', 'DELETE FROM daily.orders WHERE id = ?');
  return {
    ...athenaCall(random, place, 'StartQueryExecution', {
      queryString: random.chance(0.1) ? text : MASKED,
      queryExecutionContext: { database: 'sales' },
      workGroup: isClosed ? 'closed' : 'primary',
    }),
    responseElements: { queryExecutionId: id },
    // Athena forgets after 45 days.
    ...(random.chance(0.05) && { eventTime: '2026-01-10T10:00:00Z' }),
  };
}

function savedQuery(random: Random, place: RecordPlace): unknown {
  const id = `named-${place.id}`;
  if (random.chance(0.8)) place.athena.texts.set(id, `SELECT * FROM saved.query_${place.id}`);
  return {
    ...athenaCall(random, place, 'CreateNamedQuery', { name: 'n', queryString: MASKED }),
    responseElements: { namedQueryId: id },
  };
}

function preparedStatement(random: Random, place: RecordPlace): unknown {
  const statementName = `prepared_${place.id}`;
  if (random.chance(0.8)) place.athena.texts.set(statementName, 'SELECT * FROM t WHERE a = ?');
  return athenaCall(random, place, 'CreatePreparedStatement', {
    statementName,
    workGroup: 'primary',
    queryStatement: MASKED,
  });
}

function athenaCall(
  random: Random,
  place: RecordPlace,
  eventName: string,
  requestParameters: object,
) {
  return {
    ...base(random, place),
    eventSource: 'athena.amazonaws.com',
    eventName,
    requestParameters,
    responseElements: null,
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
