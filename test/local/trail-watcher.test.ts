import { EventEmitter } from 'node:events';
import { watch } from 'chokidar';
import { watchTrail } from '../../src/local/trail-watcher';

jest.mock('chokidar', () => ({ watch: jest.fn() }));

test('goes on where a part of the folder cannot be watched, and tells once', async () => {
  const watcher = new EventEmitter();
  jest.mocked(watch).mockReturnValue(watcher as never);
  const [files, reasons]: [string[], string[]] = [[], []];
  const watching = watchTrail(
    '/trail',
    (path) => files.push(path),
    (reason) => reasons.push(reason),
  );

  for (let folder = 0; folder < 2; folder++) {
    watcher.emit('error', Object.assign(new Error('no space'), { code: 'ENOSPC' }));
  }
  watcher.emit('ready');
  await watching;
  watcher.emit('error', new Error('again'));
  watcher.emit('add', '/trail/a.json.gz');

  expect({ files, reasons }).toEqual({ files: ['/trail/a.json.gz'], reasons: ['ENOSPC'] });
});
