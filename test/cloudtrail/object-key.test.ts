import * as fc from 'fast-check';
import { parseObjectKey } from '../../src/cloudtrail/object-key';

const FILE = '444455556666_CloudTrail_eu-west-1_20260302T1005Z_Ab3dEf6hIj9kLm2n.json.gz';
const LOG = `444455556666/CloudTrail/eu-west-1/2026/03/02/${FILE}`;
const PARSED = {
  kind: 'log',
  accountId: '444455556666',
  region: 'eu-west-1',
  day: '2026-03-02',
  deliveredAt: '2026-03-02T10:05:00Z',
};

test.each([
  ['a single account', `AWSLogs/${LOG}`, {}],
  ['an organization', `AWSLogs/o-ab12cd34ef/${LOG}`, { organizationId: 'o-ab12cd34ef' }],
  ['a prefix', `audit/AWSLogs/${LOG}`, { prefix: 'audit' }],
  ['a prefix with slashes', `team a/b//AWSLogs/${LOG}`, { prefix: 'team a/b/' }],
  ['a prefix that is AWSLogs', `AWSLogs/AWSLogs/${LOG}`, { prefix: 'AWSLogs' }],
  [
    'a prefix that looks like a layout',
    `AWSLogs/o-ab12cd34ef/111122223333/CloudTrail/AWSLogs/${LOG}`,
    { prefix: 'AWSLogs/o-ab12cd34ef/111122223333/CloudTrail' },
  ],
  ['a prefix that ends like the root', `myAWSLogs/AWSLogs/${LOG}`, { prefix: 'myAWSLogs' }],
])('finds account, Region and day of a log file below %s', (_, key, more) => {
  expect(parseObjectKey(key)).toStrictEqual({ ...PARSED, ...more });
});

test.each(['us-gov-west-1', 'cn-northwest-1', 'us-iso-east-1', 'eusc-de-east-1', 'mars-north-17'])(
  'takes the Region %s, known or not',
  (region) => {
    const file = `444455556666_CloudTrail_${region}_20260302T1005Z_Ab3dEf6hIj9kLm2n.json.gz`;

    expect(
      parseObjectKey(`AWSLogs/444455556666/CloudTrail/${region}/2026/03/02/${file}`),
    ).toStrictEqual({ ...PARSED, region });
  },
);

test.each([
  [
    'no underscore after the time',
    '444455556666_CloudTrail_eu-west-1_20260302T1005ZAb3dEf6hIj9kLm2n.json.gz',
    '2026-03-02T10:05:00Z',
  ],
  [
    'a time that does not exist',
    '444455556666_CloudTrail_eu-west-1_20260230T1005Z_x.json.gz',
    undefined,
  ],
  ['a name of another make', 'restored.json.gz', undefined],
])('takes a log file with %s', (_, file, deliveredAt) => {
  const parsed = parseObjectKey(`AWSLogs/444455556666/CloudTrail/eu-west-1/2026/03/02/${file}`);

  const { deliveredAt: _time, ...rest } = PARSED;
  expect(parsed).toStrictEqual(deliveredAt === undefined ? rest : { ...rest, deliveredAt });
});

const DIGESTS = 'AWSLogs/444455556666/CloudTrail-Digest/eu-west-1/2026/03/02/';
const DIGEST = {
  kind: 'digest',
  accountId: '444455556666',
  region: 'eu-west-1',
  day: '2026-03-02',
  trailName: 'main-trail',
  homeRegion: 'us-east-1',
  endsAt: '2026-03-02T10:30:00Z',
  backfill: false,
};

test.each([
  ['main-trail', 'Z', {}],
  ['main_trail.v2', 'Z', { trailName: 'main_trail.v2' }],
  ['_a_us-east-1_b_', 'Z', { trailName: '_a_us-east-1_b_' }],
  ['main-trail', 'Z_backfill', { backfill: true }],
])('reads the digest of trail %s ending in %s', (trail, end, more) => {
  const file = `444455556666_CloudTrail-Digest_eu-west-1_${trail}_us-east-1_20260302T103000${end}.json.gz`;

  expect(parseObjectKey(DIGESTS + file)).toStrictEqual({ ...DIGEST, ...more });
});

test('keeps a digest whose file name it cannot read', () => {
  const { trailName, homeRegion, endsAt, ...rest } = DIGEST;

  expect(parseObjectKey(`${DIGESTS}odd.json.gz`)).toStrictEqual(rest);
  expect(parseObjectKey(`${DIGESTS}odd_backfill.json.gz`)).toStrictEqual({
    ...rest,
    backfill: true,
  });
});

test.each([
  ['CloudTrail-Insight', 'insight'],
  ['CloudTrail-NetworkActivity', 'network-activity'],
  ['CloudTrail-Aggregated', 'aggregated'],
])('tells files of %s from log files', (folder, kind) => {
  const key = `p/AWSLogs/o-ab12cd34ef/444455556666/${folder}/eu-west-1/2026/03/02/444455556666_${folder}_eu-west-1_20260302T1005Z_x.json.gz`;

  expect(parseObjectKey(key)).toMatchObject({ kind, accountId: '444455556666', day: '2026-03-02' });
});

test.each([
  ['folder', 'AWSLogs/444455556666/CloudTrail/eu-west-1/2026/03/02/'],
  ['folder', 'AWSLogs/'],
  ['foreign', ''],
  ['foreign', FILE],
  ['foreign', `AWSlogs/${LOG}`],
  ['foreign', `xAWSLogs/${LOG}`],
  ['foreign', `AWSLogs/44445555666/CloudTrail/eu-west-1/2026/03/02/${FILE}`],
  ['foreign', `AWSLogs/o-short/${LOG}`],
  ['foreign', `AWSLogs/444455556666/CloudTrail/eu-west-1/2026/13/02/${FILE}`],
  ['foreign', `AWSLogs/444455556666/CloudTrail/eu-west-1/2026/03/02/sub/${FILE}`],
  ['foreign', 'AWSLogs/444455556666/CloudTrail/eu-west-1/2026/03/02/notes.txt'],
  ['foreign', 'AWSLogs/444455556666/CloudTrail/eu-west-1/2026/03/02/a.json.gz.metadata.json'],
  ['foreign', 'AWSLogs/444455556666/CloudTrail-Other/eu-west-1/2026/03/02/a.json.gz'],
  ['foreign', 'AWSLogs/444455556666/vpcflowlogs/eu-west-1/2026/03/02/a.log.gz'],
  ['foreign', 'AWSLogs/444455556666/Config/eu-west-1/2026/3/2/ConfigHistory/a.json.gz'],
])('answers %s for "%s"', (kind, key) => {
  expect(parseObjectKey(key)).toStrictEqual({ kind });
});

test('finds every log file below any prefix', () => {
  const prefix = fc.array(fc.oneof(fc.constant('AWSLogs'), fc.string()), { maxLength: 5 });
  return fc.assert(
    fc.property(prefix, (parts) => {
      const before = parts.join('/');
      const parsed = parseObjectKey(
        parts.length === 0 ? `AWSLogs/${LOG}` : `${before}/AWSLogs/${LOG}`,
      );

      expect(parsed).toMatchObject(PARSED);
    }),
  );
});

test('never throws, whatever the key', () => {
  return fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 1024 }), (key) => {
      expect(parseObjectKey(key).kind).toMatch(/^(folder|foreign)$/);
    }),
  );
});
