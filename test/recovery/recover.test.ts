import type { AuditEvent } from '../../src/event/audit-event';
import { createAthenaApi } from '../../src/recovery/athena-api';
import type { AthenaHistory } from '../../src/recovery/athena-history';
import { createRecovery, type RecoveryDependencies } from '../../src/recovery/recover';
import { type RecoveryRequest, toRecoveryRequests } from '../../src/recovery/request';
import { recoveryRank } from '../../src/store/event-item';
import type { EventIdentity } from '../../src/store/event-store';
import { maskedAthenaEvent } from '../store/events';
import { type AthenaServer, startAthenaServer, wireExecution } from './athena-server';

const NOW = new Date('2026-11-20T12:00:00Z');
const ID = maskedAthenaEvent().queryExecutionId ?? '';

test('completes a masked event with what Athena tells of its execution', async () => {
  await using server = await startAthenaServer(() => ({
    body: { QueryExecutions: [wireExecution(ID, { WorkGroup: 'analysts' })] },
  }));
  const store = memoryStore([maskedAthenaEvent()]);

  const result = await recoverAll(store, api(server));

  expect(result).toEqual({ recovered: 1, unavailable: 0, postponed: 0, unanswered: 0 });
  expect(store.only()).toEqual({
    ...maskedAthenaEvent(),
    class: 'DML',
    operation: 'SELECT',
    access: 'read',
    flags: ['bulkExport'],
    statement: {
      text: `SELECT * FROM orders -- ${ID}`,
      source: 'athena',
      fingerprint: expect.any(String),
    },
    classifier: { version: expect.any(String), basis: 'text' },
    tables: [{ name: 'shop.orders', access: 'read' }],
    catalog: 'awsdatacatalog',
    database: 'shop',
    workgroup: 'analysts',
    outcome: 'succeeded',
    scannedBytes: 2 ** 40,
    durationMs: 10_250,
    costUsd: 5,
    execution: {
      state: 'SUCCEEDED',
      statementType: 'DML',
      substatementType: 'SELECT',
      submittedAt: '2026-11-20T11:00:00.250Z',
      completedAt: '2026-11-20T11:00:10.500Z',
      queueMs: 200,
      planningMs: 300,
      executionMs: 9000,
      engineVersion: 'Athena engine version 3',
      outputLocation: `s3://results/${ID}.csv`,
    },
  });
});

test('tells each of two calls with one execution, as of a repeated clientRequestToken, all of it', async () => {
  const store = memoryStore([
    maskedAthenaEvent({ eventId: 'first' }),
    maskedAthenaEvent({ eventId: 'repeated', eventTime: '2026-11-20T11:00:09Z' }),
  ]);

  const result = await recoverAll(store, fixed({ [ID]: { found: execution() } }));

  expect(result.recovered).toBe(2);
  expect(store.all().map(({ eventId, costUsd }) => [eventId, costUsd])).toEqual([
    ['first', 5],
    ['repeated', 5],
  ]);
});

test('tells how an execution failed', async () => {
  const Status = {
    State: 'FAILED',
    StateChangeReason: 'TABLE_NOT_FOUND: line 1:15: Table does not exist',
    AthenaError: { ErrorCategory: 2, ErrorType: 1001, Retryable: false, ErrorMessage: 'x' },
  };
  const history = fixed({ [ID]: { found: execution({ Status }) } });
  const store = memoryStore([maskedAthenaEvent()]);

  await recoverAll(store, history);

  expect(store.only()).toMatchObject({
    outcome: 'failed',
    error: {
      code: 'TABLE_NOT_FOUND',
      message: 'TABLE_NOT_FOUND: line 1:15: Table does not exist',
      stage: 'execution',
    },
    costUsd: 0,
    execution: { errorCategory: 2, errorType: 1001 },
  });
});

test('takes Athena’s own type for a statement that the text does not tell', async () => {
  const odd = { Query: 'FROBNICATE x', StatementType: 'UTILITY', SubstatementType: 'FROBNICATE' };
  const store = memoryStore([maskedAthenaEvent()]);

  await recoverAll(store, fixed({ [ID]: { found: execution(odd) } }));

  expect(store.only()).toMatchObject({
    class: 'UTILITY',
    operation: 'FROBNICATE',
    classifier: { basis: 'athena-api' },
  });
});

test('leaves a text alone that CloudTrail shows, and adds how it ended', async () => {
  const statement = { text: 'SELECT 1 FROM logged', source: 'cloudtrail' } as const;
  const clear = maskedAthenaEvent({ statement, operation: 'SELECT', class: 'DML' });
  const store = memoryStore([clear]);

  await recoverAll(store, fixed({ [ID]: { found: execution() } }));

  expect(store.only()).toMatchObject({ statement, outcome: 'succeeded', scannedBytes: 2 ** 40 });
});

test('masks literals where the setting says so', async () => {
  const found = execution({ Query: "SELECT * FROM t WHERE name = 'Maria'" });
  const store = memoryStore([maskedAthenaEvent()]);

  await recoverAll(store, fixed({ [ID]: { found } }), { redactLiterals: true });

  expect(store.only().statement?.redacted).toBe(true);
  expect(JSON.stringify(store.only())).not.toContain('Maria');
});

test('shows the tables of the statement behind EXECUTE', async () => {
  const found = execution({ Query: 'EXECUTE by_id USING 7', SubstatementType: undefined });
  const store = memoryStore([maskedAthenaEvent()]);

  await recoverAll(store, {
    ...fixed({ [ID]: { found } }),
    preparedStatement: async (workgroup, name) => ({
      found: `SELECT * FROM ${workgroup}_${name} WHERE id = ?`,
    }),
  });

  expect(store.only()).toMatchObject({
    operation: 'EXECUTE',
    statement: { text: 'EXECUTE by_id USING 7' },
    tables: [{ name: 'shop.primary_by_id', access: 'read' }],
  });
});

test('asks for a prepared statement as it is written, then in lower case', async () => {
  const found = execution({ Query: 'EXECUTE DailySales', SubstatementType: undefined });
  const store = memoryStore([maskedAthenaEvent()]);
  const asked: string[] = [];

  await recoverAll(store, {
    ...fixed({ [ID]: { found } }),
    preparedStatement: async (_workgroup, name) => {
      asked.push(name);
      return name === 'dailysales'
        ? { found: 'SELECT a FROM sales' }
        : { unavailable: 'not-found' };
    },
  });

  expect(asked).toEqual(['DailySales', 'dailysales']);
  expect(store.only().tables).toEqual([{ name: 'shop.sales', access: 'read' }]);
});

test('asks once for a prepared statement that many executions name', async () => {
  const events = Array.from({ length: 50 }, (_, index) =>
    maskedAthenaEvent({ eventId: `e-${index}`, queryExecutionId: `q-${index}` }),
  );
  const store = memoryStore(events);
  const asked: string[] = [];

  await recoverAll(store, {
    ...changing(() => ({ found: execution({ Query: 'EXECUTE by_id USING 7' }) })),
    preparedStatement: async (workgroup, name) => {
      asked.push(`${workgroup} ${name}`);
      return { found: 'SELECT a FROM sales WHERE id = ?' };
    },
  });

  expect(asked).toEqual(['primary by_id']);
  for (const { tables } of store.all()) {
    expect(tables).toEqual([{ name: 'shop.sales', access: 'read' }]);
  }
});

test.each([
  ['CreateNamedQuery', { namedQueryId: 'n-1' }],
  ['UpdateNamedQuery', { namedQueryId: 'n-1' }],
  ['CreatePreparedStatement', { preparedStatement: 'by_id' }],
])('brings back the text of %s', async (eventName, references) => {
  const saved = maskedAthenaEvent({
    eventName,
    references,
    class: 'API',
    operation: 'SAVE',
    outcome: 'succeeded',
    queryExecutionId: undefined,
  });
  const store = memoryStore([saved]);

  await recoverAll(store, {
    ...fixed({}),
    namedQuery: async (id) => ({ found: `SELECT '${id}'` }),
    preparedStatement: async (_workgroup, name) => ({ found: `SELECT '${name}'` }),
  });

  expect(store.only()).toMatchObject({
    class: 'API',
    operation: 'SAVE',
    outcome: 'succeeded',
    statement: { text: `SELECT '${Object.values(references)[0]}'`, source: 'athena' },
  });
});

test.each(['access-denied', 'not-found'] as const)(
  'says when a text is gone: %s',
  async (reason) => {
    const store = memoryStore([maskedAthenaEvent()]);

    const result = await recoverAll(store, fixed({ [ID]: { unavailable: reason } }));

    expect(result).toEqual({ recovered: 0, unavailable: 1, postponed: 0, unanswered: 0 });
    expect(store.only().statement).toEqual({ unavailable: reason });
    expect(store.only().outcome).toBe('accepted');
  },
);

test('says access-denied when the account cannot be asked at all', async () => {
  const store = memoryStore([maskedAthenaEvent()]);

  await recoverAll(store, undefined);

  expect(store.only().statement).toEqual({ unavailable: 'access-denied' });
});

test('does not ask for what is older than 45 days', async () => {
  await using server = await startAthenaServer(() => ({ body: { QueryExecutions: [] } }));
  const store = memoryStore([
    maskedAthenaEvent({ eventId: 'old', eventTime: '2026-10-06T11:59:59Z' }),
    maskedAthenaEvent({ eventId: 'new', eventTime: '2026-10-06T12:00:00Z', queryExecutionId: 'n' }),
  ]);

  await recoverAll(store, api(server));

  expect(store.get('old').statement).toEqual({ unavailable: 'expired' });
  expect(server.calls.map(({ input }) => input.QueryExecutionIds)).toEqual([['n']]);
});

test('does not count as recovered what can only stay as it is', async () => {
  const statement = { text: 'SELECT 1', source: 'cloudtrail' } as const;
  const clear = maskedAthenaEvent({ eventTime: '2023-01-01T00:00:00Z', statement });
  const store = memoryStore([clear]);

  const result = await recoverAll(store, { ...fixed({}), forgetsAfterMs: 0 });

  expect(result).toEqual({ recovered: 0, unavailable: 0, postponed: 0, unanswered: 0 });
  expect(store.only()).toEqual(clear);
  expect(store.writes()).toBe(0);
});

test('says expired of what a recorded history of any age does not have', async () => {
  const store = memoryStore([maskedAthenaEvent({ eventTime: '2026-01-01T00:00:00Z' })]);

  await recoverAll(store, fixed({ [ID]: { unavailable: 'not-found' } }));

  expect(store.only().statement).toEqual({ unavailable: 'expired' });
});

test('asks again for what is running, until it has ended', async () => {
  let state = 'QUEUED';
  const store = memoryStore([maskedAthenaEvent()]);
  const history = changing(() => ({ found: execution({ Status: { State: state } }) }));
  const queue: Postponed[] = [];
  const recover = recoveryOf(store, history, queue);
  await recover(requestOf(store));
  expect(store.only()).toMatchObject({ outcome: 'running', execution: { state: 'QUEUED' } });

  state = 'RUNNING';
  await recover(queue[0]?.request ?? requestOf(store));
  state = 'SUCCEEDED';
  const result = await recover(queue[1]?.request ?? requestOf(store));

  expect(queue.map(({ delaySeconds }) => delaySeconds)).toEqual([30, 60]);
  expect(result).toEqual({ recovered: 1, unavailable: 0, postponed: 0, unanswered: 0 });
  expect(store.only()).toMatchObject({ outcome: 'succeeded', execution: { state: 'SUCCEEDED' } });
});

test('tells what Athena has no answer for from what still runs', async () => {
  const store = memoryStore([
    maskedAthenaEvent({ eventId: 'throttled', queryExecutionId: 'a' }),
    maskedAthenaEvent({ eventId: 'long', queryExecutionId: 'b' }),
    maskedAthenaEvent({ eventId: 'later', queryExecutionId: 'c' }),
  ]);
  const running = { found: execution({ Status: { State: 'RUNNING' } }) };
  const prepared = { found: execution({ Query: 'EXECUTE later' }) };
  const history = { ...fixed({ a: { retry: true }, b: running, c: prepared }) };
  history.preparedStatement = async () => ({ retry: true });

  const result = await recoverAll(store, history);

  expect(result).toEqual({ recovered: 0, unavailable: 0, postponed: 3, unanswered: 2 });
});

test.each([
  ['refused', { unavailable: 'access-denied' }, [{ hasRefused: true, hasAnswered: false }]],
  ['answered', { found: execution() }, [{ hasRefused: false, hasAnswered: true }]],
  ['not known', { unavailable: 'not-found' }, []],
  ['throttled', { retry: true }, []],
] satisfies [string, Answers[string], object[]][])(
  'notes what the account said where a query is %s',
  async (_, answer, expected) => {
    const store = memoryStore([maskedAthenaEvent()]);
    const noteReplies = jest.fn(async () => {});

    await recoverAll(store, fixed({ [ID]: answer }), { noteReplies });

    expect(noteReplies.mock.calls).toEqual(expected.map((replies) => ['111122223333', replies]));
  },
);

test('an account that is not asked refuses nothing', async () => {
  const noteReplies = jest.fn(async () => {});

  await recoverAll(memoryStore([maskedAthenaEvent()]), undefined, { noteReplies });

  expect(noteReplies).not.toHaveBeenCalled();
});

test('gives up after a day: what never answered says so, what still runs stays as it is', async () => {
  const store = memoryStore([
    maskedAthenaEvent({ eventId: 'throttled', queryExecutionId: 'a' }),
    maskedAthenaEvent({ eventId: 'running', queryExecutionId: 'b' }),
  ]);
  const history = fixed({
    a: { retry: true },
    b: { found: execution({ Status: { State: 'RUNNING' } }) },
  });

  const result = await recoverAll(store, history, {}, 200);

  expect(result).toMatchObject({ postponed: 0, unanswered: 1 });
  expect(store.get('throttled').statement).toEqual({ unavailable: 'throttled-out' });
  expect(store.get('running')).toMatchObject({
    outcome: 'running',
    statement: { source: 'athena' },
  });
});

test('waits for events that cannot be seen yet', async () => {
  const store = memoryStore([]);
  const queue: Postponed[] = [];
  const recover = recoveryOf(store, fixed({ [ID]: { found: execution() } }), queue);
  const [request] = toRecoveryRequests([maskedAthenaEvent()]);
  if (request === undefined) throw new Error('nothing to ask for');

  await recover(request);
  await store.put(maskedAthenaEvent());
  await recover(queue[0]?.request ?? request);

  expect(queue).toEqual([{ request: { ...request, attempt: 1 }, delaySeconds: 30 }]);
  expect(store.only().outcome).toBe('succeeded');
});

test('asks nothing for an event that is complete', async () => {
  await using server = await startAthenaServer(() => ({
    body: { QueryExecutions: [wireExecution(ID)] },
  }));
  const store = memoryStore([maskedAthenaEvent()]);
  const request = requestOf(store);
  const recover = recoveryOf(store, api(server), []);

  await recover(request);
  const { calls } = server;
  const writes = store.writes();
  await recover(request);

  expect(calls).toHaveLength(1);
  expect(store.writes()).toBe(writes);
});

test('asks once for an execution that several events name', async () => {
  const store = memoryStore([
    maskedAthenaEvent({ eventId: 'one' }),
    maskedAthenaEvent({ eventId: 'two' }),
  ]);
  await using server = await startAthenaServer(() => ({
    body: { QueryExecutions: [wireExecution(ID)] },
  }));

  const result = await recoverAll(store, api(server));

  expect(result.recovered).toBe(2);
  expect(server.calls[0]?.input.QueryExecutionIds).toEqual([ID]);
});

test('comes to the same event whatever states it has seen on the way', async () => {
  const states = ['QUEUED', 'RUNNING', 'SUCCEEDED'];
  const query = "WITH a AS (SELECT * FROM b) SELECT * FROM a UNION SELECT * FROM c -- 's3://x/'";
  const answer = (State = '') => ({ found: execution({ Query: query, Status: { State } }) });
  const direct = memoryStore([maskedAthenaEvent()]);
  await recoverAll(direct, fixed({ [ID]: answer('SUCCEEDED') }));

  const slow = memoryStore([maskedAthenaEvent()]);
  for (const state of states) await recoverAll(slow, fixed({ [ID]: answer(state) }));

  expect(slow.only()).toEqual(direct.only());
});

test('loses none of 10,000 executions while every fifth answer is a fault', async () => {
  const random = seeded(7);
  const unlucky = () => random() < 0.2;
  await using server = await startAthenaServer((_operation, input) => {
    if (unlucky()) {
      const faults = [
        { error: 'ThrottlingException' },
        { error: 'InternalServerException', status: 500 },
        { error: 'TooManyRequestsException', status: 429 },
        { hangUp: true },
      ] as const;
      return faults[Math.floor(random() * faults.length)] ?? { hangUp: true };
    }
    const found: unknown[] = [];
    const unprocessed: unknown[] = [];
    for (const id of input.QueryExecutionIds as string[]) {
      const dice = random();
      if (dice < 0.1) found.push(wireExecution(id, { Status: { State: 'RUNNING' } }));
      else if (dice < 0.9) found.push(wireExecution(id));
      else if (dice < 0.95) unprocessed.push({ QueryExecutionId: id, ErrorCode: 'Throttling' });
    }
    return { body: { QueryExecutions: found, UnprocessedQueryExecutionIds: unprocessed } };
  });
  const events = Array.from({ length: 10_000 }, (_, at) =>
    maskedAthenaEvent({ eventId: `e-${at}`, queryExecutionId: `q-${at}` }),
  );
  const store = memoryStore(events, unlucky);
  const queue = toRecoveryRequests(events).map((request) => ({ request, delaySeconds: 0 }));
  const recover = recoveryOf(store, api(server), queue);

  let failures = 0;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { request } = next;
    // What fails is delivered again, and now and then what did not.
    const again = await recover(request).then(unlucky, () => {
      failures++;
      return true;
    });
    if (again) queue.push({ request, delaySeconds: 0 });
  }

  expect(failures).toBeGreaterThan(0);
  const wrong = store
    .all()
    .filter(
      ({ outcome, statement, queryExecutionId: id }) =>
        outcome !== 'succeeded' || statement?.text !== `SELECT * FROM orders -- ${id}`,
    );
  expect(wrong).toEqual([]);
  expect(store.all()).toHaveLength(10_000);
}, 60_000);

interface Postponed {
  readonly request: RecoveryRequest;
  readonly delaySeconds: number;
}

type Store = ReturnType<typeof memoryStore>;
type Answers = Readonly<
  Record<string, Awaited<ReturnType<AthenaHistory['namedQuery']>> | { found: object }>
>;

function recoverAll(
  store: Store,
  history: AthenaHistory | undefined,
  settings: Partial<RecoveryDependencies> = {},
  attempt = 0,
) {
  return recoveryOf(store, history, [], settings)({ ...requestOf(store), attempt });
}

function recoveryOf(
  store: Store,
  history: AthenaHistory | undefined,
  queue: Postponed[],
  settings: Partial<RecoveryDependencies> = {},
) {
  return createRecovery({
    athenaFor: () => history,
    store,
    postpone: async (request, delaySeconds) => {
      queue.push({ request, delaySeconds });
    },
    clock: () => NOW,
    pricing: { usdPerTb: 5, tbBase: 'binary' },
    ...settings,
  });
}

function requestOf(store: Store): RecoveryRequest {
  const events = store.all().map(({ accountId, eventTime, eventId, eventName }) => ({
    accountId,
    eventTime,
    eventId,
    eventName,
  }));
  return { accountId: '111122223333', region: 'us-east-1', attempt: 0, events };
}

function api(server: AthenaServer): AthenaHistory {
  const { client } = server;
  const random = () => 0.5;
  return createAthenaApi({ client, takeTurn: async () => {}, sleep: async () => {}, random });
}

function execution(change: Record<string, unknown> = {}) {
  const { Status, ...rest } = wireExecution(ID);
  return { ...rest, Status: { State: Status.State }, ...change };
}

function fixed(answers: Answers): AthenaHistory {
  return changing((id) => answers[id]);
}

function changing(answerFor: (id: string) => unknown): AthenaHistory {
  return {
    queryExecutions: async (asked) => new Map(asked.map(({ id }) => [id, answerFor(id) as never])),
    namedQuery: async () => ({ unavailable: 'not-found' }),
    preparedStatement: async () => ({ unavailable: 'not-found' }),
  };
}

/** A store that fails now and then, before or after it has written. */
function memoryStore(events: readonly AuditEvent[], isUnlucky = () => false) {
  const stored = new Map(events.map((event) => [event.eventId, structuredClone(event)]));
  let writes = 0;
  const get = (eventId: string): AuditEvent => {
    const event = stored.get(eventId);
    if (event === undefined) throw new Error(`the test has no event ${eventId}`);
    return event;
  };
  return {
    get,
    only: () => get([...stored.keys()][0] ?? ''),
    all: () => [...stored.values()],
    writes: () => writes,
    put: async (event: AuditEvent) => {
      stored.set(event.eventId, event);
    },
    findEvents: async (identities: readonly EventIdentity[]) =>
      identities.flatMap(({ eventId }) => {
        const event = stored.get(eventId);
        return event ? [structuredClone(event)] : [];
      }),
    async putRecovered(_before: AuditEvent, after: AuditEvent) {
      if (isUnlucky() && isUnlucky()) throw new Error('the store is throttled');
      writes++;
      if (recoveryRank(get(after.eventId)) <= recoveryRank(after)) {
        stored.set(after.eventId, structuredClone(after));
      }
      if (isUnlucky() && isUnlucky()) throw new Error('the answer got lost');
    },
  };
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}
