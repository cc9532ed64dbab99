import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AthenaClient } from '@aws-sdk/client-athena';
import { createAthenaClients, partitionOf } from '../../src/recovery/athena-clients';

const OWN = '111122223333';
const OTHER = '444455556666';
const NO_ROLE = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>
  <Type>Sender</Type><Code>AccessDenied</Code>
  <Message>User: x is not authorized to perform: sts:AssumeRole on resource: y</Message>
</Error><RequestId>r</RequestId></ErrorResponse>`;

test('asks the own account with its own credentials, in the Region of the event', () => {
  const created: { region?: unknown; credentials?: unknown; maxAttempts?: unknown }[] = [];
  const athenaFor = open(created);

  const history = athenaFor(OWN, 'eu-west-1');

  expect(history).toBeDefined();
  expect(created).toEqual([{ region: 'eu-west-1', credentials: undefined, maxAttempts: 1 }]);
  expect(athenaFor(OWN, 'eu-west-1')).toBe(history);
  expect(athenaFor(OWN, 'us-east-1')).not.toBe(history);
});

test('asks other accounts through the role, and not at all without one', () => {
  const created: { credentials?: unknown }[] = [];

  expect(open(created)(OTHER, 'eu-west-1')).toBeUndefined();
  expect(open(created, 'QuerytrailRecovery')(OTHER, 'eu-west-1')).toBeDefined();

  expect(created).toMatchObject([{ credentials: expect.any(Function) }]);
});

test('an account without the role refuses', async () => {
  const env = { ...process.env };
  const asked: string[] = [];
  const sts = createServer(async (request, response) => {
    asked.push(Buffer.concat(await Array.fromAsync(request)).toString());
    response.writeHead(403, { 'content-type': 'text/xml' }).end(NO_ROLE);
  });
  await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${(sts.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });

  try {
    const answers = await open([], 'Ask,Athena')(OTHER, 'eu-west-1')?.queryExecutions([
      { id: 'q', workgroup: 'analysts' },
    ]);

    expect(answers?.get('q')).toEqual({ unavailable: 'access-denied' });
    expect(new URLSearchParams(asked[0]).get('RoleArn')).toBe(
      `arn:aws:iam::${OTHER}:role/Ask,Athena`,
    );
  } finally {
    process.env = env;
    sts.closeAllConnections();
    await new Promise((resolve) => sts.close(resolve));
  }
});

test.each([
  ['eu-west-1', 'aws'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['cn-northwest-1', 'aws-cn'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eusc-de-east-1', 'aws-eusc'],
  ['xx-moon-9', 'aws'],
])('knows the partition of %s', (region, partition) => {
  expect(partitionOf(region)).toBe(partition);
});

function open(created: object[], roleName?: string) {
  return createAthenaClients({
    ownAccountId: OWN,
    roleName,
    callsPerSecond: 2,
    createClient: (config = {}) => {
      created.push(config);
      return new AthenaClient(config);
    },
  });
}
