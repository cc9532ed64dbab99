import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operationOf, type Path, readPath, type Where } from '../../src/event/catalogue';
import { ATHENA_EVENTS } from '../../src/event/catalogue-athena';
import { KEYSPACES_EVENTS } from '../../src/event/catalogue-keyspaces';
import { USER_AGENTS } from '../../src/event/user-agents';
import { record } from '../fixtures/records';

const PAGE = join(__dirname, '../../docs/events.md');

test("has a line for each of Athena's 70 operations, and one that only drivers call", () => {
  const { GetQueryResultsStream, ...api } = Object.fromEntries(ATHENA_EVENTS);

  expect(Object.keys(api)).toHaveLength(70);
  expect(GetQueryResultsStream).toMatchObject({ class: 'API', access: 'read' });
});

test('has a line for each documented event name of Keyspaces, and for RestoreTable', () => {
  expect([...KEYSPACES_EVENTS.keys()].sort()).toStrictEqual(
    [
      ...[
        'CreateKeyspace',
        'AlterKeyspace',
        'DropKeyspace',
        'CreateTable',
        'AlterTable',
        'DropTable',
      ],
      ...['CreateUdt', 'DropUdt', 'GetStream', 'ListStreams', 'RestoreTable'],
      ...['Select', 'Insert', 'Update', 'Delete', 'GetShardIterator', 'GetRecords'],
    ].sort(),
  );
});

test.each([
  ['CreateWorkGroup', 'CREATE_WORK_GROUP'],
  ['ListApplicationDPUSizes', 'LIST_APPLICATION_DPU_SIZES'],
  ['CreatePresignedNotebookUrl', 'CREATE_PRESIGNED_NOTEBOOK_URL'],
  ['GetS3Thing2Now', 'GET_S3_THING2_NOW'],
  ['already_snake-case', 'ALREADY_SNAKE_CASE'],
  ['select', 'SELECT'],
  ['URL', 'URL'],
  ['更新', 'UNKNOWN'],
  ['--', 'UNKNOWN'],
])('names the operation of %s %s', (eventName, operation) => {
  expect(operationOf(eventName)).toBe(operation);
});

test.each<[Path | undefined, string | undefined]>([
  ['workGroup', 'w'],
  ['context.database', 'd'],
  ['>id', 'i'],
  ['ids', 'only'],
  ['many', undefined],
  ['missing', undefined],
  ['context.missing', undefined],
  ['workGroup.deeper', undefined],
  ['toString', undefined],
  [['missing', '>id'], 'i'],
  [['missing', '=word'], 'word'],
  [undefined, undefined],
])('reads %j of a record as %s', (path, text) => {
  const logged = record({
    requestParameters: {
      workGroup: 'w',
      context: { database: 'd' },
      ids: ['only'],
      many: ['a', 'b'],
    },
    responseElements: { id: 'i' },
  });

  expect(readPath(logged, path)).toBe(text);
});

/** Set UPDATE_DOCS to write the tables into docs/events.md. */
test.each([
  ['athena', athenaTable()],
  ['keyspaces', keyspacesTable()],
  ['user-agents', userAgentTable()],
])(
  'docs/events.md shows the %s table as it is: run with UPDATE_DOCS=1 after a change',
  (name, table) => {
    const page = readFileSync(PAGE, 'utf8');
    const section = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);
    const updated = page.replace(section, (_, start, end) => `${start}${table}${end}`);
    if (process.env.UPDATE_DOCS) writeFileSync(PAGE, updated);

    expect(section.test(page)).toBe(true);
    expect(process.env.UPDATE_DOCS ? updated : page).toBe(updated);
  },
);

function athenaTable(): string {
  const rows = [...ATHENA_EVENTS.values()].map((entry) => [
    entry.eventName,
    entry.about,
    entry.class === 'API' ? `\`${entry.operation}\`` : 'by its text',
    entry.class === 'API' ? entry.access : 'by its text',
    placesOf(entry.where),
  ]);
  return markdown(['Event', 'What it does', 'Operation', 'Access', 'Read from the record'], rows);
}

function keyspacesTable(): string {
  const forms = { text: 'in the record', parts: 'outline', none: 'none' };
  const rows = [...KEYSPACES_EVENTS.values()].map((entry) => [
    entry.eventName,
    entry.about,
    entry.class,
    `\`${entry.operation}\``,
    entry.access,
    forms[entry.form],
    placesOf(entry.where),
  ]);
  const head = ['Event', 'What it does', 'Class', 'Operation', 'Access', 'Statement'];
  return markdown([...head, 'Read from the record'], rows);
}

function userAgentTable(): string {
  const rows = USER_AGENTS.map(({ tool, pattern, actor, identityTypes }) => [
    identityTypes === undefined ? tool : `${tool}, with ${identityTypes.join(' or ')}`,
    `\`${pattern.source.replaceAll('|', '\\|')}\``,
    actor,
  ]);
  return markdown(['Tool', 'User agent matches', 'Actor'], rows);
}

function placesOf(where: Where): string {
  return Object.entries(where)
    .map(
      ([field, path]) =>
        `${field}: ${[path]
          .flat()
          .map((one) => `\`${one}\``)
          .join(', ')}`,
    )
    .join('; ');
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}
