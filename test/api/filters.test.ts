import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { eventQuerySchema } from '../../src/api/event-query';
import { addFilterOptions, toFilterParameters } from '../../src/cli/commands/asking-options';
import { FILTER_NAMES } from '../../web/filters';

const PAGING = ['limit', 'cursor', 'order'];
const RANGE = ['from', 'to'];

/** The API's own list is what the others are held to. */
const ofApi = Object.keys(eventQuerySchema.shape)
  .filter((name) => ![...PAGING, ...RANGE].includes(name))
  .sort();

test('the dashboard knows every filter of the API, and no other', () => {
  expect([...FILTER_NAMES].sort()).toEqual(ofApi);
});

test('the command line has an option for every filter of the API, and no other', () => {
  const { options } = addFilterOptions(new Command());
  const given = Object.fromEntries(options.map((option) => [option.attributeName(), 'value']));
  const parameters = toFilterParameters({ ...given } as never);

  const names = Object.entries(parameters).flatMap(([name, value]) => (value ? [name] : []));
  expect(names.filter((name) => !RANGE.includes(name)).sort()).toEqual(ofApi);
  expect(options).toHaveLength(ofApi.length + RANGE.length + ['since'].length);
});

test('docs/api.md describes every parameter of a list, and no other', () => {
  const [, chapter = ''] = readFileSync('docs/api.md', 'utf8').split('## Filters of a list');
  const rows = (chapter.split('\n## ')[0] ?? '').matchAll(/^\| (`.+?`) \|/gm);
  const names = [...rows].flatMap(([, cell = '']) => cell.match(/\w+/g) ?? []);

  expect(names.sort()).toEqual(Object.keys(eventQuerySchema.shape).sort());
});
