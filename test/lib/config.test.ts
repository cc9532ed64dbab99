import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeSettings, loadConfig, parseConfig } from '../../lib/config';
import { synthesize } from './synth';

describe('parseConfig', () => {
  test('needs no setting at all', () => {
    expect(parseConfig({})).toEqual({
      stackName: 'Querytrail',
      source: 'new',
      dataEvents: true,
      redactLiterals: false,
      maxInflatedMb: 512,
      shards: 4,
      maxConcurrency: 10,
      batchingWindowSeconds: 120,
      recovery: true,
      recoveryCallsPerSecond: 2,
      stateChanges: false,
      keepOwnCalls: false,
      pricePerTb: 5,
      tbBase: 'binary',
      auth: 'iam',
      apiRatePerSecond: 20,
      apiBurst: 40,
      logRetentionDays: 90,
      removalPolicy: 'retain',
    });
  });

  test('takes numbers, flags and lists as the text of a command line', () => {
    const config = parseConfig({
      dataEvents: 'false',
      maxConcurrency: '50',
      auth: 'jwt',
      jwtIssuer: 'https://login.example.com',
      jwtAudience: 'dashboards,cli',
    });

    expect(config).toMatchObject({
      dataEvents: false,
      maxConcurrency: 50,
      jwtAudience: ['dashboards', 'cli'],
    });
  });

  test.each([
    [{ source: 'kafka' }, 'source is "kafka"; allowed: new, bucket, sns or eventbridge'],
    [{ shards: 0 }, 'shards is 0; allowed: a whole number from 1 to 64'],
    [{ shards: '2.5' }, 'shards is "2.5"; allowed: a whole number from 1 to 64'],
    [{ dataEvents: 'yes' }, 'dataEvents is "yes"; allowed: true or false'],
    [{ logRetentionDays: 91 }, /logRetentionDays is 91; allowed: one of 1, 3, 5, 7, 14, 30, /],
    [{ alarmEmail: 'nobody' }, 'alarmEmail is "nobody"; allowed: an e-mail address'],
    [{ stackName: '1st' }, /stackName is "1st"; allowed: a letter, then/],
    [
      { encryptionKeyArn: 'alias/mine' },
      'encryptionKeyArn is "alias/mine"; allowed: the ARN of a KMS key',
    ],
    [
      { source: 'bucket', bucketName: 'Upper_Case' },
      'bucketName is "Upper_Case"; allowed: the name of an S3 bucket',
    ],
    [
      {
        auth: 'jwt',
        jwtIssuer: 'http://login.example.com',
        jwtAudience: ['a'],
      },
      'jwtIssuer is "http://login.example.com"; allowed: an https URL',
    ],
    [{ sorce: 'new' }, /sorce is no setting; allowed: stackName, source, /],
  ])('refuses %j and says what is allowed', (settings, message) => {
    expect(() => parseConfig(settings)).toThrow(message);
  });

  const bucket = (bucketName: string) => ({ source: 'bucket', bucketName });
  const issuer = (jwtIssuer: string) => ({ auth: 'jwt', jwtAudience: 'a', jwtIssuer });
  const keyArn = (rest: string) => ({ encryptionKeyArn: `arn:aws:kms:${rest}` });

  test.each([
    bucket('b..b'),
    bucket('a.-b'),
    bucket('a-.b'),
    bucket('-ab'),
    bucket('ab'),
    bucket('a'.repeat(64)),
    bucket('192.168.5.4'),
    bucket('xn--logs'),
    bucket('sthree-logs'),
    bucket('logs-abc-s3alias'),
    bucket('logs--x-s3'),
    { stackName: 'constructor' },
    { stackName: 'toString' },
    keyArn(`eu-west-1:111122223333:key/${'-'.repeat(36)}`),
    keyArn('-:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001'),
    { source: 'sns', bucketName: 'audit-logs', topicArn: 'arn:aws-:sns:eu-west-1:444455556666:a' },
    issuer('https:login.example.com'),
    issuer(' https://login.example.com'),
    issuer('https://login.example.com/a b'),
    issuer('https://login.example.com?tenant=a'),
    issuer('https://me@login.example.com'),
    { recoveryRoleName: 'path/name' },
  ])('refuses %j, which CDK or AWS would refuse later', (settings) => {
    const [name, value] = Object.entries(settings).at(-1) ?? [];

    expect(() => parseConfig(settings)).toThrow(
      `wrong configuration: ${name} is ${JSON.stringify(value)}; allowed: `,
    );
  });

  test.each([
    bucket('abc'),
    bucket('a--b.c.d-e'),
    bucket('1.2.3.4.5'),
    bucket(`a${'-'.repeat(61)}b`),
    { stackName: 'Query-trail--2-' },
    keyArn('us-gov-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001'),
    keyArn(`ap-southeast-2:111122223333:key/mrk-${'0a'.repeat(16)}`),
    {
      source: 'sns',
      bucketName: 'audit-logs',
      topicArn: 'arn:aws-iso-b:sns:us-isob-east-1:444455556666:a_B-1',
    },
    issuer('https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab3/'),
    issuer('https://login.example.com:8443'),
    { recoveryRoleName: 'Ask+Athena=a,b.c@d_e-1' },
  ])('takes %j, and so does CDK', (settings) => {
    const { app } = synthesize(settings);

    expect(() => app.synth()).not.toThrow();
  });

  test.each([
    [{ source: 'bucket' }, 'bucketName is not set, but source is bucket'],
    [{ source: 'sns', bucketName: 'audit-logs' }, 'topicArn is not set, but source is sns'],
    [{ source: 'eventbridge' }, 'bucketName is not set, but source is eventbridge'],
    [{ auth: 'jwt', jwtAudience: 'a' }, 'jwtIssuer is not set, but auth is jwt'],
    [{ bucketName: 'audit-logs' }, 'allowed only where source is bucket or sns or eventbridge'],
    [
      { source: 'bucket', bucketName: 'audit-logs', dataEvents: true },
      'dataEvents is true, but source is bucket; allowed only where source is new',
    ],
    [{ jwtIssuer: 'https://login.example.com' }, 'allowed only where auth is jwt'],
  ])('refuses %j for what belongs together', (settings, message) => {
    expect(() => parseConfig(settings)).toThrow(message);
  });

  test('names every wrong setting at once', () => {
    expect(() => parseConfig({ shards: -1, auth: 'none' })).toThrow(
      'wrong configuration: shards is -1; allowed: a whole number from 1 to 64; auth is "none"; allowed: iam or jwt',
    );
  });
});

describe('loadConfig', () => {
  const write = (content: string) => {
    const file = join(mkdtempSync(join(tmpdir(), 'querytrail-')), 'querytrail.config.json');
    writeFileSync(file, content);
    return file;
  };

  test('lets the command line overrule the file, and passes over what is of CDK', () => {
    const file = write('{ "shards": 8, "apiBurst": 100 }');
    const context = {
      shards: '16',
      '@aws-cdk/core:checkSecretUsage': true,
      'vpc-provider:x': {},
      // What `cdk acknowledge` writes.
      'acknowledged-issue-numbers': [19836],
    };

    expect(loadConfig(context, file)).toMatchObject({ shards: 16, apiBurst: 100 });
  });

  test('needs no file', () => {
    expect(loadConfig({}, '/nowhere/querytrail.config.json').source).toBe('new');
  });

  test.each([
    ['shards: 8', 'is not JSON'],
    ['[]', 'is not a JSON object'],
  ])('refuses a file that holds %s', (content, message) => {
    expect(() => loadConfig({}, write(content))).toThrow(message);
  });
});

test('docs/deploy.md lists every setting with its default and what is allowed', () => {
  const guide = readFileSync(join(__dirname, '..', '..', 'docs', 'deploy.md'), 'utf8');

  const rows = describeSettings().map(
    (setting) =>
      `| \`${setting.name}\` | ${setting.description} | ${setting.allowed} | ${setting.default} |`,
  );

  expect(guide).toContain(rows.join('\n'));
});
