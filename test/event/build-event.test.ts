import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { type AuditEvent, auditEventSchema } from '../../src/event/audit-event';
import { buildAuditEvent } from '../../src/event/build-event';
import { ATHENA_EVENTS } from '../../src/event/catalogue-athena';
import { KEYSPACES_EVENTS } from '../../src/event/catalogue-keyspaces';
import {
  ACCOUNT,
  identities,
  keyspacesSelect,
  record,
  refused,
  startQuery,
  type TestRecord,
} from '../fixtures/records';

const SAMPLES = join(__dirname, '../fixtures/samples');
const SOURCE = { bucket: 'audit-logs', key: 'AWSLogs/x.json.gz', index: 7 };

function eventOf(logged: TestRecord, source = {}): AuditEvent {
  const { event, quarantined } = buildAuditEvent(logged, { ...SOURCE, ...source });
  if (event === undefined) throw new Error(quarantined);
  return event;
}

const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(startQuery()).filter(([name]) => !names.includes(name)));

function sampleRecords(): [name: string, sample: TestRecord][] {
  return readdirSync(SAMPLES).flatMap((file) => {
    const document = JSON.parse(readFileSync(join(SAMPLES, file), 'utf8'));
    const records: TestRecord[] = document.Records ?? [document];
    return records.map((sample, index): [string, TestRecord] => [`${file}#${index}`, sample]);
  });
}

test.each(sampleRecords())('understands the published record %s', (_, sample) => {
  const event = eventOf(sample);

  expect(auditEventSchema.parse(event)).toStrictEqual(event);
  expect(event).toMatchSnapshot();
});

test('says which event, where, and where the record stands', () => {
  const event = eventOf(
    record({
      eventID: 'e-1',
      requestID: 'r-1',
      sharedEventID: 's-1',
      vpcEndpointId: 'vpce-1',
      addendum: { reason: 'UPDATED_DATA', originalEventID: 'e-0' },
    }),
  );

  expect(event).toMatchObject({
    eventId: 'e-1',
    eventTime: '2026-03-02T10:01:07Z',
    eventName: 'GetWorkGroup',
    service: 'athena',
    eventVersion: '1.11',
    requestId: 'r-1',
    sharedEventId: 's-1',
    addendumOf: 'e-0',
    userAgent: 'aws-cli/2.31.0',
    accountId: ACCOUNT,
    region: 'eu-west-1',
    sourceIp: '198.51.100.7',
    vpcEndpointId: 'vpce-1',
    tls: 'TLSv1.3',
    evidence: { ...SOURCE, integrity: 'unverified' },
  });
});

test('leaves absent what is unknown', () => {
  const event = eventOf({
    eventTime: '2026-03-02T10:01:07Z',
    eventSource: 'athena.amazonaws.com',
    eventName: 'GetWorkGroup',
    eventID: 'e-1',
    userAgent: '',
  });

  expect(event).toStrictEqual({
    eventId: 'e-1',
    eventTime: '2026-03-02T10:01:07Z',
    eventName: 'GetWorkGroup',
    service: 'athena',
    principal: { type: 'Unknown', name: 'unknown' },
    actor: 'unknown',
    accountId: 'unknown',
    class: 'API',
    operation: 'GET_WORK_GROUP',
    access: 'metadata',
    classifier: { version: expect.any(String), basis: 'event-name' },
    tables: [],
    resources: [],
    outcome: 'succeeded',
    evidence: { ...SOURCE, integrity: 'unverified' },
  });
});

test('has no bucket in the evidence of a local file', () => {
  const { event } = buildAuditEvent(record(), { key: './a.json.gz', index: 0 });

  expect(event?.evidence).toStrictEqual({ key: './a.json.gz', index: 0, integrity: 'unverified' });
});

test.each([
  ['the receiving account', {}, '111122223333', ACCOUNT],
  [
    'the account of the object key',
    { recipientAccountId: undefined },
    '111122223333',
    '111122223333',
  ],
  ['the account of the identity', { recipientAccountId: '' }, undefined, '777788889999'],
  ['no account', { recipientAccountId: 7, userIdentity: {} }, undefined, 'unknown'],
])('belongs to %s', (_, members, keyAccountId, accountId) => {
  const logged = record({ userIdentity: identities.otherAccount, ...members });

  expect(eventOf(logged, { keyAccountId }).accountId).toBe(accountId);
});

test.each([
  ['no id', undefined],
  ['an empty id', ''],
  ['a number for an id', 7],
  ['an id too long for a key', 'x'.repeat(129)],
])('derives an id for a record with %s', (_, eventID) => {
  const logged = record({ eventID, requestID: 'r-1' });

  expect(eventOf(logged).eventId).toMatch(/^derived-[0-9a-f]{32}$/);
  expect(eventOf(logged).eventId).toBe(eventOf({ ...logged }).eventId);
  expect(eventOf({ ...logged, requestID: 'r-2' }).eventId).not.toBe(eventOf(logged).eventId);
});

test('keeps the error of a call that failed', () => {
  expect(eventOf(startQuery(undefined, refused('AccessDenied', 'no')))).toMatchObject({
    outcome: 'failed',
    error: { code: 'AccessDenied', message: 'no', stage: 'call' },
  });
  expect(eventOf(record({ errorCode: 'Throttled' })).error).toStrictEqual({
    code: 'Throttled',
    stage: 'call',
  });
});

test('takes a call for failed that has a message of an error and no code', () => {
  expect(eventOf(record({ errorMessage: 'Access denied' }))).toMatchObject({
    outcome: 'failed',
    error: { code: 'UNKNOWN', message: 'Access denied', stage: 'call', denied: true },
  });
});

test.each([
  ['null', null],
  ['an array', []],
  ['a text', 'record'],
  ['a number', 1],
  ['another service', record({ eventSource: 's3.amazonaws.com' })],
  ['no service', record({ eventSource: undefined })],
  ['no time', without('eventTime')],
  ['a day that does not exist', record({ eventTime: '2026-02-30T00:00:00Z' })],
  ['a local time', record({ eventTime: '2026-03-02T10:01:07' })],
  ['no name', without('eventName')],
  ['a name too long for a key', record({ eventName: 'x'.repeat(257) })],
])('sets %s aside with a reason', (_, logged) => {
  expect(buildAuditEvent(logged, SOURCE)).toStrictEqual({ quarantined: expect.any(String) });
});

function nested(depth: number): unknown {
  return JSON.parse('['.repeat(depth) + ']'.repeat(depth));
}

test('sets a record aside that is nested too deeply to get an id', () => {
  const logged = record({
    eventID: undefined,
    requestParameters: { queryString: nested(200_000) },
  });

  expect(buildAuditEvent(logged, SOURCE)).toStrictEqual({
    quarantined: 'the record cannot be read (RangeError)',
  });
});

test('keeps a deeply nested record that has an id', () => {
  const logged = startQuery(undefined, { additionalEventData: nested(200_000) });

  expect(eventOf(logged).class).toBe('UNKNOWN');
});

test('masks the literals of a statement on request', () => {
  const logged = startQuery("SELECT a FROM t WHERE mail = 'secret'");
  const { event } = buildAuditEvent(logged, SOURCE, { redactLiterals: true });

  expect(JSON.stringify(event)).not.toContain('secret');
  expect(event).toMatchObject({
    class: 'DML',
    tables: [{ name: 'sales.t', access: 'read' }],
    statement: { redacted: true, source: 'cloudtrail' },
  });
  expect(event?.statement?.fingerprint).toBe(eventOf(logged).statement?.fingerprint);
});

/** Members of a record that an event is made of, for arbitrary JSON to stand in for. */
const MEMBERS = [
  ...new Set([...Object.keys(startQuery()), ...Object.keys(keyspacesSelect())]),
].filter((name) => !['eventSource', 'eventTime', 'eventName'].includes(name));
const PARAMETERS = [
  ...Object.keys(Object(startQuery().requestParameters)),
  ...Object.keys(Object(keyspacesSelect().requestParameters)),
  ...['rawQuery', 'primaryKeys', 'columnNames', 'updateParameters', 'streamArn', 'resourceARN'],
  ...['name', 'databaseName', 'tableName', 'catalogName', 'omitted', 'tags'],
];

const json = fc.oneof(
  { weight: 2, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.constantFrom('***OMITTED***', 'true', '', 'DROP TABLE t', null) },
);
const parameters = fc.dictionary(fc.constantFrom(...PARAMETERS), json);
const anyRecord = fc
  .record({
    eventSource: fc.constantFrom('athena.amazonaws.com', 'cassandra.amazonaws.com'),
    eventName: fc.oneof(
      fc.constantFrom(...ATHENA_EVENTS.keys(), ...KEYSPACES_EVENTS.keys()),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 256 }),
    ),
    eventTime: fc.oneof(
      fc
        .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-01-01') })
        .map((date) => date.toISOString()),
      fc.constant('2026-03-02T10:01:07Z'),
    ),
    requestParameters: fc.oneof(parameters, json),
    responseElements: fc.oneof(parameters, json),
    more: fc.dictionary(fc.constantFrom(...MEMBERS), json),
    identity: fc.oneof(fc.constantFrom(...Object.values(identities)), json),
  })
  .map(({ more, identity, ...members }) => ({ userIdentity: identity, ...members, ...more }));

test('makes a valid event of any record with a time and a name', () => {
  return fc.assert(
    fc.property(anyRecord, fc.boolean(), (logged, redactLiterals) => {
      const { event } = buildAuditEvent(logged, SOURCE, { redactLiterals });

      expect(auditEventSchema.strict().parse(event)).toStrictEqual(event);
      expect(JSON.parse(JSON.stringify(event))).toStrictEqual(event);
      expect(isWellFormed(event)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('never throws, whatever the record', () => {
  return fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.anything()), (logged) => {
      const { event, quarantined } = buildAuditEvent(logged, SOURCE);

      expect(typeof (event ?? quarantined)).not.toBe('undefined');
    }),
  );
});

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value !== '' && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return value !== undefined;
  return Object.values(value).every(isWellFormed);
}
