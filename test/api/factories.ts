import { Readable } from 'node:stream';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type Api, createApi } from '../../src/api/api';
import type { ApiDependencies } from '../../src/api/route';
import type { AuditEvent } from '../../src/event/audit-event';
import { readCursor, writeCursor } from '../../src/store/cursor';
import { dayHours } from '../../src/store/delivery';
import type { EventFilter, EventPage, PageRequest } from '../../src/store/event-store';

export const NOW = Date.parse('2026-11-20T12:00:00Z');

/** An event that answers every question; give what the test is about. */
export function auditEvent(given: Partial<AuditEvent> = {}): AuditEvent {
  return {
    eventId: '11111111-2222-4333-8444-555555555555',
    eventTime: '2026-11-20T11:00:00Z',
    eventName: 'StartQueryExecution',
    service: 'athena',
    principal: {
      type: 'IAMUser',
      name: 'alice',
      arn: 'arn:aws:iam::111122223333:user/alice',
      accountId: '111122223333',
    },
    actor: 'human',
    accountId: '111122223333',
    region: 'eu-central-1',
    sourceIp: '192.0.2.10',
    class: 'DML',
    operation: 'SELECT',
    access: 'read',
    statement: { text: 'SELECT id FROM shop.orders', source: 'cloudtrail' },
    classifier: { version: '1', basis: 'text' },
    tables: [{ name: 'shop.orders', access: 'read' }],
    database: 'shop',
    workgroup: 'primary',
    resources: [],
    outcome: 'succeeded',
    scannedBytes: 1048576,
    costUsd: 0.00005,
    evidence: { key: 'trail/file.json.gz', index: 0, integrity: 'verified' },
    ...given,
  };
}

/** `count` events, one a minute back from 11:00, with ids event-0, event-1 … newest first. */
export function auditEvents(count: number, given: Partial<AuditEvent> = {}): AuditEvent[] {
  return Array.from({ length: count }, (_, index) =>
    auditEvent({
      eventId: `event-${index}`,
      eventTime: `${new Date(NOW - 3_600_000 - index * 60_000).toISOString().slice(0, 19)}Z`,
      ...given,
    }),
  );
}

export type FakeStore = ApiDependencies['store'] & {
  readonly asked: { readonly filter: EventFilter; readonly page: PageRequest }[];
};

/** Keeps events in memory and looks at the time range, the account and the class only. */
export function fakeStore(events: readonly AuditEvent[]): FakeStore {
  const asked: FakeStore['asked'] = [];
  return {
    asked,
    readTotals: async () => ({ hours: new Map(), openHours: [] }),
    listDays: async (range) => dayHours(range).map(({ day }) => day),
    listSources: async () => [],
    listFiles: async function* () {},
    getEvents: async (eventId) => events.filter((event) => event.eventId === eventId),
    listEvents: async (filter, page) => {
      asked.push({ filter, page });
      return listFrom(events, filter, page);
    },
  };
}

export function apiRequest(
  url: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): APIGatewayProxyEventV2 {
  const [rawPath = '', rawQueryString = ''] = url.split(/\?(.*)/s);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers,
    isBase64Encoded: false,
    requestContext: {
      accountId: '111122223333',
      apiId: 'api',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
      requestId: 'request-1',
      routeKey: '$default',
      stage: '$default',
      time: '20/Nov/2026:12:00:00 +0000',
      timeEpoch: NOW,
    },
  };
}

export interface Asked extends APIGatewayProxyStructuredResultV2 {
  readonly json: () => ReturnType<typeof JSON.parse>;
}

/** An API over the given events, asked by URL. */
export function apiOver(store: ApiDependencies['store'], options: Partial<ApiDependencies> = {}) {
  const errors: unknown[] = [];
  const logFiles = { open: () => Readable.from([]) };
  const api: Api = createApi({
    store,
    clock: () => NOW,
    logFiles,
    onError: (error) => errors.push(error),
    ...options,
  });
  const get = async (url: string, headers?: Record<string, string>): Promise<Asked> => {
    const result = await api(apiRequest(url, { headers }));
    return { ...result, json: () => JSON.parse(result.body ?? '') };
  };
  return { api, get, errors };
}

function listFrom(
  events: readonly AuditEvent[],
  filter: EventFilter,
  page: PageRequest,
): EventPage {
  const { limit, order, cursor } = page;
  const { from, to, position } = cursor
    ? readCursor(cursor, filter, page)
    : { from: filter.from, to: filter.to, position: '0' };
  const matching = events
    .filter(({ eventTime }) => eventTime >= from && eventTime < to)
    .filter((event) => !filter.account || event.accountId === filter.account)
    .filter((event) => !filter.class || filter.class.includes(event.class))
    .toSorted((a, b) => a.eventTime.localeCompare(b.eventTime) * (order === 'asc' ? 1 : -1));
  const start = Number(position);
  const end = start + limit;
  return {
    events: matching.slice(start, end),
    ...(end < matching.length && {
      cursor: writeCursor({ from, to, position: String(end) }, filter, page),
    }),
  };
}
