import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../src/errors';
import { openRecordedHistory } from '../../src/recovery/recorded-history';

let file: string;

beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'querytrail-')), 'history.json');
});

afterEach(() => rm(join(file, '..'), { recursive: true }));

test('answers from a file in the shapes of the Athena API, with ISO times', async () => {
  await write({
    QueryExecutions: [
      {
        QueryExecutionId: 'q',
        Query: 'SELECT 1',
        Status: { State: 'SUCCEEDED', SubmissionDateTime: '2026-03-02T10:01:07+01:00' },
        Unheard: { of: true },
      },
      { QueryExecutionId: 'bare' },
    ],
    NamedQueries: [{ NamedQueryId: 'n', QueryString: 'SELECT 2' }],
    PreparedStatements: [
      { StatementName: 'p', WorkGroupName: 'etl', QueryStatement: 'SELECT ?' },
      { StatementName: 'p', QueryStatement: 'SELECT 3' },
    ],
  });

  const history = await openRecordedHistory(file);
  const answers = await history.queryExecutions([{ id: 'q' }, { id: 'bare' }, { id: 'gone' }]);

  expect(answers.get('q')).toMatchObject({
    found: { Query: 'SELECT 1', Status: { SubmissionDateTime: new Date('2026-03-02T09:01:07Z') } },
  });
  expect(answers.get('bare')).toEqual({ found: { QueryExecutionId: 'bare' } });
  expect(answers.get('gone')).toEqual({ unavailable: 'not-found' });
  expect(await history.namedQuery('n')).toEqual({ found: 'SELECT 2' });
  expect(await history.preparedStatement('etl', 'p')).toEqual({ found: 'SELECT ?' });
  expect(await history.preparedStatement('primary', 'p')).toEqual({ found: 'SELECT 3' });
  expect(await history.preparedStatement('etl', 'x')).toEqual({ unavailable: 'not-found' });
});

test('takes any of the lists as empty', async () => {
  await write({});

  const history = await openRecordedHistory(file);

  expect(await history.namedQuery('n')).toEqual({ unavailable: 'not-found' });
});

test.each([
  ['a file that is not there', undefined],
  ['what is not JSON', '{'],
  ['another document', '[]'],
  ['executions without id', '{"QueryExecutions":[{}]}'],
  [
    'times that are none',
    '{"QueryExecutions":[{"QueryExecutionId":"q","Status":{"SubmissionDateTime":"soon"}}]}',
  ],
])('refuses %s', async (_name, text) => {
  if (text !== undefined) await writeFile(file, text);

  await expect(openRecordedHistory(file)).rejects.toThrow(ConfigError);
  await expect(openRecordedHistory(file)).rejects.toThrow(file);
});

async function write(history: object): Promise<void> {
  await writeFile(file, JSON.stringify(history));
}
