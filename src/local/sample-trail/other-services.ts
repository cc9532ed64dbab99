import { type Actor, ANA, CATALOGUE, CHECKOUT, DASHBOARDS, DBT, LOADER } from './actors';
import type { Call } from './call';
import type { Place } from './places';
import type { Random } from './random';

interface OtherCall {
  readonly source: string;
  readonly eventName: string;
  readonly readOnly: boolean;
  readonly weight: number;
  readonly byService?: string;
  readonly parameters: (random: Random) => unknown;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** The rest of an organization's day; some of it looks like ours and is not. */
const OTHER_CALLS: readonly [OtherCall, ...OtherCall[]] = [
  other(
    'glue',
    'GetTable',
    14,
    (r) => ({ databaseName: 'sales', name: r.pick(['daily_revenue', 'orders_enriched']) }),
    'athena.amazonaws.com',
  ),
  other(
    'glue',
    'GetPartitions',
    8,
    () => ({ databaseName: 'shop', tableName: 'orders' }),
    'athena.amazonaws.com',
  ),
  other(
    'lakeformation',
    'GetDataAccess',
    6,
    () => ({ tableArn: 'arn:aws:glue:eu-west-1:777788889999:table/shop/orders' }),
    'athena.amazonaws.com',
  ),
  other('kms', 'Decrypt', 16, (r) => ({
    encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::sample-shop-events/${r.hex(12)}` },
    encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  })),
  other('kms', 'GenerateDataKey', 8, () => ({
    keySpec: 'AES_256',
    encryptionContext: { 'aws:cassandra:tableName': 'orders' },
  })),
  other(
    'sts',
    'AssumeRole',
    12,
    (r) => ({ roleArn: 'arn:aws:iam::777788889999:role/Dashboards', roleSessionName: r.hex(8) }),
    'lambda.amazonaws.com',
  ),
  other('s3', 'GetBucketLocation', 6, () => ({
    bucketName: 'aws-athena-query-results-777788889999',
  })),
  other(
    's3',
    'GetObject',
    10,
    (r) => ({ bucketName: 'sample-shop-events', key: `orders/${r.hex(10)}.parquet` }),
    undefined,
    { managementEvent: false, eventCategory: 'Data' },
  ),
  other('logs', 'CreateLogStream', 5, (r) => ({
    logGroupName: '/aws/lambda/orders-loader',
    logStreamName: r.hex(12),
  })),
  other('lambda', 'GetFunction20150331v2', 3, () => ({ functionName: 'orders-loader' })),
  other('ec2', 'DescribeInstances', 6, () => ({ maxResults: 100, filterSet: {} })),
  other('ec2', 'DescribeNetworkInterfaces', 4, () => ({ maxResults: 1000 })),
  other('ecs', 'DescribeTasks', 4, (r) => ({ cluster: 'shop', tasks: [r.hex(32)] })),
  other('dynamodb', 'DescribeTable', 4, () => ({ tableName: 'terraform-locks' })),
  other('secretsmanager', 'GetSecretValue', 4, () => ({
    secretId: 'shop/cassandra.amazonaws.com/checkout-service',
  })),
  other('ssm', 'GetParameter', 4, () => ({
    name: '/shop/athena/workgroup',
    withDecryption: false,
  })),
  other('cloudwatch', 'GetMetricData', 3, () => ({
    metricDataQueries: [{ metricStat: { metric: { namespace: 'AWS/Athena' } } }],
  })),
  other('events', 'PutRule', 1, () => ({
    name: 'athena-states',
    eventPattern: '{"source":["aws.athena"],"detail":{"eventSource":["athena.amazonaws.com"]}}',
  })),
  other('tagging', 'GetResources', 2, () => ({
    resourceTypeFilters: ['athena:workgroup', 'cassandra:table'],
  })),
  other('iam', 'GetRole', 2, () => ({ roleName: 'Transform' })),
];

const CALLERS: readonly [Actor, ...Actor[]] = [DBT, LOADER, DASHBOARDS, CHECKOUT, CATALOGUE, ANA];

/** A call of a service that Querytrail does not keep. */
export function otherCall(place: Place, timeMs: number, random: Random): Call {
  const { source, eventName, readOnly, byService, parameters, extra } =
    random.pickWeighted(OTHER_CALLS);
  const caller = random.pick(CALLERS);
  return {
    account: place.account,
    region: place.region,
    timeMs,
    source,
    eventName,
    readOnly,
    requestParameters: parameters(random),
    actor: byService ? onBehalf(caller, byService) : caller,
    ...(extra && { extra }),
  };
}

function onBehalf(caller: Actor, service: string): Actor {
  return {
    userIdentity: { ...caller.userIdentity, invokedBy: service },
    sourceIp: service,
    userAgent: service,
  };
}

function other(
  source: string,
  eventName: string,
  weight: number,
  parameters: OtherCall['parameters'],
  byService?: string,
  extra?: OtherCall['extra'],
): OtherCall {
  const readOnly = /^(Get|Describe|List|Decrypt)/.test(eventName);
  return { source, eventName, readOnly, weight, parameters, byService, extra };
}
