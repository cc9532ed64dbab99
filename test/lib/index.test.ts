import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EventTable, Ingest, QueryApi, TopicSource, WorkQueue } from '../../lib';
import { createApp } from './synth';

describe("in someone else's stack", () => {
  const stack = new Stack(createApp(), 'TheirStack');
  const key = new Key(stack, 'TheirKey');
  const intake = new WorkQueue(stack, 'Intake', {
    consumerTimeout: Ingest.TIMEOUT,
    batchingWindow: Duration.seconds(0),
    maxReceiveCount: 8,
  });
  const source = new TopicSource(stack, 'Source', {
    intake,
    bucket: new Bucket(stack, 'TheirBucket', { encryptionKey: key }),
    topic: new Topic(stack, 'TheirTopic'),
  });
  const table = new EventTable(stack, 'Events', { encryptionKey: key });
  const ingest = new Ingest(stack, 'Ingest', { intake, source, table });
  const queryApi = new QueryApi(stack, 'Api', { table, source });
  queryApi.grantInvoke(
    new Role(stack, 'Auditors', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') }),
  );
  const template = Template.fromStack(stack);

  test('the pieces work with their bucket, topic and key', () => {
    template.resourceCountIs('AWS::KMS::Key', 1);
    template.resourceCountIs('AWS::S3::Bucket', 1);
    template.hasResourceProperties('AWS::SNS::Subscription', {
      TopicArn: { Ref: Match.stringLikeRegexp('^TheirTopic') },
    });
    template.hasResourceProperties('AWS::SQS::Queue', { RedrivePolicy: { maxReceiveCount: 8 } });
  });

  test('a queue without a batching window hands over ten messages at most', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { BatchSize: 10 });
  });

  test('what is not handed over is not asked for', () => {
    expect(template.toJSON().Resources).not.toHaveProperty('IntegrityFunction');
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('stores their events'),
      Environment: {
        Variables: Match.objectLike({
          QUERYTRAIL_INTEGRITY_QUEUE_URL: Match.absent(),
          QUERYTRAIL_RECOVERY_QUEUE_URL: Match.absent(),
        }),
      },
    });
  });

  test('they can grant the API to whom they like', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('^Auditors'),
      PolicyDocument: {
        Statement: [Match.objectLike({ Action: 'execute-api:Invoke', Effect: 'Allow' })],
      },
    });
  });

  test('created resources are at hand', () => {
    expect(stack.resolve(table.table.tableName)).toEqual({ Ref: expect.stringMatching(/^Events/) });
    expect(stack.resolve(ingest.function.functionArn)).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^IngestFunction/), 'Arn'],
    });
  });
});
