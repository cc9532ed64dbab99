import { createAthenaApi } from '../../src/recovery/athena-api';
import {
  type AthenaServer,
  type ServerAnswer,
  startAthenaServer,
  wireExecution,
} from './athena-server';

const ids = (count: number) => Array.from({ length: count }, (_, at) => `id-${at}`);
const asked = (count: number) => ids(count).map((id) => ({ id }));

test('asks for fifty ids a call and matches the answers by id, in whatever order they come', async () => {
  await using server = await startAthenaServer((_operation, input) => ({
    body: {
      QueryExecutions: idsOf(input)
        .toReversed()
        .map((id) => wireExecution(id)),
    },
  }));

  const answers = await api(server).queryExecutions(asked(120));

  expect(server.calls.map(({ input }) => idsOf(input).length)).toEqual([50, 50, 20]);
  expect([...answers.keys()]).toEqual(ids(120));
  for (const [id, answer] of answers) {
    expect(answer).toMatchObject({ found: { QueryExecutionId: id } });
  }
});

test.each([
  ['AccessDeniedException', { unavailable: 'access-denied' }],
  ['INVALID_QUERY_EXECUTION_ID_NotFound', { unavailable: 'not-found' }],
  ['InvalidRequestException', { unavailable: 'not-found' }],
  ['ThrottlingException', { retry: true }],
  ['SomethingNew', { retry: true }],
])('takes the word for an id that was left out: %s', async (ErrorCode, expected) => {
  await using server = await startAthenaServer(() => ({
    body: {
      QueryExecutions: [wireExecution('id-0')],
      UnprocessedQueryExecutionIds: [{ QueryExecutionId: 'id-1', ErrorCode, ErrorMessage: 'x' }],
    },
  }));

  const answers = await api(server).queryExecutions(asked(2));

  expect(answers.get('id-0')).toHaveProperty('found');
  expect(answers.get('id-1')).toEqual(expected);
});

test('asks again for an id that is in neither list', async () => {
  await using server = await startAthenaServer(() => ({ body: { QueryExecutions: [] } }));

  expect((await api(server).queryExecutions(asked(1))).get('id-0')).toEqual({ retry: true });
});

test('divides a batch until the malformed id that fails it is alone', async () => {
  await using server = await startAthenaServer((_operation, input) =>
    idsOf(input).includes('id-37')
      ? { error: 'InvalidRequestException' }
      : { body: { QueryExecutions: idsOf(input).map((id) => wireExecution(id)) } },
  );

  const answers = await api(server).queryExecutions(asked(50));

  const bad = [...answers].filter(([, answer]) => !('found' in answer));
  expect(bad).toEqual([['id-37', { unavailable: 'not-found' }]]);
  expect(answers.size).toBe(50);
  expect(server.calls.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(50)) + 1);
});

test('asks for each workgroup by itself when access to one is denied', async () => {
  await using server = await startAthenaServer((_operation, input) =>
    idsOf(input).includes('id-1')
      ? { error: 'AccessDeniedException' }
      : { body: { QueryExecutions: idsOf(input).map((id) => wireExecution(id)) } },
  );

  const answers = await api(server).queryExecutions([
    { id: 'id-0', workgroup: 'open' },
    { id: 'id-1', workgroup: 'closed' },
    { id: 'id-2', workgroup: 'closed' },
    { id: 'id-3' },
  ]);

  expect([...answers].map(([id, answer]) => [id, Object.keys(answer)[0]])).toEqual([
    ['id-0', 'found'],
    ['id-1', 'unavailable'],
    ['id-2', 'unavailable'],
    ['id-3', 'found'],
  ]);
  expect(server.calls).toHaveLength(4);
});

test.each<[string, ServerAnswer]>([
  ['throttling', { error: 'ThrottlingException' }],
  ['too many requests', { error: 'TooManyRequestsException', status: 429 }],
  ['an error of Athena', { error: 'InternalServerException', status: 500 }],
  ['a torn connection', { hangUp: true }],
])('waits longer each time, with jitter, and tries again after %s', async (_name, trouble) => {
  let call = 0;
  await using server = await startAthenaServer(() =>
    call++ < 2 ? trouble : { body: { QueryExecutions: [wireExecution('id-0')] } },
  );
  const waits: number[] = [];

  const answers = await api(server, waits).queryExecutions(asked(1));

  expect(answers.get('id-0')).toHaveProperty('found');
  expect(waits).toEqual([400, 800]);
});

test('leaves the ids for later when the trouble lasts', async () => {
  await using server = await startAthenaServer(() => ({ error: 'ThrottlingException' }));

  const answers = await api(server).queryExecutions(asked(2));

  expect([...answers.values()]).toEqual([{ retry: true }, { retry: true }]);
  expect(server.calls).toHaveLength(4);
});

test('reports an error that is neither Athena’s nor the network’s', async () => {
  await using server = await startAthenaServer(() => ({ error: 'UnrecognizedClientException' }));

  await expect(api(server).queryExecutions(asked(1))).rejects.toMatchObject({
    code: 'athena.UnrecognizedClientException',
  });
});

test('reads saved queries and prepared statements', async () => {
  await using server = await startAthenaServer((operation, input) => {
    if (operation === 'GetNamedQuery' && input.NamedQueryId === 'n-1') {
      return { body: { NamedQuery: { Name: 'daily', Database: 'd', QueryString: 'SELECT 1' } } };
    }
    if (operation === 'GetPreparedStatement' && input.StatementName === 'by_id') {
      const QueryStatement = `SELECT ? -- ${input.WorkGroup}`;
      return { body: { PreparedStatement: { StatementName: 'by_id', QueryStatement } } };
    }
    return {
      error:
        operation === 'GetNamedQuery' ? 'InvalidRequestException' : 'ResourceNotFoundException',
    };
  });
  const history = api(server);

  expect(await history.namedQuery('n-1')).toEqual({ found: 'SELECT 1' });
  expect(await history.namedQuery('gone')).toEqual({ unavailable: 'not-found' });
  expect(await history.preparedStatement('etl', 'by_id')).toEqual({ found: 'SELECT ? -- etl' });
  expect(await history.preparedStatement('etl', 'gone')).toEqual({ unavailable: 'not-found' });
});

function api(server: AthenaServer, waits: number[] = []) {
  return createAthenaApi({
    client: server.client,
    takeTurn: async () => {},
    sleep: async (ms) => {
      waits.push(ms);
    },
    random: () => 0.5,
  });
}

function idsOf(input: Record<string, unknown>): string[] {
  return input.QueryExecutionIds as string[];
}
