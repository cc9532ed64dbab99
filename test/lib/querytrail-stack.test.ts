import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { ingestEnvSchema, parseEnv } from '../../src/env';
import { METRICS } from '../../src/names';
import { TABLE } from '../../src/store/names';
import { acknowledgements, findings, type Synthesized, synthesize } from './synth';

const policySchema = z.object({
  Properties: z.object({
    PolicyDocument: z.object({
      Statement: z.array(
        z.object({
          Action: z.union([z.string(), z.array(z.string())]),
          Resource: z.unknown(),
          Condition: z.unknown().optional(),
        }),
      ),
    }),
    Roles: z.array(z.object({ Ref: z.string() })).optional(),
  }),
});

let synthesized: Synthesized;
let template: Template;

beforeAll(() => {
  synthesized = synthesize();
  ({ template } = synthesized);
});

test('is the golden template, asset hashes aside', () => {
  const scrubbed = JSON.stringify(template.toJSON(), null, 2).replaceAll(
    /\b[0-9a-f]{64}\b/g,
    '<hash>',
  );

  expect(JSON.parse(scrubbed)).toMatchSnapshot();
});

describe('what each function may do', () => {
  const LOG = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  const CONSUME = [
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ReceiveMessage',
  ];
  const READ_FILES = ['s3:GetObject', 's3:ListBucket', 'kms:Decrypt'];
  const READ_ITEMS = ['dynamodb:BatchGetItem', 'dynamodb:Query', 'kms:Decrypt', 'kms:DescribeKey'];
  const WRITE_ITEMS = [
    'dynamodb:BatchGetItem',
    'dynamodb:BatchWriteItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey',
    'kms:GenerateDataKeyWithoutPlaintext',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
  ];

  test.each([
    ['Ingest', [...LOG, ...CONSUME, 'sqs:SendMessage', ...READ_FILES, ...WRITE_ITEMS]],
    [
      'Integrity',
      [
        ...LOG,
        ...CONSUME,
        ...READ_FILES,
        ...READ_ITEMS,
        ...WRITE_ITEMS,
        'cloudtrail:ListPublicKeys',
      ],
    ],
    [
      'Recovery',
      [
        ...LOG,
        ...CONSUME,
        'sqs:SendMessage',
        ...READ_ITEMS,
        ...WRITE_ITEMS,
        'athena:BatchGetQueryExecution',
        'athena:GetNamedQuery',
        'athena:GetPreparedStatement',
      ],
    ],
    ['QueryApi', [...LOG, ...READ_FILES, ...READ_ITEMS]],
    ['Upkeep', [...LOG, ...READ_ITEMS, ...WRITE_ITEMS, 'dynamodb:DeleteItem']],
  ])('%s: these actions and no others, none with a wildcard', (name, expected) => {
    const actions = new Set(statementsOf(name).flatMap(({ Action }) => Action));

    expect([...actions].sort()).toEqual([...new Set(expected)].sort());
  });

  test('Ingest sends to its own queue, the dead letters, integrity and recovery', () => {
    const queues = statementsOf('Ingest')
      .filter(({ Action }) => [Action].flat().includes('sqs:SendMessage'))
      .flatMap(({ Resource }) => JSON.stringify(Resource).match(/[A-Z]\w+(?=","Arn")/g));

    expect(queues.sort()).toEqual([
      expect.stringMatching(/^IntakeDeadLetters/),
      expect.stringMatching(/^IntakeQueue/),
      expect.stringMatching(/^IntegrityWorkQueue/),
      expect.stringMatching(/^RecoveryWorkQueue/),
    ]);
  });

  test('only log files are read, of one bucket', () => {
    const reads = statementsOf('Ingest').filter(({ Action }) => Action === 's3:GetObject');

    expect(JSON.stringify(reads)).toMatch(/SourceBucket\w+","Arn"\]},"\/\*\/AWSLogs\/\*"/);
    expect(reads).toHaveLength(1);
  });

  test('the key serves the table through DynamoDB only', () => {
    const encrypts = statementsOf('Ingest').filter(({ Action }) => Action.includes('kms:Encrypt'));

    expect(JSON.stringify(encrypts[0]?.Condition)).toContain(
      '"kms:ViaService":{"Fn::Join":["",["dynamodb.',
    );
  });

  test('no role has a managed policy but that of the handler of CDK', () => {
    const roles = template.findResources('AWS::IAM::Role', {
      Properties: { ManagedPolicyArns: Match.anyValue() },
    });

    expect(Object.keys(roles)).toEqual([expect.stringMatching(/^BucketNotificationsHandler/)]);
  });
});

describe('queues', () => {
  test.each(['Intake', 'Integrity', 'Recovery'])(
    '%s: five deliveries, then the dead-letter queue',
    (name) => {
      const deadLetters = logicalId('AWS::SQS::Queue', new RegExp(`^${name}\\w*DeadLetters`));

      template.hasResourceProperties('AWS::SQS::Queue', {
        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters, 'Arn'] },
          maxReceiveCount: 5,
        },
      });
    },
  );

  test('every queue keeps its messages for as long as SQS can', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::SQS::Queue'))) {
      expect(Properties.MessageRetentionPeriod).toBe(14 * 86_400);
    }
  });

  test('every queue is encrypted and takes TLS only', () => {
    const queues = template.findResources('AWS::SQS::Queue');

    for (const [id, queue] of Object.entries(queues)) {
      expect(queue.Properties.SqsManagedSseEnabled).toBe(true);
      template.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [{ Ref: id }],
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Effect: 'Deny',
              Action: 'sqs:*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ]),
        },
      });
    }
  });

  test('every mapping reports single failures and is bounded', () => {
    const mappings = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'));

    expect(mappings).toHaveLength(3);
    for (const { Properties } of mappings) {
      expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(Properties.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
    }
  });

  test('a message stays hidden for six times the timeout of its function and the window', () => {
    const functions = template.findResources('AWS::Lambda::Function');
    const queues = template.findResources('AWS::SQS::Queue');

    for (const { Properties } of Object.values(
      template.findResources('AWS::Lambda::EventSourceMapping'),
    )) {
      const { Timeout } = functions[Properties.FunctionName.Ref]?.Properties ?? {};
      const [queueId] = Properties.EventSourceArn['Fn::GetAtt'];
      const { VisibilityTimeout } = queues[queueId]?.Properties ?? {};
      const windowSeconds = Properties.MaximumBatchingWindowInSeconds ?? 0;

      expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout + windowSeconds);
    }
  });
});

describe('table', () => {
  test('keeps its logical id, for another one would be another table', () => {
    expect(logicalId('AWS::DynamoDB::Table')).toBe('EventsTable4B7491D3');
  });

  test('is on demand, encrypted, recoverable, protected, expiring and retained', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: Match.objectLike({
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: {
          SSEEnabled: true,
          SSEType: 'KMS',
          KMSMasterKeyId: { 'Fn::GetAtt': [logicalId('AWS::KMS::Key'), 'Arn'] },
        },
        TimeToLiveSpecification: { AttributeName: TABLE.ttl, Enabled: true },
      }),
    });
  });

  test('has the indexes of the store', () => {
    const [table] = Object.values(template.findResources('AWS::DynamoDB::Table'));
    const names = table?.Properties.GlobalSecondaryIndexes.map(
      (index: { IndexName: string }) => index.IndexName,
    );

    expect(names).toEqual(TABLE.indexes.map(({ name }) => name));
  });
});

describe('API', () => {
  test('every route asks for an IAM signature', () => {
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route'));

    expect(routes.map(({ Properties }) => Properties.AuthorizationType)).toEqual(['AWS_IAM']);
  });

  test('is logged, without what a caller searched for, and throttled', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      AccessLogSettings: {
        DestinationArn: Match.anyValue(),
        Format: Match.not(Match.stringLikeRegexp('[Qq]uery')),
      },
      DefaultRouteSettings: { ThrottlingBurstLimit: 40, ThrottlingRateLimit: 20 },
    });
  });

  test('takes tokens instead where the configuration says so', () => {
    const withJwt = synthesize({
      auth: 'jwt',
      jwtIssuer: 'https://login.example.com/tenant',
      jwtAudience: ['querytrail'],
    }).template;

    withJwt.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      JwtConfiguration: { Audience: ['querytrail'], Issuer: 'https://login.example.com/tenant' },
    });
    withJwt.allResourcesProperties('AWS::ApiGatewayV2::Route', { AuthorizationType: 'JWT' });
  });
});

describe('functions', () => {
  test('run on arm64 and Node 24', () => {
    for (const name of ['Ingest', 'Integrity', 'QueryApi', 'Recovery', 'Upkeep']) {
      expect(functionOf(name).Properties).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
      });
    }
  });

  test('each writes a log that ends some day', () => {
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    template.resourceCountIs('AWS::Logs::LogGroup', 6);
  });

  test('settings reach the environment', () => {
    const { template: configured } = synthesize({
      eventRetentionDays: 400,
      redactLiterals: true,
      shards: 8,
    });

    configured.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('stores their events'),
      Environment: {
        Variables: Match.objectLike({
          QUERYTRAIL_RETENTION_DAYS: '400',
          QUERYTRAIL_REDACT_LITERALS: 'true',
          QUERYTRAIL_SHARDS: '8',
        }),
      },
    });
  });
});

describe('recovery', () => {
  test('asks Athena in this account alone unless a role is named', () => {
    const assumes = statementsOf('Recovery').filter(({ Action }) => Action === 'sts:AssumeRole');

    expect(assumes).toEqual([]);
  });

  test('may assume the configured role of other accounts and no other', () => {
    const { app, template: configured } = synthesize({ recoveryRoleName: 'AskAthena' });

    configured.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Resource: {
              'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::*:role/AskAthena']],
            },
          },
        ],
      },
    });
    expect(findings(app)).toEqual([]);
  });

  test('the role of the template allows what the function asks for', () => {
    const role = readFileSync(
      join(__dirname, '..', '..', 'templates', 'recovery-role.yaml'),
      'utf8',
    );
    const asked = statementsOf('Recovery')
      .flatMap(({ Action }) => Action)
      .filter((action) => action.startsWith('athena:'));

    expect(role.match(/athena:[A-Z]\w+/g)).toEqual(asked);
  });

  test('keeps to its rate, however many copies run', () => {
    const { Properties } = functionOf('Recovery');
    const copies = Object.values(template.findResources('AWS::Lambda::EventSourceMapping')).find(
      (mapping) => mapping.Properties.FunctionName.Ref.startsWith('RecoveryFunction'),
    )?.Properties.ScalingConfig.MaximumConcurrency;

    const perCopy = Number(Properties.Environment.Variables.QUERYTRAIL_RECOVERY_CALLS_PER_SECOND);
    expect(perCopy * copies).toBe(2);
  });

  test('its own calls are left out of the trail, or kept where the configuration says so', () => {
    const variables = (settings: Record<string, unknown>) =>
      JSON.stringify(
        synthesize(settings).template.findResources('AWS::Lambda::Function', {
          Properties: { Description: Match.stringLikeRegexp('stores their events') },
        }),
      );

    expect(variables({})).toContain('QUERYTRAIL_OWN_ROLE_ARNS');
    expect(variables({ keepOwnCalls: true })).not.toContain('QUERYTRAIL_OWN_ROLE_ARNS');
  });

  test('its own calls are known by a role with any name that IAM allows', () => {
    const roleName = 'Ask+Athena=a,b.c@d_e-1';
    const { app, template: configured } = synthesize({ recoveryRoleName: roleName });

    const variables = Object.values(configured.findResources('AWS::Lambda::Function')).flatMap(
      ({ Properties }) => Properties.Environment?.Variables.QUERYTRAIL_OWN_ROLE_ARNS ?? [],
    );
    const [separator, parts]: [string, unknown[]] = variables[0]['Fn::Join'];
    const value = parts.map((part) => (typeof part === 'string' ? part : 'aws')).join(separator);
    const { QUERYTRAIL_OWN_ROLE_ARNS: arns } = parseEnv(ingestEnvSchema, {
      QUERYTRAIL_TABLE: 'events',
      QUERYTRAIL_INTAKE_QUEUE_URL: 'https://sqs.example.com/intake',
      QUERYTRAIL_DEAD_LETTER_QUEUE_URL: 'https://sqs.example.com/dead',
      QUERYTRAIL_OWN_ROLE_ARNS: value,
    });
    expect(arns).toHaveLength(2);
    expect(arns).toContain(`arn:aws:iam::*:role/${roleName}`);
    expect(findings(app)).toEqual([]);
  });

  test("is told of the end of a query by Athena's events where the configuration says so", () => {
    template.resourcePropertiesCountIs(
      'AWS::Events::Rule',
      { EventPattern: { source: ['aws.athena'] } },
      0,
    );
    synthesize({ stateChanges: true }).template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.athena'],
        'detail-type': ['Athena Query State Change'],
        detail: { currentState: ['SUCCEEDED', 'FAILED', 'CANCELLED'] },
      },
    });
  });

  test('can be switched off', () => {
    const { template: without } = synthesize({ recovery: false });

    expect(JSON.stringify(without.toJSON())).not.toContain('athena:');
  });
});

describe('operations', () => {
  test('every alarm tells the topic and names a paragraph of the runbook that exists', () => {
    const runbook = readFileSync(join(__dirname, '..', '..', 'docs', 'operations.md'), 'utf8');
    const anchors = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));

    expect(alarms.length).toBeGreaterThanOrEqual(13);
    for (const { Properties } of alarms) {
      const [, anchor] =
        /Runbook: docs\/operations\.md#(\S+)$/.exec(Properties.AlarmDescription) ?? [];
      expect(anchors).toContain(anchor);
      expect(Properties.AlarmActions).toEqual([{ Ref: logicalId('AWS::SNS::Topic') }]);
    }
  });

  test('the errors of a function are counted over periods in which it runs', () => {
    const hourly = alarmsNamed(/^Alarms(Upkeep|Integrity)Errors/);
    const others = alarmsNamed(/^Alarms(Ingest|Query|Recovery)Errors/);

    // Those that run once an hour could not fail in each of three periods of five minutes.
    expect(hourly.map(({ Properties }) => Properties.Period)).toEqual([3600, 3600]);
    expect(others.map(({ Properties }) => Properties.Period)).toEqual([300, 300, 300]);
    for (const { Properties } of [...hourly, ...others]) {
      expect(Properties.EvaluationPeriods).toBe(3);
    }
  });

  test('recovery is stuck when Athena does not answer, not while one query runs for hours', () => {
    const [stuck] = alarmsNamed(/^AlarmsRecoveryStuck/);
    const metrics: { Id: string; MetricStat?: { Metric: { MetricName: string } } }[] =
      stuck?.Properties.Metrics;

    expect(metrics.flatMap(({ MetricStat }) => MetricStat?.Metric.MetricName ?? [])).toEqual([
      'RecoveryRecovered',
      'RecoveryUnanswered',
    ]);
  });

  test('throttled reads and writes of table and indexes all count, as many as an alarm takes', () => {
    const [throttled] = alarmsNamed(/^AlarmsTableThrottled/);
    const metrics: { MetricStat?: { Metric: { MetricName: string } } }[] =
      throttled?.Properties.Metrics;
    const names = metrics.flatMap(({ MetricStat }) => MetricStat?.Metric.MetricName ?? []);

    expect(names.filter((name) => name === 'ReadThrottleEvents')).toHaveLength(
      1 + TABLE.indexes.length,
    );
    expect(names.filter((name) => name === 'WriteThrottleEvents')).toHaveLength(
      1 + TABLE.indexes.length,
    );
    expect(names.length).toBeLessThanOrEqual(10);
  });

  test('CloudWatch may publish to the topic and use its key', () => {
    const statement = {
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    };

    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Action: 'sns:Publish', ...statement })]),
      },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], ...statement }),
        ]),
      },
    });
  });

  test('an address gets a mail', () => {
    synthesize({ alarmEmail: 'audit@example.com' }).template.hasResourceProperties(
      'AWS::SNS::Subscription',
      { Protocol: 'email', Endpoint: 'audit@example.com' },
    );
  });

  test('docs/deploy.md reckons with as many alarms and metrics as there are', () => {
    const guide = readFileSync(join(__dirname, '..', '..', 'docs', 'deploy.md'), 'utf8');
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
    const watched = alarms.flatMap(({ Properties }): unknown[] =>
      (Properties.Metrics ?? [Properties]).filter((one: object) => !('Expression' in one)),
    );
    // Ingest tells of failed and of unlisted files as well as Integrity.
    const own = Object.keys(METRICS).length + 2;

    expect(guide).toContain(`| ${alarms.length} alarms | ${watched.length} metrics at 0.10 |`);
    expect(guide).toContain(`| metrics of its own | ${own} at 0.30;`);
  });

  test('there is one page to look at, and the outputs say where everything is', () => {
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    expect(Object.keys(template.toJSON().Outputs)).toEqual([
      'ApiUrl',
      'TableName',
      'IntakeQueueUrl',
      'DeadLetterQueueUrl',
      'IntegrityQueueUrl',
      'IntegrityDeadLetterQueueUrl',
      'BucketName',
      'ReaderRoleArns',
      'AlarmTopicArn',
      'RecoveryQueueUrl',
      'RecoveryDeadLetterQueueUrl',
      'RecoveryRoleArn',
    ]);
  });
});

describe('what stays and what goes', () => {
  test('a key of the company takes the place of one of the stack', () => {
    const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001';
    const { template: withKey } = synthesize({ encryptionKeyArn: keyArn });

    withKey.resourceCountIs('AWS::KMS::Key', 0);
    withKey.hasResourceProperties('AWS::DynamoDB::Table', {
      SSESpecification: { KMSMasterKeyId: keyArn },
    });
    withKey.hasResourceProperties('AWS::CloudTrail::Trail', { KMSKeyId: keyArn });
  });

  test('a trial can be thrown away', () => {
    const { template: trial } = synthesize({ removalPolicy: 'destroy' });

    trial.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: Match.objectLike({ DeletionProtectionEnabled: false }),
    });
  });
});

describe('cdk-nag', () => {
  test('finds nothing that is not acknowledged', () => {
    expect(findings(synthesized.app)).toEqual([]);
  });

  test('every acknowledgement names one finding and gives a reason', () => {
    const all = acknowledgements(synthesized.app);

    expect(all.map(({ path, rule }) => `${path} ${rule}`)).toMatchSnapshot();
    for (const { rule, reason } of all) {
      expect(rule).toMatch(/\[.+\]$/);
      expect(reason).toMatch(/\w+ \w+ \w+/);
    }
  });
});

function statementsOf(name: string) {
  const role = logicalId('AWS::IAM::Role', new RegExp(`^${name}FunctionRole`));
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .map((policy) => policySchema.parse(policy).Properties)
    .filter(({ Roles }) => Roles?.some(({ Ref }) => Ref === role))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

function alarmsNamed(pattern: RegExp) {
  return Object.entries(template.findResources('AWS::CloudWatch::Alarm')).flatMap(([id, alarm]) =>
    pattern.test(id) ? [alarm] : [],
  );
}

function functionOf(name: string) {
  const id = logicalId('AWS::Lambda::Function', new RegExp(`^${name}Function`));
  return template.findResources('AWS::Lambda::Function')[id] ?? {};
}

function logicalId(type: string, pattern = /./): string {
  const [id] = Object.keys(template.findResources(type)).filter((name) => pattern.test(name));
  if (id === undefined) throw new Error(`no ${type} like ${pattern}`);
  return id;
}
