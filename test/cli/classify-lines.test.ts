import { classifyLines } from '../../src/cli/classify-lines';

async function classify(input: string | readonly Uint8Array[], options = { facts: false }) {
  const chunks = typeof input === 'string' ? [Buffer.from(input)] : input;
  const problems: string[] = [];
  const report = async (line: number, problem: string) => {
    problems.push(`${line}: ${problem}`);
  };
  let answers = '';
  for await (const part of classifyLines(stream(chunks), options, report)) answers += part;
  return { answers, problems };
}

async function* stream(chunks: readonly Uint8Array[]) {
  yield* chunks;
}

test('answers each line with exactly the id and what the statement is', async () => {
  const { answers } = await classify(
    '{"id":"a","dialect":"athena","text":"INSERT INTO a SELECT * FROM b"}\n',
  );

  expect(answers).toBe(
    '{"id":"a","class":"DML","operation":"INSERT","access":"write","reads":["b"],"writes":["a"]}\n',
  );
});

test.each(['7', '"x"', 'null', 'true', '[1]', '{"id":2}', '1.5', '12345678901234567890', '1e400'])(
  'passes the id %s back as it was',
  async (id) => {
    const { answers } = await classify(`{"id":${id},"dialect":"cql","text":"USE shop"}`);

    expect(answers.startsWith(`{"id":${id},"class":"UTILITY"`)).toBe(true);
  },
);

test('answers a line without id with null', async () => {
  const { answers } = await classify('{"dialect":"cql","text":"USE shop"}');

  expect(answers.startsWith('{"id":null,')).toBe(true);
});

test.each([
  ['{"id":1', 'not JSON'],
  ['7', 'not a JSON object'],
  ['null', 'not a JSON object'],
  ['{"id":1,"dialect":"athena","text":7}', '"text" is not a string'],
  ['{"id":1,"dialect":"mysql","text":"SELECT 1"}', '"dialect" is none of athena, cql'],
])('reports the bad line %s with its number and goes on', async (line, problem) => {
  const good = '{"id":1,"dialect":"athena","text":"SELECT 1"}';

  const { answers, problems } = await classify(`${good}\n\n${line}\n${good}\n`);

  expect(problems).toEqual([`3: ${problem}`]);
  expect(answers.trim().split('\n')).toHaveLength(2);
});

test('reads lines that are cut anywhere, inside of characters too', async () => {
  const bytes = Buffer.from('{"id":"é€😀","dialect":"athena","text":"DROP TABLE größe"}\r\n');
  const pieces = [...bytes].map((byte) => Uint8Array.of(byte));

  const { answers } = await classify(pieces);

  expect(JSON.parse(answers)).toMatchObject({ id: 'é€😀', writes: ['größe'] });
});

test('adds all facts when asked for', async () => {
  const { answers } = await classify(
    `{"id":1,"dialect":"athena","text":"UNLOAD (SELECT 1) TO 's3://b/x'"}`,
    { facts: true },
  );

  expect(JSON.parse(answers)).toEqual({
    id: 1,
    class: 'DML',
    operation: 'UNLOAD',
    access: 'read',
    reads: [],
    writes: [],
    columns: [],
    locations: [{ uri: 's3://b/x', access: 'write' }],
    flags: ['bulkExport'],
    fingerprint: expect.stringMatching(/^[\da-f]{16}$/),
  });
});
