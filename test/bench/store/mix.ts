import { createHash } from 'node:crypto';
import type { AuditEvent } from '../../../src/event/audit-event';
import { keyspacesEvent, maskedAthenaEvent } from '../../store/events';

const START_MS = Date.UTC(2026, 9, 20);
const RANGE_MS = 30 * 86_400_000;
/** The thirty days in which the events of a mix lie. */
export const RANGE = { from: '2026-10-20T00:00:00Z', to: '2026-11-19T00:00:00Z' };

const ACCOUNTS = ['111122223333', '444455556666', '777788889999'];

/**
 * Events of thirty days, in order of time: six in ten Keyspaces statements, two Athena starts (half
 * name a database), two other calls. One in a hundred defines a table, one in 250 is a grant or a
 * SHOW, one in 33 fails.
 *
 * @param size - events of the whole mix; `from` and `to` cut a piece out of it.
 */
export function mix(size: number, from = 0, to = size): AuditEvent[] {
  return Array.from({ length: to - from }, (_, offset) => eventAt(from + offset, size));
}

function eventAt(at: number, size: number): AuditEvent {
  const random = createHash('sha256').update(`${at}`).digest();
  const pick = (byte: number, of: number) => (random[byte] ?? 0) % of;
  const eventId = random
    .toString('hex', 0, 16)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const time = new Date(START_MS + Math.floor((at / size) * RANGE_MS));
  const accountId = ACCOUNTS[pick(5, 3)] ?? '';
  const user = `user-${pick(7, 40)}`;
  const base = {
    eventId,
    eventTime: `${time.toISOString().slice(0, 19)}Z`,
    accountId,
    region: pick(15, 8) === 0 ? 'eu-central-1' : 'us-east-1',
    sourceIp: `10.24.${pick(16, 4)}.${pick(17, 50)}`,
  };
  const kind = pick(6, 10);
  if (kind < 6) return statement({ base, pick, user });
  const athena = {
    ...base,
    workgroup: pick(18, 16) === 0 ? 'etl' : 'primary',
    principal: { name: user, arn: `arn:aws:iam::${accountId}:user/${user}` },
  };
  if (kind < 8 && pick(19, 256) === 0) {
    return maskedAthenaEvent({
      ...athena,
      class: 'UTILITY',
      operation: 'SHOW_TABLES',
      access: 'metadata',
      statement: { text: 'SHOW TABLES', source: 'cloudtrail' },
    });
  }
  if (kind < 8) return maskedAthenaEvent({ ...athena, database: kind === 6 ? 'sales' : undefined });
  return maskedAthenaEvent({
    ...athena,
    eventName: 'GetQueryResults',
    class: 'API',
    operation: 'GET_QUERY_RESULTS',
    access: 'read',
    statement: undefined,
    database: undefined,
    outcome: 'succeeded',
  });
}

interface Draw {
  readonly base: Pick<AuditEvent, 'eventId' | 'eventTime' | 'accountId' | 'region' | 'sourceIp'>;
  readonly pick: (byte: number, of: number) => number;
  readonly user: string;
}

function statement({ base, pick, user }: Draw): AuditEvent {
  const [database, name] = [`shop${pick(8, 12)}`, `orders${pick(9, 20)}`];
  const isFailed = pick(14, 33) === 0;
  const isRare = pick(12, 256) === 7 && pick(13, 8) === 0;
  return keyspacesEvent({
    ...base,
    ...definitionOrRows(pick),
    database,
    tables: [{ name: `${database}.${name}`, access: 'read' }],
    statement: {
      text: `SELECT * FROM ${database}.${name} WHERE id = ***${isRare ? ' AND rare_word = ?' : ''}`,
      source: 'outline',
    },
    outcome: isFailed ? 'failed' : 'succeeded',
    error: isFailed ? { code: 'AccessDenied', stage: 'call', denied: true } : undefined,
    principal: {
      name: `session-${user}`,
      sessionName: `session-${user}`,
      roleArn: `arn:aws:iam::${base.accountId}:role/${user}`,
      arn: `arn:aws:sts::${base.accountId}:assumed-role/${user}/session-${user}`,
    },
  });
}

function definitionOrRows(pick: Draw['pick']): Pick<AuditEvent, 'class' | 'operation' | 'access'> {
  if (pick(10, 100) === 0) return { class: 'DDL', operation: 'CREATE_TABLE', access: 'schema' };
  if (pick(10, 256) === 255) return { class: 'DCL', operation: 'GRANT', access: 'control' };
  return pick(11, 3)
    ? { class: 'DML', operation: 'SELECT', access: 'read' }
    : { class: 'DML', operation: 'INSERT', access: 'write' };
}
