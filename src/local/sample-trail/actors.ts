import { ANALYTICS, SECURITY, SHOP } from './places';

/** Somebody or something that calls AWS. */
export interface Actor {
  readonly userIdentity: Readonly<Record<string, unknown>>;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly vpcEndpointId?: string;
  /** Calls made in the AWS console. */
  readonly console?: boolean;
}

const CONSOLE = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const CLI = 'aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.8 lang/python#3.13.7';
const JDBC = 'sbAthenaJDBCDriver/2.1.5, aws-internal/3';
const CQL_DRIVER = 'Cassandra Client/ProtocolV4';

const analyst = (name: string, sourceIp: string): Actor => ({
  userIdentity: session(ANALYTICS, 'AWSReservedSSO_Analyst_0a1b2c3d4e5f6071', name, {
    path: 'aws-reserved/sso.amazonaws.com/eu-west-1/',
    mfa: true,
  }),
  sourceIp,
  userAgent: CONSOLE,
  console: true,
});

export const ANA = analyst('ana', '198.51.100.7');
export const BEN = analyst('ben', '198.51.100.8');
export const CLARA = analyst('clara', '198.51.100.9');
export const DINA = analyst('dina', '2001:db8:20::14');

export const DBT: Actor = {
  userIdentity: session(ANALYTICS, 'Transform', 'dbt-nightly'),
  sourceIp: '203.0.113.40',
  userAgent: 'Boto3/1.40.21 md/Botocore#1.40.21 os/linux#6.8 lang/python#3.12.4 dbt-athena/1.9.4',
};

export const DASHBOARDS: Actor = {
  userIdentity: session(ANALYTICS, 'Dashboards', 'dashboards'),
  sourceIp: '10.20.4.17',
  userAgent: JDBC,
  vpcEndpointId: 'vpce-0a1b2c3d4e5f60718',
};

export const LOADER: Actor = {
  userIdentity: session(ANALYTICS, 'OrdersLoader', 'orders-loader'),
  sourceIp: '203.0.113.41',
  userAgent: 'aws-sdk-java/2.35.1 md/io#async lang/java#21 exec-env/AWS_Lambda_java21',
};

export const MARKETING_ETL: Actor = {
  userIdentity: session(ANALYTICS, 'MarketingEtl', 'clicks-import'),
  sourceIp: '203.0.113.77',
  userAgent: 'Boto3/1.40.21 md/Botocore#1.40.21 os/linux#6.8 exec-env/AWS_ECS_FARGATE',
};

export const SPARK: Actor = {
  userIdentity: session(ANALYTICS, 'SparkNotebooks', 'emil'),
  sourceIp: '198.51.100.21',
  userAgent: 'Boto3/1.40.21 md/Botocore#1.40.21 os/linux#6.8 lang/python#3.11',
};

export const QUICKSIGHT: Actor = {
  userIdentity: { type: 'AWSService', invokedBy: 'quicksight.amazonaws.com' },
  sourceIp: 'quicksight.amazonaws.com',
  userAgent: 'quicksight.amazonaws.com',
};

export const NOOR: Actor = {
  userIdentity: {
    ...iamUser(SECURITY, 'noor'),
    sessionContext: {
      attributes: { creationDate: '2026-01-05T08:00:00Z', mfaAuthenticated: 'true' },
    },
  },
  sourceIp: '198.51.100.30',
  userAgent: CLI,
};

export const ROOT: Actor = {
  userIdentity: {
    type: 'Root',
    principalId: SECURITY,
    arn: `arn:aws:iam::${SECURITY}:root`,
    accountId: SECURITY,
    accessKeyId: 'ASIAEXAMPLEROOT00001',
    sessionContext: {
      attributes: { creationDate: '2026-01-05T08:00:00Z', mfaAuthenticated: 'true' },
    },
  },
  sourceIp: '198.51.100.2',
  userAgent: CONSOLE,
  console: true,
};

export const CHECKOUT: Actor = {
  userIdentity: iamUser(SHOP, 'checkout-service'),
  sourceIp: '10.30.8.21',
  userAgent: CQL_DRIVER,
  vpcEndpointId: 'vpce-0f1e2d3c4b5a69788',
};

export const CATALOGUE: Actor = {
  userIdentity: session(SHOP, 'CatalogueService', 'catalogue'),
  sourceIp: '10.30.8.40',
  userAgent: CQL_DRIVER,
  vpcEndpointId: 'vpce-0f1e2d3c4b5a69788',
};

export const DEPLOY: Actor = {
  userIdentity: session(SHOP, 'Deploy', 'pipeline'),
  sourceIp: '203.0.113.90',
  userAgent: CQL_DRIVER,
};

export const CDC: Actor = {
  userIdentity: session(SHOP, 'OrderEvents', 'kcl-worker'),
  sourceIp: '10.30.9.5',
  userAgent: 'aws-sdk-java/2.35.1 lang/java#21 amazon-keyspaces-streams-kinesis-adapter',
};

/** Support looks into single orders. */
export const INA: Actor = {
  userIdentity: session(SHOP, 'AWSReservedSSO_Support_1f2e3d4c5b6a7988', 'ina', {
    path: 'aws-reserved/sso.amazonaws.com/eu-west-1/',
    mfa: true,
  }),
  sourceIp: '198.51.100.12',
  userAgent: CQL_DRIVER,
};

/** A contractor whose access key turns up at an hour and an address of its own. */
export const LEO: Actor = {
  userIdentity: iamUser(ANALYTICS, 'leo'),
  sourceIp: '192.0.2.66',
  userAgent: 'aws-cli/2.15.0 md/awscrt#0.19.19 ua/2.0 os/windows#10 lang/python#3.11.6',
};

/** The identity types that are seen now and then; each must be told apart. */
export const RARE_ACTORS: readonly [Actor, ...Actor[]] = [
  rare({
    type: 'IdentityCenterUser',
    accountId: ANALYTICS,
    onBehalfOf: {
      userId: '93a7e2b1-20c1-70f0-8d3a-5c1f6e7a9b02',
      identityStoreArn: `arn:aws:identitystore::${SECURITY}:identitystore/d-9067000000`,
    },
    credentialId: 'EXAMPLECREDENTIAL',
  }),
  rare({
    type: 'FederatedUser',
    principalId: `${ANALYTICS}:farid`,
    arn: `arn:aws:sts::${ANALYTICS}:federated-user/farid`,
    accountId: ANALYTICS,
    accessKeyId: 'ASIAEXAMPLEFED000001',
    sessionContext: {
      sessionIssuer: {
        type: 'IAMUser',
        principalId: 'AIDAEXAMPLEBROKER001',
        arn: `arn:aws:iam::${ANALYTICS}:user/broker`,
        accountId: ANALYTICS,
        userName: 'broker',
      },
    },
  }),
  rare({ type: 'AWSAccount', principalId: 'AROAEXAMPLEPARTNER01:sync', accountId: '123456789012' }),
  rare({ type: 'Directory', accountId: ANALYTICS, userName: 'gina' }),
  rare({
    type: 'Role',
    principalId: 'AROAEXAMPLEPERSIST01',
    arn: `arn:aws:iam::${ANALYTICS}:role/Warehouse`,
    accountId: ANALYTICS,
    userName: 'Warehouse',
  }),
  rare({
    type: 'SAMLUser',
    principalId: 'SAMLEXAMPLE:hugo',
    userName: 'hugo',
    identityProvider: 'urn:sample:idp',
  }),
  rare({
    type: 'WebIdentityUser',
    principalId: 'accounts.sample:iris',
    userName: 'iris',
    identityProvider: 'accounts.sample',
  }),
  rare({ type: 'Unknown', accountId: ANALYTICS }),
];

function rare(userIdentity: Record<string, unknown>): Actor {
  return { userIdentity, sourceIp: '203.0.113.120', userAgent: JDBC };
}

function iamUser(accountId: string, userName: string): Record<string, unknown> {
  return {
    type: 'IAMUser',
    principalId: `AIDAEXAMPLE${userName.slice(0, 9).toUpperCase().replace('-', '0').padEnd(9, '0')}`,
    arn: `arn:aws:iam::${accountId}:user/${userName}`,
    accountId,
    accessKeyId: `AKIAEXAMPLE${userName.slice(0, 9).toUpperCase().replace('-', '0').padEnd(9, '0')}`,
    userName,
  };
}

function session(
  accountId: string,
  roleName: string,
  sessionName: string,
  { path = '', mfa = false } = {},
): Record<string, unknown> {
  const roleId = `AROAEXAMPLE${roleName.slice(-9).toUpperCase().padEnd(9, '0')}`;
  return {
    type: 'AssumedRole',
    principalId: `${roleId}:${sessionName}`,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
    accountId,
    accessKeyId: `ASIAEXAMPLE${roleName.slice(-9).toUpperCase().padEnd(9, '0')}`,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: roleId,
        arn: `arn:aws:iam::${accountId}:role/${path}${roleName}`,
        accountId,
        userName: roleName,
      },
      attributes: { creationDate: '2026-01-05T08:00:00Z', mfaAuthenticated: String(mfa) },
    },
  };
}
