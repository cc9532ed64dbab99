import { tellActor } from '../../src/event/actor';
import { buildPrincipal } from '../../src/event/principal';
import { ACCOUNT, identities, record, type TestRecord } from '../fixtures/records';

function actorOf(members: TestRecord): string {
  const logged = record(members);
  return tellActor(logged, buildPrincipal(Object(logged.userIdentity), ACCOUNT));
}

function session(more: TestRecord, context: TestRecord = {}): TestRecord {
  const { sessionContext, ...identity } = identities.roleSession;
  return {
    userIdentity: { ...identity, ...more, sessionContext: { ...sessionContext, ...context } },
  };
}

function role(arn: string): TestRecord {
  return session({}, { sessionIssuer: { type: 'Role', arn } });
}

const named = (name: string) =>
  session({ arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Analyst/${name}` });

test.each([
  ['an AWS service', { userIdentity: identities.service }, 'aws-service'],
  ['a console session', { sessionCredentialFromConsole: 'true' }, 'human'],
  [
    'a service called from a console session',
    { sessionCredentialFromConsole: 'true', ...session({ invokedBy: 'athena.amazonaws.com' }) },
    'human',
  ],
  ['the sign-in service', session({ invokedBy: 'signin.amazonaws.com' }), 'human'],
  ['a call by a service', session({ invokedBy: 'cloudformation.amazonaws.com' }), 'aws-service'],
  [
    'a service-linked role',
    role(
      `arn:aws:iam::${ACCOUNT}:role/aws-service-role/replication.cassandra.amazonaws.com/AWSServiceRoleForAmazonKeyspacesReplication`,
    ),
    'aws-service',
  ],
  ['a service as source address', { sourceIPAddress: 'quicksight.amazonaws.com' }, 'aws-service'],
  ['an Identity Center user', { userIdentity: identities.identityCenter }, 'human'],
  ['a session on behalf of a user', session({ onBehalfOf: { userId: 'u-1' } }), 'human'],
  [
    'a permission-set role',
    role(
      `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Analyst_0123456789abcdef`,
    ),
    'human',
  ],
  [
    'multi-factor authentication',
    session({}, { attributes: { mfaAuthenticated: 'true' } }),
    'human',
  ],
  ['an EC2 instance', session({}, { ec2RoleDelivery: '2.0' }), 'application'],
  ['a session named after an instance', named('i-0123456789abcdef0'), 'application'],
  ['a session that an SDK named', named('botocore-session-1700000000'), 'application'],
  [
    'a Lambda function',
    session({ inScopeOf: { issuerType: 'AWS::Lambda::Function', sourceArn: 'arn:…' } }),
    'application',
  ],
  [
    'a workload of EKS',
    session(
      {},
      {
        webIdFederationData: {
          federatedProvider: 'arn:aws:iam::1:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/1',
        },
      },
    ),
    'application',
  ],
  ['the command line', {}, 'unknown'],
  ['no user agent', { userAgent: undefined }, 'unknown'],
  ['an unknown user agent', { userAgent: 'something/1.0' }, 'unknown'],
  ['a driver', { userAgent: 'Cassandra Client/ProtocolV4' }, 'application'],
  [
    'a driver of a person with MFA',
    { ...session({}, { attributes: { mfaAuthenticated: 'true' } }), userAgent: 'Boto3/1.40' },
    'human',
  ],
  ['the older console', { userIdentity: identities.iamUser, userAgent: 'aws-internal/3' }, 'human'],
  ['a role inside AWS', { userAgent: 'aws-internal/3' }, 'unknown'],
  ['root with a script', { userIdentity: identities.root, userAgent: 'Boto3/1.40' }, 'application'],
])('tells of %s', (_, members, actor) => {
  expect(actorOf(members)).toBe(actor);
});
