import { isUtf8 } from 'node:buffer';
import { createApi } from '../../src/api/api';
import type { ApiDependencies } from '../../src/api/route';
import { apiRequest, auditEvents, fakeStore, NOW } from '../api/factories';
import type { Random } from '../faults/random';
import { type Attack, hold, type MakeAttack } from './attack';
import { hostileText } from './junk';

const PATHS: readonly string[] = [
  '/v1/events',
  '/v1/events/event-1',
  '/v1/events/event-1/record',
  '/v1/stats',
  '/v1/coverage',
  '/v1/openapi.json',
];
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  from: ['-7d', '1970-01-01', '0001-01-01', '2026-11-20T00:00:00Z', '-99999w', 'now'],
  to: ['now', '9999-12-31', '2026-11-20', '-1m'],
  service: ['athena', 'keyspaces'],
  class: ['DDL', 'DDL,DML', ',,,', 'DML\\,'],
  operation: ['SELECT', 'x,'.repeat(60)],
  access: ['read'],
  principal: ['alice', 'a,b,c,d'],
  actor: ['human'],
  account: ['111122223333'],
  region: ['eu-west-1'],
  table: ['shop.orders', 'shop.*', '*', '"a"."b"', '.'],
  database: ['shop'],
  outcome: ['failed'],
  sourceIp: ['::1'],
  workgroup: ['primary'],
  q: ['select', '.*', '('],
  limit: ['1', '500', '501', '-1', '1e2'],
  order: ['asc', 'desc'],
  cursor: ['e30', 'eyJ2IjoxfQ', 'A'.repeat(4_000)],
  groupBy: ['class', 'table', 'principal'],
  interval: ['hour', 'day', 'month', 'none'],
  eventName: ['StartQueryExecution'],
};
const ACCEPTS: readonly string[] = [
  'application/json',
  'text/csv',
  'application/x-ndjson;q=0.1, */*',
  ','.repeat(2_000),
  'a/b;'.repeat(500),
];
const METHODS: readonly string[] = [
  'GET',
  'GET',
  'GET',
  'GET',
  'HEAD',
  'POST',
  'DELETE',
  'TRACE',
  '',
];
/** Requests that a real store answers. */
const STORED_SHARE = 0.1;

/**
 * A request that may be anything: it gets an answer that is no server error.
 *
 * @param store - answers some of the requests; a store in memory the others.
 */
export function createRequestAttack(store: ApiDependencies['store']): MakeAttack {
  const memory = fakeStore(auditEvents(20));
  return (random) => attack(random.chance(STORED_SHARE) ? store : memory, random);
}

function attack(store: ApiDependencies['store'], random: Random): Attack {
  const errors: unknown[] = [];
  const api = createApi({
    store,
    clock: () => NOW,
    logFiles: {
      // biome-ignore lint/correctness/useYield: every log file is gone.
      open: async function* () {
        throw new Error('a request cannot make the API read this');
      },
    },
    onError: (error) => errors.push(error),
  });
  const request = makeRequest(random);
  return {
    run: async () => {
      const { statusCode = 0, body = '', isBase64Encoded } = await api(request);
      const isRecord = request.rawPath.endsWith('/record');
      if (errors.length > 0 && !isRecord) throw errors[0];
      hold(isRecord || (statusCode >= 200 && statusCode < 500), `status ${statusCode}`);
      hold(Buffer.byteLength(body) < 5_000_000, 'an answer longer than Lambda takes');
      hold(isBase64Encoded === true || isUtf8(Buffer.from(body)), 'an answer that is no text');
    },
  };
}

function makeRequest(random: Random) {
  const path = random.chance(0.9) ? random.pick(PATHS) : `/v1/events/${hostileText(random)}`;
  const count = random.chance(0.01) ? 500 : random.below(5);
  const pairs = Array.from({ length: count }, () => makePair(random));
  const url = count === 0 ? path : `${path}?${pairs.join('&')}`;
  const accept = random.chance(0.7) ? random.pick(ACCEPTS) : hostileText(random);
  return apiRequest(url, { method: random.pick(METHODS), headers: { accept } });
}

function makePair(random: Random): string {
  const name = random.chance(0.95) ? random.pick(Object.keys(PARAMETERS)) : hostileText(random);
  const known = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
  const value = known && random.chance(0.8) ? random.pick(known) : hostileText(random);
  return random.chance(0.9) ? `${name}=${encode(value)}` : `${name}=${value}`;
}

/** `encodeURIComponent` refuses lone surrogates; a hostile caller does not care. */
function encode(text: string): string {
  return Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
