import { AthenaClient } from '@aws-sdk/client-athena';
import { createAthenaClients, partitionOf } from '../../src/recovery/athena-clients';

const OWN = '111122223333';
const OTHER = '444455556666';

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
