import { COMMAND_NAMES } from '../../../src/cli/program';
import { run } from '../../../src/cli/run';
import type { AuditEvent } from '../../../src/event/audit-event';
import type { HourTotals } from '../../../src/store/event-store';
import { apiOver, auditEvent, auditEvents, type FakeStore, fakeStore } from '../../api/factories';
import { type CapturedIo, captureIo } from '../capture-io';
import { serveApi } from '../serve-api';

async function query(store: FakeStore, args: readonly string[], io: CapturedIo = captureIo()) {
  await using server = await serveApi(apiOver(store).api);
  const exitCode = await run(['query', '--api', server.url, ...args], io);
  return { exitCode, out: io.stdout.text(), err: io.stderr.text(), requests: server.requests };
}

describe('in a pipe', () => {
  test('prints JSON lines, newest first', async () => {
    const events = auditEvents(3);

    const { exitCode, out, err } = await query(fakeStore(events), []);

    expect(exitCode).toBe(0);
    expect(err).toBe('');
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(events);
  });

  test('prints nothing, and no complaint, where nothing matches', async () => {
    expect(await query(fakeStore([]), [])).toMatchObject({ exitCode: 0, out: '', err: '' });
  });

  test('prints one CSV header over several pages', async () => {
    const { out } = await query(fakeStore(auditEvents(700)), ['--all', '--csv']);

    const lines = out.trimEnd().split('\r\n');
    expect(lines).toHaveLength(701);
    expect(lines[0]).toMatch(/^\uFEFFeventTime,service,/);
    expect(lines.filter((line) => line.includes('eventTime'))).toHaveLength(1);
  });
});

test('passes every filter on to the API', async () => {
  const store = fakeStore([]);

  const { exitCode } = await query(
    store,
    [
      ...['--from', '2026-11-01', '--to', '2026-11-02', '--service', 'athena'],
      ...[
        '--class',
        'DDL,DML',
        '--class',
        'API',
        '--operation',
        'insert, create table',
        '--access',
        'write',
      ],
      ...['--principal', 'o\\,brien,bob', '--actor', 'human', '--account', '111122223333'],
      ...['--region', 'eu-central-1', '--table', 'shop.*', '--database', 'shop'],
      ...[
        '--outcome',
        'failed',
        '--error',
        'denied,NoSuchTable',
        '--source-ip',
        '192.0.2.1',
        '--workgroup',
        'w w+',
      ],
      ...['-q', "it's & so", '--order', 'asc', '--limit', '7'],
    ],
    captureIo(),
  );

  expect(exitCode).toBe(0);
  expect(store.asked).toEqual([
    {
      filter: {
        from: '2026-11-01T00:00:00Z',
        to: '2026-11-02T00:00:00Z',
        service: 'athena',
        class: ['API', 'DDL', 'DML'],
        operation: ['create table', 'CREATE_TABLE', 'insert', 'INSERT'],
        access: 'write',
        principal: ['bob', 'o,brien'],
        actor: 'human',
        account: '111122223333',
        region: 'eu-central-1',
        table: 'shop.*',
        database: 'shop',
        outcome: 'failed',
        error: ['NoSuchTable', 'denied'],
        sourceIp: '192.0.2.1',
        workgroup: 'w w+',
        q: "it's & so",
      },
      page: { limit: 7, order: 'asc', range: ['2026-11-01', '2026-11-02'] },
    },
  ]);
});

test.each([
  ['24h', '2026-11-19T12:00:00Z'],
  ['-30m', '2026-11-20T11:30:00Z'],
  ['2w', '2026-11-06T12:00:00Z'],
])('takes --since %s', async (since, from) => {
  const store = fakeStore([]);

  await query(store, ['--since', since]);

  expect(store.asked[0]?.filter.from).toBe(from);
});

test.each([
  [['--limit', '3'], 3, 1],
  [['--limit', '600'], 600, 2],
  [['--all'], 1200, 3],
  [[], 50, 1],
])('%j prints %i events in %i requests', async (args, count, requests) => {
  const answer = await query(fakeStore(auditEvents(1200)), args);

  expect(answer.out.trimEnd().split('\n')).toHaveLength(count);
  expect(answer.requests).toHaveLength(requests);
});

test('goes on through pages that came back short', async () => {
  const [first, second] = auditEvents(2);
  const pages = [[], [first], [], [second]].map((events, index) => ({
    events: events.filter((event) => event !== undefined),
    ...(index < 3 && { cursor: String(index + 1), searchedTo: '2026-11-20T00:00:00Z' }),
  }));
  const store = {
    ...fakeStore([]),
    listEvents: async (_: unknown, page: { cursor?: string }) =>
      pages[Number(page.cursor ?? 0)] ?? { events: [] },
  };

  const { out } = await query(store, ['-q', 'rare']);

  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).eventId),
  ).toEqual(['event-0', 'event-1']);
});

describe('on a terminal', () => {
  const events = [
    auditEvent(),
    auditEvent({
      eventTime: '2026-11-20T10:59:00Z',
      operation: 'DROP_TABLE',
      access: 'schema',
      class: 'DDL',
      statement: { unavailable: 'pending' },
      outcome: 'failed',
      error: { code: 'AccessDenied', stage: 'call' },
      costUsd: undefined,
      tables: [],
    }),
  ];

  test('prints time, who, what, on what, outcome and cost', async () => {
    const io = captureIo({ columns: 120, env: { NO_COLOR: '1' } });

    const { out } = await query(fakeStore(events), [], io);

    expect(out).toBe(
      [
        'time (UTC)           who    operation   statement                   on what      outcome                    cost',
        '2026-11-20 11:00:00  alice  SELECT      SELECT id FROM shop.orders  shop.orders  succeeded             $0.000050',
        '2026-11-20 10:59:00  alice  DROP_TABLE  (text pending)              shop         failed: AccessDenied',
        '',
      ].join('\n'),
    );
  });

  test.each([60, 80, 100, 200])('keeps every line within %i columns', async (columns) => {
    const io = captureIo({ columns, env: { NO_COLOR: '1' } });
    const wide = auditEvent({
      principal: { type: 'AssumedRole', name: '表'.repeat(60) },
      statement: { text: `SELECT\n\t${'x'.repeat(500)}`, source: 'athena' },
    });

    const { out } = await query(fakeStore([...events, wide]), [], io);

    for (const line of out.split('\n')) {
      expect(line.length + (line.match(/表/g)?.length ?? 0)).toBeLessThanOrEqual(columns);
    }
  });

  test('colours the outcome unless NO_COLOR is set', async () => {
    const { out } = await query(fakeStore(events), [], captureIo({ columns: 120 }));

    expect(out).toContain('\u001b[31mfailed: AccessDenied');
  });

  test('shows hostile text, and does not let it drive the terminal', async () => {
    const hostile = auditEvent({
      principal: { type: 'IAMUser', name: 'eve\u001b]0;owned\u0007\u202e' },
      statement: { text: 'SELECT \u001b[2J\u009b1m 1', source: 'cloudtrail' },
    });
    const io = captureIo({ columns: 200, env: { NO_COLOR: '1' } });

    const { out } = await query(fakeStore([hostile]), [], io);

    expect(out).toContain('eve\uFFFD]0;owned\uFFFD\uFFFD');
    for (const control of ['\u001b', '\u0007', '\u009b', '\u202e']) {
      expect(out).not.toContain(control);
    }
  });

  test('says on stderr that there is more, or nothing', async () => {
    const more = await query(fakeStore(auditEvents(60)), [], captureIo({ columns: 120 }));
    const none = await query(fakeStore([]), [], captureIo({ columns: 120 }));

    expect(lastLine(more.err)).toBe('50 events; more: --limit or --all\n');
    expect(none.out).toBe('');
    expect(lastLine(none.err)).toBe('No event matches.\n');
  });
});

test('shows on a terminal how far a long search came', async () => {
  const pages = [
    { events: [], cursor: '1', searchedTo: '2026-11-18T07:00:00Z' },
    { events: auditEvents(1) },
  ];
  const store = {
    ...fakeStore([]),
    listEvents: async (_: unknown, page: { cursor?: string }) =>
      pages[Number(page.cursor ?? 0)] ?? { events: [] },
  };

  const terminal = await query(store, ['-q', 'rare'], captureIo({ columns: 100 }));
  const pipe = await query(store, ['-q', 'rare']);

  expect(terminal.err).toContain('searched to 2026-11-18 07:00:00 …\r');
  expect(lastLine(terminal.err)).toBe('');
  expect(pipe.err).toBe('');
});

describe('--follow', () => {
  const interrupted = new Error('interrupted');
  const idsIn = (out: string) => out.match(/(?<="eventId":")[^"]+/g) ?? [];

  /** A store to which each round of waiting adds what arrives; the totals are those of its events. */
  async function follow(
    events: AuditEvent[],
    arrivals: (readonly AuditEvent[])[],
    args: readonly string[] = [],
    openHours: readonly string[] = [],
  ) {
    const listed: string[] = [];
    const store = fakeStore(events);
    const counting: FakeStore = {
      ...store,
      listEvents: (filter, page) => {
        listed.push(filter.from);
        return store.listEvents(filter, page);
      },
      readTotals: async (from, to) => ({
        hours: new Map([['outcome', hoursOf(events, from, to)]]),
        openHours,
      }),
    };
    const io = captureIo({
      sleep: async () => {
        const arrived = arrivals.shift();
        if (arrived === undefined) throw interrupted;
        for (const event of arrived) {
          const at = events.findIndex(({ eventId }) => eventId === event.eventId);
          events.splice(at === -1 ? events.length : at, at === -1 ? 0 : 1, event);
        }
      },
    });
    const { out } = await query(counting, ['--follow', ...args], io);
    return { printed: idsIn(out), listed };
  }

  test('prints the latest oldest first, then each new event once, however late it comes', async () => {
    const { printed } = await follow(
      auditEvents(4, { eventTime: '2026-11-20T11:50:00Z' }),
      [
        [auditEvent({ eventId: 'fresh', eventTime: '2026-11-20T11:59:00Z' })],
        [],
        [auditEvent({ eventId: 'late', eventTime: '2026-11-19T14:20:00Z' })],
        [auditEvent({ eventId: 'too-late', eventTime: '2026-11-19T11:20:00Z' })],
        [],
      ],
      ['--limit', '2'],
    );

    expect(printed).toEqual(['event-1', 'event-0', 'fresh', 'late']);
  });

  test('looks as far back as the range that is asked for', async () => {
    const old = auditEvent({ eventId: 'old', eventTime: '2026-11-15T09:00:00Z' });

    const week = await follow([auditEvent()], [[old]], ['--since', '7d']);
    const date = await follow([auditEvent()], [[old]], ['--from', '2026-11-15T09:00:00Z']);

    expect(week.printed.at(-1)).toBe('old');
    expect(date.printed.at(-1)).toBe('old');
  });

  test('prints an event that meets the filters once it is completed', async () => {
    const masked = auditEvent({ class: 'UNKNOWN', operation: 'UNKNOWN', outcome: 'accepted' });

    const { printed } = await follow([masked], [[], [auditEvent()]], ['--class', 'DML']);

    expect(printed).toEqual([auditEvent().eventId]);
  });

  test('reads only hours that changed, and those for some rounds more', async () => {
    const quiet = await follow(auditEvents(3), [[], [], [], []]);
    const fresh = auditEvent({ eventId: 'fresh', eventTime: '2026-11-20T11:59:00Z' });
    const busy = await follow(auditEvents(3), [[fresh], [], [], [], []]);

    expect(quiet.listed).toHaveLength(1);
    expect(busy.listed.slice(1)).toEqual(Array(3).fill('2026-11-20T11:00:00Z'));
  });

  test('reads hours that are too busy to be counted', async () => {
    const fresh = auditEvent({ eventId: 'fresh', eventTime: '2026-11-20T11:59:00Z' });
    const rounds = [[], [fresh], ...Array.from({ length: 12 }, () => [])];

    const { printed } = await follow([], rounds, [], ['2026-11-20T11:00:00Z']);

    expect(printed).toEqual(['fresh']);
  });

  describe('of an API that fails now and then', () => {
    const GATEWAY = { statusCode: 503, body: '{"message":"Service Unavailable"}' };

    /** Every request fails in these ways, one after the other, before it is answered. */
    async function followThrough(failures: readonly (() => Promise<object>)[], rounds = 3) {
      const events = auditEvents(1200, { eventTime: '2026-11-20T10:50:00Z' });
      const store = { ...fakeStore(events), readTotals: async () => totals() };
      const totals = () => ({
        hours: new Map([
          ['outcome', hoursOf(events, '2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z')],
        ] as const),
        openHours: [],
      });
      const { api } = apiOver(store);
      const tries = new Map<string, number>();
      let asked = 0;
      await using server = await serveApi(async (event) => {
        const failure = failures[tries.get(event.rawQueryString) ?? 0];
        tries.set(event.rawQueryString, (tries.get(event.rawQueryString) ?? 0) + 1);
        if (failure) return failure();
        asked++;
        tries.clear();
        return api(event);
      });
      const io = captureIo({
        sleep: async (ms) => {
          if (ms !== 5000) return;
          if (rounds-- === 0) throw interrupted;
          events.push(auditEvent({ eventId: `new-${rounds}`, eventTime: '2026-11-20T11:59:00Z' }));
        },
      });
      const args = ['query', '--api', server.url, '--follow', '--limit', '600'];
      const exitCode = await run(args, io);
      return { exitCode, asked, out: io.stdout.text(), err: io.stderr.text() };
    }

    test('prints what it would have printed, each event once', async () => {
      const calm = await followThrough([]);

      const stormy = await followThrough([
        async () => GATEWAY,
        () => Promise.reject(new Error('reset')),
        async () => ({ statusCode: 429, headers: { 'retry-after': '2' } }),
      ]);

      expect(idsIn(calm.out)).toHaveLength(603);
      expect(idsIn(stormy.out)).toEqual(idsIn(calm.out));
      expect(stormy.asked).toBe(calm.asked);
    });

    test('says once what it waits for, and that it goes on', async () => {
      const { err } = await followThrough([async () => GATEWAY, async () => GATEWAY], 0);

      const told = [
        'querytrail: waiting for the API to answer again: the API answered 503',
        'querytrail: the API answers again',
      ];
      // The totals, and three pages of the list.
      expect(err.split('\n').slice(0, 8)).toEqual(Array(4).fill(told).flat());
    });

    test.each([400, 401, 403, 404])('ends at once at a %i', async (statusCode) => {
      const { exitCode, asked, err } = await followThrough([async () => ({ statusCode })]);

      expect([exitCode, asked]).toEqual([statusCode === 400 ? 2 : 1, 0]);
      expect(err).toMatch(new RegExp(`^querytrail: the API .*${statusCode}.*\n$`));
    });
  });

  test('ends with 0 when it is interrupted, also while it waits for an answer', async () => {
    const interruption = new AbortController();
    await using server = await serveApi(() => {
      interruption.abort();
      return new Promise(() => {});
    });
    const io = captureIo({ interruption: () => interruption.signal });

    expect(await run(['query', '--api', server.url, '--follow'], io)).toBe(0);
    expect(io.stderr.text()).toBe('');
  });
});

describe('misuse exits 2 and says what is allowed', () => {
  test.each([
    [['--class', 'dll'], 'DDL, DML, UTILITY, DCL, API, UNKNOWN'],
    [['--service', 's3'], 'athena, keyspaces'],
    [['--limit', '0'], 'a whole number from 1'],
    [['--since', 'yesterday'], '7d'],
    [['--since', '1d', '--from', '2026-01-01'], "cannot be used with option '--from"],
    [['--from', 'soon'], 'an ISO date'],
    [['--class', 'FOO'], 'class must be DDL, DML, UTILITY, DCL, API, UNKNOWN, not FOO'],
    [['--from', '-1d', '--to', '-2d'], 'starts before it ends'],
    [['--json', '--csv'], 'cannot be used with'],
    [['--nope'], "unknown option '--nope'"],
  ])('%j', async (args, message) => {
    const { exitCode, out, err } = await query(fakeStore([]), args);

    expect(exitCode).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
  });

  test('--api must be a URL', async () => {
    const io = captureIo();

    expect(await run(['query', '--api', 'querytrail'], io)).toBe(2);
    expect(io.stderr.text()).toBe(
      'querytrail: --api must be an http or https URL, not querytrail\n',
    );
  });
});

test('exits 1 where the API fails, with what it said', async () => {
  const store = { ...fakeStore([]), listEvents: () => Promise.reject(new Error('broken')) };

  const { exitCode, err } = await query(store, []);

  expect(exitCode).toBe(1);
  expect(err).toMatch(/^querytrail: Something went wrong here; .* request-1\n$/);
});

test('exits 1 where nothing listens, naming the address', async () => {
  const io = captureIo();
  const { url, [Symbol.asyncDispose]: close } = await serveApi(apiOver(fakeStore([])).api);
  await close();

  expect(await run(['query', '--api', url], io)).toBe(1);
  expect(io.stderr.text()).toBe(`querytrail: cannot ask ${url}: ECONNREFUSED\n`);
});

test.each(COMMAND_NAMES)('%s --help ends with examples and exits 0', async (command) => {
  const io = captureIo();

  expect(await run([command, '--help'], io)).toBe(0);
  expect(io.stdout.text()).toMatch(/Examples:\n.*querytrail /s);
});

/** What is left to see after the line was cleared. */
function lastLine(text: string): string | undefined {
  return text.split('\r\u001b[K').at(-1);
}

function hoursOf(events: readonly AuditEvent[], from: string, to: string): HourTotals[] {
  const inRange = events.filter(({ eventTime }) => eventTime >= from && eventTime < to);
  const hours = Map.groupBy(inRange, ({ eventTime }) => `${eventTime.slice(0, 13)}:00:00Z`);
  return [...hours].sort().map(([hour, members]) => ({
    hour,
    groups: Object.fromEntries(
      [...Map.groupBy(members, ({ outcome }) => outcome)].map(([name, { length }]) => [
        name,
        { count: length, scannedBytes: 0, costUsd: 0 },
      ]),
    ),
  }));
}
