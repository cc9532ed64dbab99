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

test('a name that drives the terminal does not, neither said nor in an error', () => {
  const stderr = new PassThrough({ encoding: 'utf8' });
  const progress = createProgress(stderr as never);

  progress.say('cannot read \u001b]0;owned\u0007.gz');
  progress.fail(new Error('cannot read \u001b[2J.gz'));

  const shown = stderr.read();
  expect(shown).toMatch(
    /^cannot read \uFFFD\]0;owned\uFFFD\.gz\nError: cannot read \uFFFD\[2J\.gz\n/,
  );
  expect(shown.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});
