import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { apiOver, auditEvents, fakeStore } from '../api/factories';
import { serveApi } from './serve-api';

const CLI = ['--import', 'tsx', 'bin/querytrail.ts'];

test('ends in peace when the reader of its pipe has seen enough', async () => {
  await using server = await serveApi(apiOver(fakeStore(auditEvents(5000))).api);
  const child = spawn(process.execPath, [...CLI, 'query', '--all', '--api', server.url], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });

  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [exitCode] = await once(child, 'exit');

  expect([exitCode, complaint]).toEqual([0, '']);
}, 20_000);

test.each([
  ['its help', ['query', '--help'], 0],
  ['its complaint', ['query', '--class', 'FOO', '--data', '/'], 2],
])(
  'ends in peace when nobody reads %s',
  async (_what, args, expected) => {
    const child = spawn(process.execPath, [...CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    child.stderr.destroy();

    const [exitCode] = await once(child, 'exit');

    expect(exitCode).toBe(expected);
  },
  20_000,
);

test('ends in peace by Ctrl-C while it follows', async () => {
  await using server = await serveApi(apiOver(fakeStore(auditEvents(1))).api);
  const child = spawn(process.execPath, [...CLI, 'query', '--follow', '--api', server.url]);
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });

  await once(child.stdout, 'data');
  child.kill('SIGINT');
  const [exitCode, signal] = await once(child, 'exit');

  expect([exitCode, signal, complaint]).toEqual([0, null, '']);
}, 20_000);
