import type { AuditEvent } from '../../src/event/audit-event';
import { recoveryRequestSchema, toRecoveryRequests } from '../../src/recovery/request';

function started(id: number, overrides: Partial<AuditEvent> = {}): AuditEvent {
  return {
    eventId: `event-${id}`,
    eventTime: '2026-03-02T10:01:07Z',
    eventName: 'StartQueryExecution',
    service: 'athena',
    principal: { type: 'IAMUser', name: 'jo' },
    actor: 'human',
    accountId: '444455556666',
    region: 'eu-west-1',
    class: 'UNKNOWN',
    operation: 'UNKNOWN',
    access: 'unknown',
    statement: { unavailable: 'pending' },
    classifier: { version: '1', basis: 'event-name' },
    tables: [],
    resources: [],
    queryExecutionId: `execution-${id}`,
    outcome: 'accepted',
    evidence: { key: 'file', index: id, integrity: 'unverified' },
    ...overrides,
  };
}

test('groups by account and Region, fifty to a request, none lost', () => {
  const events = Array.from({ length: 220 }, (_, id) =>
    started(id, { region: id % 2 ? 'eu-west-1' : 'us-east-1' }),
  );

  const requests = toRecoveryRequests(events);

  expect(requests.map(({ region, events }) => [region, events.length])).toEqual([
    ['us-east-1', 50],
    ['eu-west-1', 50],
    ['us-east-1', 50],
    ['eu-west-1', 50],
    ['us-east-1', 10],
    ['eu-west-1', 10],
  ]);
  const ids = requests.flatMap((request) => request.events.map(({ eventId }) => eventId));
  expect(new Set(ids).size).toBe(220);
  for (const request of requests) expect(recoveryRequestSchema.parse(request)).toEqual(request);
});

test.each<[string, Partial<AuditEvent>, number]>([
  ['a masked text', {}, 1],
  ['a clear text whose end is not known', { statement: { text: 'SELECT 1' } }, 1],
  ['a failed start', { outcome: 'failed', statement: { unavailable: 'call-failed' } }, 0],
  ['a call without a Region', { region: undefined }, 0],
  ['a Keyspaces statement', { service: 'keyspaces' }, 0],
  ['a masked named query', { outcome: 'succeeded', queryExecutionId: undefined }, 1],
  ['a session', { statement: undefined, queryExecutionId: undefined }, 0],
])('asks for %s: %#', (_, overrides, count) => {
  expect(toRecoveryRequests([started(1, overrides)])).toHaveLength(count);
});
