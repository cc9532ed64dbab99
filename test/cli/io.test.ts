import { createProcessIo } from '../../src/cli/io';

const before = Object.getOwnPropertyDescriptor(process.stdout, 'columns');

afterEach(() => Object.defineProperty(process.stdout, 'columns', before ?? { value: undefined }));

test.each([
  [0, 80],
  [undefined, 80],
  [132, 132],
])('takes a terminal of %s columns for one of %i', (columns, expected) => {
  Object.defineProperty(process.stdout, 'columns', { value: columns, configurable: true });

  expect(createProcessIo().stdout.columns).toBe(expected);
});
