import { spawnSync } from 'node:child_process';
import { run } from '../../../src/cli/run';
import { captureIo } from '../capture-io';

async function completion(shell: string): Promise<string> {
  const io = captureIo();
  await run(['completion', shell], io);
  return io.stdout.text();
}

/** What bash offers for the words, of which the last is being typed. */
async function completeInBash(...words: readonly string[]): Promise<string[]> {
  const script = `${await completion('bash')}
COMP_WORDS=(querytrail ${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length}
_querytrail
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

test.each([
  [['qu'], ['query']],
  [['query', '--sour'], ['--source-ip']],
  [
    ['query', '--class', 'D'],
    ['DDL', 'DML', 'DCL'],
  ],
  [['show', '--rec'], ['--record']],
  [['query', '--json', '--ord'], ['--order']],
])('bash completes %j', async (words, expected) => {
  expect(await completeInBash(...words)).toEqual(expected);
});

test.each(['zsh', 'fish'])('%s gets every command, option and fixed value', async (shell) => {
  const script = await completion(shell);

  for (const word of ['query', 'show', 'completion', 'source-ip', 'DDL DML UTILITY', '-q']) {
    expect(script.replace('-s q', '-q')).toContain(word);
  }
});

test('refuses another shell', async () => {
  const io = captureIo();

  expect(await run(['completion', 'tcsh'], io)).toBe(2);
  expect(io.stderr.text()).toContain('bash, zsh, fish');
});
