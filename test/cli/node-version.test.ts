import { spawnSync } from 'node:child_process';
import { engines } from '../../package.json';
import { CLI } from '../integration/serving';

test.each([
  ['v20.20.2', 2],
  ['v22.11.0', 2],
  ['v22.12.0', 0],
  ['v30.1.0', 0],
])('with Node %s exits with %i', (version, exitCode) => {
  const { status, stdout, stderr } = runWith(version);

  const complaint = `querytrail: Node ${engines.node} is needed, this is ${version}\n`;
  expect([status, stderr]).toEqual(exitCode === 0 ? [0, ''] : [exitCode, complaint]);
  expect(stdout === '').toBe(exitCode !== 0);
});

/** Runs the built command where Node claims to be another. */
function runWith(version: string) {
  const claim = `Object.defineProperty(process, 'version', { value: '${version}' })`;
  const preload = `data:text/javascript,${encodeURIComponent(claim)}`;
  return spawnSync(process.execPath, ['--import', preload, CLI, '--version'], { encoding: 'utf8' });
}
