import { gzipSync } from 'node:zlib';
import { LogFileError, UpstreamError } from '../../src/errors';
import { apiOver, apiRequest, auditEvent, auditEvents, fakeStore } from './factories';

describe('GET /v1/events', () => {
  test('lists the last 7 days, newest first, and no cursor at the end', async () => {
    const store = fakeStore(auditEvents(3));
    const { get } = apiOver(store);

    const answer = await get('/v1/events');

    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.json()).toEqual({ events: auditEvents(3) });
    expect(store.asked[0]).toEqual({
      filter: { from: '2026-11-13T12:00:00Z', to: '2026-11-20T12:00:00Z' },
      page: { limit: 50, order: 'desc', range: [undefined, undefined] },
    });
  });

  test('hands every filter on to the store', async () => {
    const store = fakeStore([]);
    const { get } = apiOver(store);
    const filters = {
      service: 'keyspaces',
      access: 'write',
      actor: 'application',
      account: '111122223333',
      region: 'eu-central-1',
      table: 'shop.*',
      database: 'shop',
      outcome: 'failed',
      sourceIp: '192.0.2.10',
      workgroup: 'primary',
      q: 'drop table',
    };

    await get(
      `/v1/events?${new URLSearchParams(filters)}&class=DDL,DML&operation=INSERT&operation=UPDATE` +
        '&principal=alice&principal=o%5C,brien,bob&from=2026-11-01&to=2026-11-02T00:00:00%2B01:00' +
        '&limit=7&order=asc',
    );

    expect(store.asked[0]).toEqual({
      filter: {
        ...filters,
        class: ['DDL', 'DML'],
        operation: ['INSERT', 'UPDATE'],
        principal: ['alice', 'bob', 'o,brien'],
        from: '2026-11-01T00:00:00Z',
        to: '2026-11-01T23:00:00Z',
      },
      page: { limit: 7, order: 'asc', range: ['2026-11-01', '2026-11-02T00:00:00+01:00'] },
    });
  });

  test('takes classes and operations in any case', async () => {
    const store = fakeStore([]);

    await apiOver(store).get('/v1/events?class=ddl,Dml&operation=create%20table');

    expect(store.asked[0]?.filter).toMatchObject({
      class: ['DDL', 'DML'],
      operation: expect.arrayContaining(['CREATE_TABLE']),
    });
  });

  test('pages to the end without a gap or a repetition, though the clock goes on', async () => {
    const events = auditEvents(25);
    let now = Date.parse('2026-11-20T12:00:00Z');
    const { get } = apiOver(fakeStore(events), { clock: () => now });
    const ids: string[] = [];
    let cursor: string | undefined;

    do {
      const after: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
      const page = (await get(`/v1/events?from=-7d&limit=10${after}`)).json();
      ids.push(...page.events.map((event: { eventId: string }) => event.eventId));
      cursor = page.cursor;
      now += 90_000;
    } while (cursor);

    expect(ids).toEqual(events.map(({ eventId }) => eventId));
  });

  test.each([
    ['another filter', '/v1/events?limit=2&class=DDL'],
    ['another order', '/v1/events?limit=2&order=asc'],
    ['another range', '/v1/events?limit=2&from=-6d'],
  ])('refuses a cursor that belongs to %s', async (_, url) => {
    const { get } = apiOver(fakeStore(auditEvents(5)));
    const { cursor } = (await get('/v1/events?limit=2')).json();

    const answer = await get(`${url}&cursor=${cursor}`);

    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatchObject({
      code: 'request.cursor',
      details: { parameter: 'cursor', value: cursor },
    });
  });

  test('takes a cursor with another limit and with values in another order', async () => {
    const { get } = apiOver(fakeStore(auditEvents(5)));
    const { cursor } = (await get('/v1/events?limit=2&class=DML,DDL')).json();

    const answer = await get(`/v1/events?limit=3&class=DDL&class=DML&cursor=${cursor}`);

    expect(answer.json().events).toHaveLength(3);
  });

  test('refuses a cursor of which any one character was changed', async () => {
    const { get } = apiOver(fakeStore(auditEvents(5)));
    const { cursor } = (await get('/v1/events?limit=2')).json();

    for (let at = 0; at < cursor.length; at += 1) {
      const other = cursor[at] === 'A' ? 'B' : 'A';
      const changed = cursor.slice(0, at) + other + cursor.slice(at + 1);
      expect((await get(`/v1/events?limit=2&cursor=${changed}`)).statusCode).toBe(400);
    }
  });

  test.each([
    ['unknown=1', 'unknown', '1', /from, to, service/],
    ['limit=0', 'limit', '0', 'a whole number from 1 to 500'],
    ['limit=501', 'limit', '501', 'a whole number from 1 to 500'],
    ['limit=ten', 'limit', 'ten', 'a whole number from 1 to 500'],
    ['limit=1.5', 'limit', '1.5', 'a whole number from 1 to 500'],
    ['limit=', 'limit', '', 'a whole number from 1 to 500'],
    ['limit=1&limit=2', 'limit', '1, 2', 'one value'],
    ['service=athena&service=keyspaces', 'service', 'athena, keyspaces', 'one value'],
    ['service=s3', 'service', 's3', 'athena, keyspaces'],
    ['class=DDL,dll', 'class', 'DDL,dll', 'DDL, DML, UTILITY, DCL, API, UNKNOWN'],
    ['order=up', 'order', 'up', 'desc, asc'],
    ['account=', 'account', '', 'text of 1 to 512 characters'],
    ['principal=alice,', 'principal', 'alice,', 'text of 1 to 2048 characters'],
    ['from=yesterday', 'from', 'yesterday', /an ISO date/],
    ['from=2026-02-30', 'from', '2026-02-30', /an ISO date/],
    ['from=2026-11-01T25:00:00Z', 'from', '2026-11-01T25:00:00Z', /an ISO date/],
    ['to=7d', 'to', '7d', /an ISO date/],
    ['table=*', 'table', '*', 'db.table, db.* or a bare name'],
    ['table=*.*', 'table', '*.*', 'db.table, db.* or a bare name'],
    ['table=shop.', 'table', 'shop.', 'db.table, db.* or a bare name'],
    ['table=shop.ord*', 'table', 'shop.ord*', 'db.table, db.* or a bare name'],
    ['sourceIp=10.0.0.0/8', 'sourceIp', '10.0.0.0/8', 'one address, no range of them'],
    ['from=-1d&to=-2d', 'from', '-1d', 'a range that starts before it ends'],
    ['from=now', 'from', 'now', 'a range that starts before it ends'],
    ['__proto__=1', '__proto__', '1', /from, to, service/],
    ['cursor=x', 'cursor', 'x', /same filters/],
    ['cursor=x.y.z', 'cursor', 'x.y.z', /same filters/],
  ])('answers 400 to %s, naming the parameter, the value and what is allowed', async (...given) => {
    const [query, parameter, value, allowed] = given;
    const { get } = apiOver(fakeStore([]));

    const answer = await get(`/v1/events?${query}`);

    expect(answer.statusCode).toBe(400);
    const { code, message, details } = answer.json().error;
    expect(code).toMatch(/^request\./);
    expect(message).not.toBe('');
    expect(details).toMatchObject({ parameter, value });
    expect(details.allowed).toMatch(allowed);
  });

  test('starts 7 days before the end where only the end is given', async () => {
    const store = fakeStore([]);
    const { get } = apiOver(store);

    await get('/v1/events?to=2020-01-08');

    expect(store.asked[0]?.filter).toEqual({
      from: '2020-01-01T00:00:00Z',
      to: '2020-01-08T00:00:00Z',
    });
  });

  test('cuts a page that Lambda could not answer, and goes on after the cut', async () => {
    const text = `SELECT '${'"'.repeat(250_000)}'`;
    const events = auditEvents(40, { statement: { text, source: 'athena' } });
    const { get } = apiOver(fakeStore(events));

    const first = await get('/v1/events?limit=40');
    const { events: shown, cursor } = first.json();
    const second = (await get(`/v1/events?limit=40&cursor=${cursor}`)).json();

    expect(JSON.stringify(first).length).toBeLessThan(6_000_000);
    expect(shown.length).toBeGreaterThan(1);
    expect(second.events[0].eventId).toBe(`event-${shown.length}`);
  });

  test('shows how far a bounded search came', async () => {
    const searchedTo = '2026-11-19T00:00:00Z';
    const { get } = apiOver({
      ...fakeStore([]),
      listEvents: async () => ({ events: [], cursor: 'next', searchedTo }),
    });

    const json = (await get('/v1/events?q=x')).json();
    const csv = await get('/v1/events?q=x', { accept: 'text/csv' });

    expect(json).toEqual({ events: [], cursor: expect.any(String), searchedTo });
    expect(csv.headers).toMatchObject({
      'x-querytrail-cursor': json.cursor,
      'x-querytrail-searched-to': searchedTo,
    });
  });

  test('answers JSON lines with the cursor in a header', async () => {
    const { get } = apiOver(fakeStore(auditEvents(3)));

    const answer = await get('/v1/events?limit=2', { Accept: 'application/x-ndjson' });

    expect(answer.headers?.['content-type']).toBe('application/x-ndjson; charset=utf-8');
    expect(answer.headers?.['x-querytrail-cursor']).toEqual(expect.any(String));
    const lines = answer.body?.trimEnd().split('\n') ?? [];
    expect(lines.map((line) => JSON.parse(line))).toEqual(auditEvents(2));
  });
});

describe('GET /v1/events/{eventId}', () => {
  test('answers every event that shares the id', async () => {
    const events = [auditEvent({ eventName: 'Insert' }), auditEvent({ eventName: 'Update' })];
    const { get } = apiOver(fakeStore(events));

    const answer = await get(`/v1/events/${events[0]?.eventId}`);

    expect(answer.json()).toEqual({ events });
  });

  test.each(['nobody', '%E0%A4%A', '..', '%2F'])('answers 404 to the unknown id %s', async (id) => {
    const { get } = apiOver(fakeStore([auditEvent()]));

    const answer = await get(`/v1/events/${id}`);

    expect(answer.statusCode).toBe(404);
    expect(answer.json().error.code).toBe('request.unknown-event');
  });

  test('takes no parameter', async () => {
    const { get } = apiOver(fakeStore([auditEvent()]));

    const answer = await get(`/v1/events/${auditEvent().eventId}?verbose=1`);

    expect(answer.json().error.details).toEqual({
      parameter: 'verbose',
      value: '1',
      allowed: 'no parameters',
    });
  });
});

describe('GET /v1/events/{eventId}/record', () => {
  const record = '{ "eventID":"id-1",\n "eventName" : "Insert", "x": 1.0, "y": "\\u00e9é" }';
  const open = (text: string) => ({
    open: async function* () {
      yield gzipSync(`{"Records":[{"eventName":"Other"}, ${text} ]}`);
    },
  });
  const event = auditEvent({
    eventId: 'id-1',
    eventName: 'Insert',
    evidence: { bucket: 'trail', key: 'a.json.gz', index: 1, integrity: 'verified' },
  });

  test('answers the record byte for byte', async () => {
    const { get } = apiOver(fakeStore([event]), { logFiles: open(record) });

    const answer = await get('/v1/events/id-1/record');

    expect(answer.statusCode).toBe(200);
    expect(answer.headers?.['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.body).toBe(record);
  });

  test('asks which event is meant where several share the id', async () => {
    const store = fakeStore([event, { ...event, eventName: 'Update' }]);
    const { get } = apiOver(store, { logFiles: open(record) });

    const vague = await get('/v1/events/id-1/record');
    const clear = await get('/v1/events/id-1/record?eventName=Insert');
    const wrong = await get('/v1/events/id-1/record?eventName=Delete');

    expect(vague.statusCode).toBe(400);
    expect(vague.json().error.details).toEqual({
      parameter: 'eventName',
      allowed: 'Insert, Update',
    });
    expect(clear.body).toBe(record);
    expect(wrong.statusCode).toBe(404);
  });

  test.each([
    ['holds another record there', record.replace('id-1', 'id-2')],
    ['holds no JSON there', 'nonsense'],
  ])('answers 410 where the file %s', async (_, text) => {
    const { get } = apiOver(fakeStore([event]), { logFiles: open(text) });

    const answer = await get('/v1/events/id-1/record');

    expect(answer.statusCode).toBe(410);
    expect(answer.json().error.message).toContain('Records[1] of s3://trail/a.json.gz');
  });

  test('answers 410 where the file is gone', async () => {
    const logFiles = {
      // biome-ignore lint/correctness/useYield: fails before the first byte
      open: async function* (): AsyncGenerator<Uint8Array> {
        throw new LogFileError('log-file.not-found', 'not there');
      },
    };
    const { get, errors } = apiOver(fakeStore([event]), { logFiles });

    const answer = await get('/v1/events/id-1/record');

    expect(answer.statusCode).toBe(410);
    expect(errors).toEqual([]);
  });

  test('answers 413 where the record is too large for one answer', async () => {
    const huge = `{"eventID":"id-1","eventName":"Insert","x":"${'x'.repeat(2_500_000)}"}`;
    const { get } = apiOver(fakeStore([event]), { logFiles: open(huge) });

    expect((await get('/v1/events/id-1/record')).statusCode).toBe(413);
  });
});

describe('every route', () => {
  test.each(['/', '/v1', '/v1/events/', '/v2/events', '/v1/events/a/b', '/v1/events/a/record/'])(
    'answers 404 at %s',
    async (path) => {
      const { get } = apiOver(fakeStore([]));

      const answer = await get(path);

      expect(answer.statusCode).toBe(404);
      expect(answer.json().error.details.allowed).toContain('/v1/events/{eventId}');
    },
  );

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('answers 405 to %s', async (method) => {
    const { api } = apiOver(fakeStore([]));

    const answer = await api(apiRequest('/v1/events', { method }));

    expect(answer.statusCode).toBe(405);
    expect(answer.headers?.allow).toBe('GET, HEAD');
  });

  test.each([
    ['text/html', 406],
    ['application/json;q=0', 406],
    ['text/html, */*;q=0.1', 200],
    ['*/*', 200],
    ['', 200],
  ])('answers Accept: %s with %i', async (accept, status) => {
    const { get } = apiOver(fakeStore([]));

    const answer = await get('/v1/events', { accept });

    expect(answer.statusCode).toBe(status);
  });

  test('answers 500 with nothing but the request id, and reports the error', async () => {
    const failure = new Error('SELECT secret FROM vault');
    const store = { ...fakeStore([]), listEvents: () => Promise.reject(failure) };
    const { get, errors } = apiOver(store);

    const answer = await get('/v1/events');

    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret');
    expect(answer.json().error).toMatchObject({ code: 'internal', requestId: 'request-1' });
    expect(errors).toEqual([failure]);
  });

  test('answers 503 while the store is busy', async () => {
    const busy = new UpstreamError('dynamodb.ThrottlingException', 'throttled');
    const { get } = apiOver({ ...fakeStore([]), getEvents: () => Promise.reject(busy) });

    const answer = await get('/v1/events/x');

    expect(answer.statusCode).toBe(503);
    expect(answer.json().error.code).toBe('unavailable');
  });
});
