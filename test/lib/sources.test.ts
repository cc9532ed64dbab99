import { Match } from 'aws-cdk-lib/assertions';
import { findings, synthesize } from './synth';

const TOPIC = 'arn:aws:sns:eu-west-1:444455556666:trail-files';
const KEY = 'arn:aws:kms:eu-west-1:444455556666:key/0a1b2c3d-0000-4000-8000-000000000001';

const SYNTHESIZED = {
  new: synthesize(),
  bucket: synthesize({ source: 'bucket', bucketName: 'audit-logs', bucketKeyArn: KEY }),
  sns: synthesize({ source: 'sns', bucketName: 'audit-logs', topicArn: TOPIC }),
  eventbridge: synthesize({ source: 'eventbridge', bucketName: 'audit-logs' }),
};

describe('new', () => {
  const { template } = SYNTHESIZED.new;
  const ofTrail = {
    'aws:SourceArn': {
      'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(':trail/Querytrail-Source-')])],
    },
  };

  test('is a multi-Region trail with digests, under the key of the stack', () => {
    template.hasResourceProperties('AWS::CloudTrail::Trail', {
      IsLogging: true,
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: true,
      EnableLogFileValidation: true,
      KMSKeyId: Match.anyValue(),
    });
  });

  test('records management events, and the data events of Keyspaces tables and streams', () => {
    const dataEventsOf = (type: string) => ({
      Name: `Data events of ${type}`,
      FieldSelectors: [
        { Field: 'eventCategory', Equals: ['Data'] },
        { Field: 'resources.type', Equals: [type] },
      ],
    });

    template.hasResourceProperties('AWS::CloudTrail::Trail', {
      AdvancedEventSelectors: [
        Match.objectLike({ Name: 'Management events' }),
        dataEventsOf('AWS::Cassandra::Table'),
        dataEventsOf('AWS::Cassandra::Stream'),
      ],
    });
  });

  test('records no data events, which cost money, where they are switched off', () => {
    synthesize({ dataEvents: false }).template.hasResourceProperties('AWS::CloudTrail::Trail', {
      AdvancedEventSelectors: [
        {
          Name: 'Management events',
          FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }],
        },
      ],
    });
  });

  test('every bucket is private, encrypted and reached by TLS only', () => {
    template.allResourcesProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: Match.anyValue(),
    });
    template.allResourcesProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });

  test('keeps log files, versioned, and moves old ones to cheaper storage', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: Match.objectLike({
        VersioningConfiguration: { Status: 'Enabled' },
        LoggingConfiguration: Match.anyValue(),
        LifecycleConfiguration: {
          Rules: [
            Match.objectLike({
              ExpirationInDays: Match.absent(),
              Transitions: [{ StorageClass: 'STANDARD_IA', TransitionInDays: 90 }],
            }),
          ],
        },
      }),
    });
  });

  test('deletes log files where the configuration says so', () => {
    synthesize({ trailRetentionDays: 400 }).template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 400 })] },
    });
  });

  test('does not move log files that are deleted soon', () => {
    synthesize({ trailRetentionDays: 60 }).template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [Match.objectLike({ ExpirationInDays: 60, Transitions: Match.absent() })],
      },
    });
  });

  test('lets this trail alone write to bucket and key', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 's3:GetBucketAcl',
            Principal: { Service: 'cloudtrail.amazonaws.com' },
            Condition: { StringEquals: ofTrail },
          }),
          Match.objectLike({
            Action: 's3:PutObject',
            Principal: { Service: 'cloudtrail.amazonaws.com' },
            Condition: {
              StringEquals: { ...ofTrail, 's3:x-amz-acl': 'bucket-owner-full-control' },
            },
          }),
        ]),
      },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'kms:GenerateDataKey*',
            Principal: { Service: 'cloudtrail.amazonaws.com' },
            Condition: {
              StringEquals: ofTrail,
              StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': Match.anyValue() },
            },
          }),
        ]),
      },
    });
  });
});

describe('bucket', () => {
  const { template } = SYNTHESIZED.bucket;

  test('adds its rule to those that the bucket has', () => {
    template.hasResourceProperties('Custom::S3BucketNotifications', {
      BucketName: 'audit-logs',
      Managed: false,
      NotificationConfiguration: {
        QueueConfigurations: [
          {
            Events: ['s3:ObjectCreated:*'],
            Filter: { Key: { FilterRules: [{ Name: 'suffix', Value: '.json.gz' }] } },
            QueueArn: Match.anyValue(),
          },
        ],
      },
    });
  });

  test('changes the notifications of this bucket alone', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['s3:GetBucketNotification', 's3:PutBucketNotification'],
            Resource: { 'Fn::Join': ['', Match.arrayWith([':s3:::audit-logs'])] },
          },
        ],
      },
    });
  });

  test('lets the functions use the key of the bucket', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: KEY }]),
      },
    });
  });
});

describe('sns', () => {
  const { template } = SYNTHESIZED.sns;

  test("subscribes to a topic, also of another account, in the topic's Region", () => {
    template.hasResourceProperties('AWS::SNS::Subscription', {
      TopicArn: TOPIC,
      Region: 'eu-west-1',
      Protocol: 'sqs',
      RedrivePolicy: { deadLetterTargetArn: Match.anyValue() },
    });
  });
});

describe('eventbridge', () => {
  const { template } = SYNTHESIZED.eventbridge;

  test('matches new log files of the bucket', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: ['audit-logs'] }, object: { key: [{ suffix: '.json.gz' }] } },
      },
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } })],
    });
  });
});

describe.each(['bucket', 'sns', 'eventbridge'] as const)('%s', (source) => {
  const { app, template } = SYNTHESIZED[source];

  test('makes neither trail nor bucket', () => {
    template.resourceCountIs('AWS::CloudTrail::Trail', 0);
    template.resourceCountIs('AWS::S3::Bucket', 0);
  });

  test('leaves cdk-nag nothing to find', () => {
    expect(findings(app)).toEqual([]);
  });
});

test.each([
  ['new', 's3.amazonaws.com'],
  ['bucket', 's3.amazonaws.com'],
  ['sns', 'sns.amazonaws.com'],
  ['eventbridge', 'events.amazonaws.com'],
] as const)('%s: %s alone may send to the intake queue', (source, announcer) => {
  const policies = SYNTHESIZED[source].template.findResources('AWS::SQS::QueuePolicy');

  const allowed = Object.entries(policies)
    .filter(([id]) => id.startsWith('IntakeQueue'))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
    .filter(({ Effect }) => Effect === 'Allow');

  expect(allowed).toEqual([
    expect.objectContaining({
      Principal: { Service: announcer },
      Condition: expect.objectContaining({}),
    }),
  ]);
  expect(JSON.stringify(allowed[0].Condition)).toContain('aws:SourceArn');
});
