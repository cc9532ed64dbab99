import fc from 'fast-check';
import type { AuditEvent } from '../../src/event/audit-event';

/** A change to an event, one level deep where fields are objects. */
export type EventChange = Partial<Omit<AuditEvent, 'principal'>> & {
  readonly principal?: Partial<AuditEvent['principal']>;
};

const ACCOUNT = '111122223333';

/** A Keyspaces SELECT by a role session. */
export function keyspacesEvent(change: EventChange = {}): AuditEvent {
  const accountId = change.accountId ?? ACCOUNT;
  return {
    eventId: '5d0cb6f2-9e8a-4e0f-a9b2-1c5a6f2f7a11',
    eventTime: '2026-11-20T10:15:30Z',
    eventName: 'Select',
    service: 'keyspaces',
    eventVersion: '1.09',
    requestId: '0d2c4b1e-6a7f-4c3b-8f0e-2b9a7d6c5e4f',
    actor: 'application',
    userAgent: 'Cassandra Client Protocol',
    accountId,
    region: 'us-east-1',
    sourceIp: '10.24.34.5',
    tls: 'TLSv1.3',
    class: 'DML',
    operation: 'SELECT',
    access: 'read',
    statement: { text: 'SELECT * FROM shop.orders WHERE id = ***', source: 'outline' },
    classifier: { version: '1', basis: 'event-name' },
    tables: [{ name: 'shop.orders', access: 'read' }],
    database: 'shop',
    resources: [
      {
        type: 'AWS::Cassandra::Table',
        arn: `arn:aws:cassandra:us-east-1:${accountId}:/keyspace/shop/table/orders`,
      },
    ],
    outcome: 'succeeded',
    evidence: evidence(accountId, 'us-east-1', 3),
    ...change,
    principal: {
      type: 'AssumedRole',
      name: 'orders-api',
      arn: `arn:aws:sts::${accountId}:assumed-role/OrdersApi/orders-api`,
      accountId,
      roleArn: `arn:aws:iam::${accountId}:role/service-role/OrdersApi`,
      sessionName: 'orders-api',
      ...change.principal,
    },
  };
}

/** An accepted StartQueryExecution of an IAM user whose text CloudTrail masked. */
export function maskedAthenaEvent(change: EventChange = {}): AuditEvent {
  const accountId = change.accountId ?? ACCOUNT;
  return {
    eventId: '9b1d7c44-2f5e-4d8a-b0c3-7e6f5a4b3c2d',
    eventTime: '2026-11-20T11:00:00Z',
    eventName: 'StartQueryExecution',
    service: 'athena',
    eventVersion: '1.11',
    requestId: '2c4b1e0d-7f6a-3b4c-0e8f-9a7d2b6c4f5e',
    actor: 'human',
    userAgent: 'aws-cli/2.17.9 md/awscrt#0.20.11 ua/2.0 os/linux',
    accountId,
    region: 'us-east-1',
    sourceIp: '198.51.100.24',
    tls: 'TLSv1.3',
    class: 'UNKNOWN',
    operation: 'UNKNOWN',
    access: 'unknown',
    statement: { unavailable: 'pending' },
    classifier: { version: '1', basis: 'event-name' },
    tables: [],
    database: 'sales',
    workgroup: 'primary',
    queryExecutionId: '3f2e1d0c-5b4a-4978-8695-a4b3c2d1e0f9',
    resources: [],
    outcome: 'accepted',
    evidence: evidence(accountId, 'us-east-1', 17),
    ...change,
    principal: {
      type: 'IAMUser',
      name: 'alice',
      arn: `arn:aws:iam::${accountId}:user/alice`,
      accountId,
      ...change.principal,
    },
  };
}

/** What recovery makes of a masked event. */
export function recoveredEvent(before: AuditEvent, change: EventChange = {}): AuditEvent {
  const { principal, ...rest } = change;
  return {
    ...before,
    class: 'DML',
    operation: 'SELECT',
    access: 'read',
    statement: {
      text: 'SELECT region, sum(amount) AS total FROM sales.invoices WHERE day = current_date GROUP BY region',
      source: 'athena',
    },
    classifier: { version: '1', basis: 'text' },
    tables: [{ name: 'sales.invoices', access: 'read' }],
    outcome: 'succeeded',
    scannedBytes: 184_549_376,
    durationMs: 2_345,
    costUsd: 0.00083923,
    execution: {
      state: 'SUCCEEDED',
      statementType: 'DML',
      submittedAt: '2026-11-20T11:00:00.123Z',
      completedAt: '2026-11-20T11:00:02.468Z',
      queueMs: 88,
      planningMs: 140,
      executionMs: 2_101,
      engineVersion: 'Athena engine version 3',
      outputLocation: 's3://querytrail-results/3f2e1d0c-5b4a-4978-8695-a4b3c2d1e0f9.csv',
    },
    ...rest,
    principal: { ...before.principal, ...principal },
  };
}

/** Names of which some are spelt alike, and one that many databases have. */
const anyTable = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'shop.orders',
      'shop.items',
      'sales.orders',
      'shop.*',
      'Orders',
      'lake.sales.invoices',
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 16 }).map((n) => `Tenant${n}.orders`) },
);

/** Any of a small world of events, so that filters hit, names repeat and times collide. */
export const anyEvent: fc.Arbitrary<AuditEvent> = fc
  .record({
    id: fc.uuid(),
    time: fc.oneof(
      fc.integer({ min: 0, max: 40 }).map((minutes) => at(Date.UTC(2026, 10, 1), minutes * 60)),
      fc.integer({ min: -3, max: 3 }).map((seconds) => at(Date.UTC(2026, 10, 1), seconds)),
      fc.integer({ min: 0, max: 900 }).map((days) => at(Date.UTC(2024, 5, 1), days * 86_400)),
    ),
    account: fc.constantFrom('111122223333', '444455556666'),
    region: fc.constantFrom('us-east-1', 'eu-central-1', undefined),
    name: fc.constantFrom(
      'Select',
      'Insert',
      'CreateTable',
      'StartQueryExecution',
      'ListWorkGroups',
    ),
    user: fc.constantFrom('alice', 'bob', 'etl'),
    isSession: fc.boolean(),
    tables: fc.uniqueArray(anyTable, { maxLength: 3 }),
    database: fc.constantFrom('shop', 'sales', 'Archive', undefined),
    outcome: fc.constantFrom('succeeded' as const, 'failed' as const),
    access: fc.constantFrom('read' as const, 'write' as const, 'schema' as const),
    actor: fc.constantFrom('human' as const, 'application' as const),
    sourceIp: fc.constantFrom('10.24.34.5', '198.51.100.24', 'athena.amazonaws.com', undefined),
    workgroup: fc.constantFrom('primary', 'w'.repeat(70), undefined),
    error: fc.constantFrom(
      { code: 'AccessDeniedException', stage: 'call' as const, denied: true },
      { code: 'InvalidRequestException', stage: 'call' as const },
    ),
    text: fc.constantFrom('SELECT 1', 'DROP TABLE orders', `SELECT '${'x'.repeat(3_000)}' Needle`),
  })
  .map(({ id, time, account, region, name, user, isSession, tables, database, ...more }) => {
    const { outcome, error, text, access, actor, sourceIp, workgroup } = more;
    const isAthena = name === 'StartQueryExecution' || name === 'ListWorkGroups';
    const base = isAthena ? maskedAthenaEvent : keyspacesEvent;
    const role = `arn:aws:iam::${account}:role/team/${user}`;
    return base({
      eventId: id,
      eventTime: time,
      eventName: name,
      accountId: account,
      region,
      class: CLASS_OF[name] ?? 'UNKNOWN',
      operation: name.toUpperCase(),
      access: name === 'StartQueryExecution' ? 'unknown' : access,
      actor,
      sourceIp,
      workgroup: isAthena ? workgroup : undefined,
      statement: name === 'StartQueryExecution' ? { unavailable: 'pending' } : { text },
      tables: isAthena ? [] : tables.map((table) => ({ name: table, access: 'read' as const })),
      database,
      outcome: name === 'StartQueryExecution' ? 'accepted' : outcome,
      ...(outcome === 'failed' && name !== 'StartQueryExecution' && { error }),
      principal: isSession
        ? {
            type: 'AssumedRole',
            name: `${user}-session`,
            sessionName: `${user}-session`,
            roleArn: role,
            arn: `arn:aws:sts::${account}:assumed-role/${user}/${user}-session`,
          }
        : {
            type: 'IAMUser',
            name: user,
            sessionName: undefined,
            roleArn: undefined,
            arn: `arn:aws:iam::${account}:user/${user}`,
          },
    });
  });

const CLASS_OF: Readonly<Record<string, AuditEvent['class']>> = {
  Select: 'DML',
  Insert: 'DML',
  CreateTable: 'DDL',
  ListWorkGroups: 'API',
};

function at(startMs: number, seconds: number): string {
  return new Date(startMs + seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function evidence(accountId: string, region: string, index: number): AuditEvent['evidence'] {
  const file = `${accountId}_CloudTrail_${region}_20261120T1020Z_Ab3dEfGh1JkLmN0p.json.gz`;
  return {
    bucket: 'org-trail-logs-111122223333',
    key: `AWSLogs/o-exampleorg1/${accountId}/CloudTrail/${region}/2026/11/20/${file}`,
    index,
    integrity: 'unverified',
  };
}
