import { buildPrincipal } from '../../src/event/principal';
import { ACCOUNT, identities } from '../fixtures/records';

const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/team/Analyst`;

test.each([
  ['IAMUser', identities.iamUser, { name: 'jo', arn: identities.iamUser.arn, accountId: ACCOUNT }],
  [
    'AssumedRole',
    identities.roleSession,
    {
      name: 'maria',
      arn: identities.roleSession.arn,
      accountId: ACCOUNT,
      roleArn: ROLE_ARN,
      sessionName: 'maria',
      mfa: false,
    },
  ],
  ['Root', identities.root, { name: 'root', arn: identities.root.arn, accountId: ACCOUNT }],
  [
    'Role',
    identities.role,
    {
      name: 'Batch',
      arn: identities.role.arn,
      accountId: ACCOUNT,
      roleArn: identities.role.arn,
    },
  ],
  [
    'FederatedUser',
    identities.federatedUser,
    { name: 'alice', arn: identities.federatedUser.arn, accountId: ACCOUNT },
  ],
  ['AWSAccount', identities.otherAccount, { name: '777788889999', accountId: '777788889999' }],
  [
    'AWSService',
    identities.service,
    { name: 'quicksight.amazonaws.com', invokedBy: 'quicksight.amazonaws.com' },
  ],
  [
    'IdentityCenterUser',
    identities.identityCenter,
    {
      name: '00000000-1111-2222-3333-444444444444',
      accountId: ACCOUNT,
      onBehalfOf: '00000000-1111-2222-3333-444444444444',
    },
  ],
  ['SAMLUser', identities.saml, { name: 'bob' }],
  ['WebIdentityUser', identities.webIdentity, { name: 'user-7' }],
  ['Directory', identities.directory, { name: 'carol', accountId: ACCOUNT }],
  ['Unknown', identities.unknown, { name: '111122223333' }],
])('names a principal of type %s', (type, identity, expected) => {
  expect(buildPrincipal(identity, '111122223333')).toStrictEqual({ type, ...expected });
});

test.each([
  ['an IAM user without user name', { type: 'IAMUser', arn: identities.iamUser.arn }, 'jo'],
  [
    'a hidden user name',
    { ...identities.iamUser, userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
    'jo',
  ],
  ['a session without ARN', { type: 'AssumedRole', principalId: 'AROAEXAMPLE:sam' }, 'sam'],
  ['a session with a colon', { type: 'AssumedRole', principalId: 'AROAEXAMPLE:a:b' }, 'a:b'],
  [
    'a session of which only the role is known',
    { type: 'AssumedRole', sessionContext: { sessionIssuer: { userName: 'Analyst' } } },
    'Analyst',
  ],
  ['a session without name', { type: 'AssumedRole', accountId: ACCOUNT }, ACCOUNT],
  ['an empty name', { type: 'IAMUser', userName: '', accountId: ACCOUNT }, ACCOUNT],
  ['a role without user name', { type: 'Role', arn: identities.role.arn }, 'Batch'],
  ['an account that is only a principal', { type: 'AWSAccount', principalId: 'AIDA9' }, 'AIDA9'],
  ['a service without name', { type: 'AWSService', accountId: ACCOUNT }, ACCOUNT],
  ['a type of tomorrow', { type: 'QuantumUser', userName: 'q' }, 'q'],
  [
    'a type of tomorrow with a service',
    { type: 'Quantum', invokedBy: 'q.amazonaws.com' },
    'q.amazonaws.com',
  ],
  ['an ARN alone', { type: 'Quantum', arn: 'arn:aws:iam::1:quantum/q' }, 'q'],
  ['nothing at all', {}, '111122223333'],
])('finds a name for %s', (_, identity, name) => {
  expect(buildPrincipal(identity, '111122223333').name).toBe(name);
});

test('puts the role together from the ARN of a session without issuer', () => {
  const identity = { type: 'AssumedRole', arn: 'arn:aws-cn:sts::1234:assumed-role/Spark/nb' };

  expect(buildPrincipal(identity, 'a').roleArn).toBe('arn:aws-cn:iam::1234:role/Spark');
});

test('keeps source identity, on-behalf-of user, calling service and multi-factor authentication', () => {
  const { sessionContext } = identities.roleSession;
  const principal = buildPrincipal(
    {
      ...identities.roleSession,
      invokedBy: 'athena.amazonaws.com',
      onBehalfOf: { userId: 'u-1' },
      sessionContext: {
        ...sessionContext,
        sourceIdentity: 'maria@example.com',
        attributes: { mfaAuthenticated: 'true' },
      },
    },
    ACCOUNT,
  );

  expect(principal).toMatchObject({
    name: 'maria',
    sourceIdentity: 'maria@example.com',
    onBehalfOf: 'u-1',
    invokedBy: 'athena.amazonaws.com',
    mfa: true,
  });
});
