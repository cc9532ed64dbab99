import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGzip, gzipSync } from 'node:zlib';

/** Seeded: every run measures the same bytes. */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A log file of so many bytes before compression; `share` of its records are Athena's or Keyspaces'. */
export function logFile(sizeBytes: number, share: number, random: Random): Buffer {
  const parts: string[] = [];
  for (let size = 0; size < sizeBytes; ) {
    const text = JSON.stringify(record(random() < share, random));
    parts.push(text);
    size += text.length + 1;
  }
  return gzipSync(`{"Records":[${parts.join(',')}]}`);
}

/** The same for a file too large for one string: its middle repeats. */
export async function writeHugeLogFile(
  path: string,
  sizeBytes: number,
  share: number,
  random: Random,
) {
  const gzip = createGzip();
  const chunks: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => gzip.on('end', resolve));
  gzip.write('{"Records":[');
  for (let size = 0; size < sizeBytes; ) {
    const block = Array.from({ length: 2000 }, () =>
      JSON.stringify(record(random() < share, random)),
    ).join(',');
    size += block.length + 1;
    const isWaiting = !gzip.write(size < sizeBytes ? `${block},` : block);
    if (isWaiting) await new Promise((resolve) => gzip.once('drain', resolve));
  }
  gzip.end(']}');
  await ended;
  writeFileSync(path, Buffer.concat(chunks));
}

export function writeLogFiles(
  folder: string,
  count: number,
  sizeBytes: (random: Random) => number,
  share: number,
  random: Random,
): string {
  mkdirSync(folder, { recursive: true });
  for (let file = 0; file < count; file++) {
    const name = `${String(file).padStart(5, '0')}.json.gz`;
    writeFileSync(join(folder, name), logFile(sizeBytes(random), share, random));
  }
  return folder;
}

type Json = Record<string, unknown>;

/** Of what exists for more than one call. */
const existing = createRandom(2026);
const KEY_IDS = Array.from({ length: 20 }, () => uuid(existing));
const INSTANCE_IDS = Array.from({ length: 500 }, () => `i-${hex(existing, 17)}`);
const ids = new Map<string, string>();

/** The unique id of a role, and the access key of a session of it. */
function idOf(name: string): string {
  const id = ids.get(name) ?? hex(existing, 16).toUpperCase();
  ids.set(name, id);
  return id;
}

const OTHERS: Record<string, (random: Random) => [eventName: string, parameters: Json | null]> = {
  s3: (random) => [
    pick(random, ['GetObject', 'PutObject', 'HeadObject']),
    {
      bucketName: `data-lake-${number(random, 20)}`,
      'X-Amz-Date': '20260302T100107Z',
      Host: 's3.eu-west-1.amazonaws.com',
      key: `warehouse/t${number(random, 90)}/dt=2026-03-02/part-${number(random, 99999)}.parquet`,
      'x-amz-server-side-encryption': 'aws:kms',
    },
  ],
  kms: (random) => [
    pick(random, ['Decrypt', 'GenerateDataKey']),
    {
      keySpec: 'AES_256',
      keyId: `arn:aws:kms:eu-west-1:444455556666:key/${pick(random, KEY_IDS)}`,
      encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::data-lake-${number(random, 20)}` },
    },
  ],
  ec2: (random) => [
    pick(random, ['DescribeInstances', 'DescribeNetworkInterfaces', 'CreateTags']),
    {
      maxResults: 1000,
      instancesSet: { items: [{ instanceId: pick(random, INSTANCE_IDS) }] },
      filterSet: {
        items: [{ name: 'instance-state-name', valueSet: { items: [{ value: 'running' }] } }],
      },
    },
  ],
  sts: (random) => [
    'AssumeRole',
    {
      roleArn: `arn:aws:iam::444455556666:role/service-${number(random, 40)}`,
      roleSessionName: `session-${number(random, 200)}`,
      durationSeconds: 3600,
    },
  ],
  glue: (random) => [
    pick(random, ['GetTable', 'GetPartitions', 'GetDatabase', 'BatchGetPartition']),
    {
      databaseName: pick(random, ['sales', 'shop', 'web']),
      name: `t${number(random, 90)}`,
      catalogId: '444455556666',
      expression: 'dt = \'2026-03-02\' AND note = "a\\b"',
    },
  ],
  logs: (random) => ['CreateLogStream', { logGroupName: `/aws/lambda/f${number(random, 60)}` }],
  lambda: (random) => ['Invoke', { functionName: `f${number(random, 60)}`, qualifier: '$LATEST' }],
  dynamodb: (random) => [
    'GetItem',
    { tableName: `t${number(random, 30)}`, key: { id: uuid(random) }, consistentRead: false },
  ],
  iam: () => ['ListAttachedRolePolicies', null],
  config: (random) => [
    'PutEvaluations',
    { evaluations: [], resultToken: hex(random, 64), testMode: false },
  ],
};

function record(isOurs: boolean, random: Random): Json {
  const service = isOurs
    ? pick(random, ['athena', 'cassandra'])
    : pick(random, Object.keys(OTHERS));
  const [eventName, requestParameters] = OTHERS[service]?.(random) ?? ours(service, random);
  const role = `role-${number(random, 30)}`;
  const session = `session-${number(random, 200)}`;
  const roleId = `AROA${idOf(role)}`;
  const isHostile = random() < 0.002;
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `${roleId}:${session}`,
      arn: `arn:aws:sts::444455556666:assumed-role/${role}/${session}`,
      accountId: '444455556666',
      accessKeyId: `ASIA${idOf(`${role}/${session}`)}`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: roleId,
          arn: `arn:aws:iam::444455556666:role/${role}`,
          accountId: '444455556666',
          userName: role,
        },
        webIdFederationData: {},
        attributes: { creationDate: '2026-03-02T09:58:00Z', mfaAuthenticated: 'false' },
      },
    },
    eventTime: `2026-03-02T10:${String(number(random, 60)).padStart(2, '0')}:07Z`,
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: 'eu-west-1',
    sourceIPAddress: `198.51.100.${number(random, 250)}`,
    userAgent:
      service === 'glue' && random() < 0.4
        ? 'athena.amazonaws.com'
        : `aws-sdk-java/2.20.${number(random, 9)} Linux/5.10 OpenJDK_64-Bit_Server_VM/17.0.${number(random, 9)} vendor/Amazon.com_Inc. md/internal exec-env/AWS_Lambda_java17`,
    requestParameters: isHostile
      ? { records: [{ eventSource: 'athena.amazonaws.com', text: '}]},{"eventSource":"' }] }
      : requestParameters,
    responseElements: random() < 0.3 ? { status: 'ok', token: hex(random, 120) } : null,
    additionalEventData: {
      SignatureVersion: 'SigV4',
      CipherSuite: 'TLS_AES_128_GCM_SHA256',
      bytesTransferredIn: 0,
      bytesTransferredOut: number(random, 99999),
      ...(service === 's3' && { 'x-amz-id-2': base64(random, 57) }),
    },
    requestID: uuid(random),
    eventID: uuid(random),
    readOnly: random() < 0.8,
    resources: [
      { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::data-lake-${number(random, 20)}/x` },
      { accountId: '444455556666', type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::data-lake' },
    ],
    eventType: 'AwsApiCall',
    managementEvent: random() < 0.3,
    recipientAccountId: '444455556666',
    eventCategory: 'Data',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `${service}.eu-west-1.amazonaws.com`,
    },
    ...(random() < 0.6 && {
      vpcEndpointId: 'vpce-0a1b2c3d4e5f60718',
      vpcEndpointAccountId: '444455556666',
    }),
  };
}

function ours(service: string, random: Random): [string, Json] {
  if (service === 'athena') {
    return [
      'StartQueryExecution',
      {
        queryString: '***OMITTED***',
        clientRequestToken: uuid(random),
        queryExecutionContext: { database: 'sales', catalog: 'AwsDataCatalog' },
        workGroup: 'primary',
      },
    ];
  }
  return [
    'Select',
    {
      keyspaceName: 'shop',
      tableName: `t${number(random, 30)}`,
      conditions: ['pk = **(Redacted)', 'ck < 3**(Redacted)0'],
      select: ['pk', 'ck', 'v1'],
      limit: 10,
    },
  ];
}

function pick<T>(random: Random, values: readonly T[]): T {
  const value = values[number(random, values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

function number(random: Random, below: number): number {
  return Math.floor(random() * below);
}

function hex(random: Random, length: number): string {
  return Array.from({ length }, () => number(random, 16).toString(16)).join('');
}

function base64(random: Random, bytes: number): string {
  return Buffer.from(Array.from({ length: bytes }, () => number(random, 256))).toString('base64');
}

function uuid(random: Random): string {
  return [8, 4, 4, 4, 12].map((length) => hex(random, length)).join('-');
}
