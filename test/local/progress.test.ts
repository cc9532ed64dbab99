import { PassThrough } from 'node:stream';
import { createProgress } from '../../src/local/progress';

const COUNTS = { files: 3, done: 3, events: 1, known: 0, notOurs: 0, unreadable: 0 };

test.each([
  [COUNTS, /^3 files, 1 event in [\d.]+ s; watching for more\n$/],
  [
    { ...COUNTS, done: 1, events: 2, unreadable: 1 },
    /^1 file, 2 events in [\d.]+ s, 1 unreadable; stopped: the next start reads the other 2\n$/,
  ],
])('says how the reading ended: %j', (counts, line) => {
  const stderr = new PassThrough({ encoding: 'utf8' });

  createProgress(stderr as never).finish(counts);

  expect(stderr.read()).toMatch(line);
});
