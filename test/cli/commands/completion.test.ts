import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgram } from '../../../src/cli/program';
import { run } from '../../../src/cli/run';
import { captureIo } from '../capture-io';

const isThere = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;
const HAS = { zsh: isThere('zsh'), fish: isThere('fish') };

async function completion(shell: string): Promise<string> {
  const io = captureIo();
  await run(['completion', shell], io);
  return io.stdout.text();
}

/** What a shell prints for a script, of which it may not complain. */
function printed(shell: string, args: readonly string[], cwd?: string): string[] {
  const { stdout, stderr } = spawnSync(shell, args, { encoding: 'utf8', cwd, timeout: 15_000 });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(Boolean);
}

/** Every command with its options, as the program itself knows them. */
async function commandsOf() {
  const { commands } = await createProgram(captureIo());
  return commands.map((command) => ({
    name: command.name(),
    options: command.options.map((option) => ({
      flags: [option.long, option.short].flatMap((flag) => flag ?? []),
      takesValue: option.required || option.optional,
      choices: option.argChoices,
    })),
  }));
}

describe('bash', () => {
  /** What bash offers for the words, of which the last is being typed. */
  async function complete(words: readonly string[], cwd?: string): Promise<string[]> {
    const script = `${await completion('bash')}
[[ "$(complete -p querytrail)" == *'-F _querytrail querytrail' ]] || echo not registered
COMP_WORDS=(querytrail ${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length}
_querytrail
printf '%s\\n' "\${COMPREPLY[@]}"`;
    return printed('bash', ['--norc', '-c', script], cwd);
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
  ])('completes %j', async (words, expected) => {
    expect(await complete(words)).toEqual(expected);
  });

  test('offers every option of every command, and every fixed value', async () => {
    for (const { name, options } of await commandsOf()) {
      const flags = options.flatMap((option) => option.flags).filter((flag) => /^--/.test(flag));
      expect((await complete([name, '--'])).sort()).toEqual([...flags, '--help'].sort());
      for (const option of options) {
        if (!option.choices) continue;
        for (const flag of option.flags) {
          expect(await complete([name, flag, ''])).toEqual(option.choices);
        }
      }
    }
  });

  test('offers files, also those with a space in their name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'completion-'));
    writeFileSync(join(folder, 'trail of mine.json'), '');

    expect(await complete(['extract', 'tr'], folder)).toEqual(['trail of mine.json']);
    expect(await complete(['verify', '--public-keys', 'tr'], folder)).toEqual([
      'trail of mine.json',
    ]);
    rmSync(folder, { recursive: true });
  });
});

/**
 * The script runs in zsh itself where that is installed. Elsewhere bash stands in, which reads all
 * that it is made of, but counts `words` from 0. Either way what it hands to zsh's completion
 * functions is looked at.
 */
describe(`zsh (${HAS.zsh ? 'itself' : 'not installed: bash stands in'})`, () => {
  async function handedOver(words: readonly string[]): Promise<string[]> {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const setUp = HAS.zsh
      ? `words=(querytrail ${quoted})`
      : `words=('' querytrail ${quoted}); shift() { :; }`;
    const script = `compdef() { :; }
_describe() { printf '%s\\n' "\${commands[@]}"; }
_arguments() { printf '%s\\n' "$@"; }
${setUp}
CURRENT=${words.length + 1}
${await completion('zsh')}
_querytrail`;
    return HAS.zsh
      ? printed('zsh', ['-f', '-c', script])
      : printed('bash', ['--norc', '-c', script]);
  }

  test('offers every command with what it does', async () => {
    const names = (await commandsOf()).map(({ name }) => name);

    expect((await handedOver([''])).map((line) => line.split(':')[0])).toEqual(names);
  });

  test('specifies every option of every command, in the grammar of _arguments', async () => {
    for (const { name, options } of await commandsOf()) {
      const specs = await handedOver([name, '']);
      const parsed = specs.slice(0, -2).map((spec) => {
        const [, flag, values] =
          /^\*(--?[\w-]+)\[(?:\\.|[^[\]:\\])+\](?::value:(_files|\([\w -]+\)))?$/.exec(spec) ?? [];
        return [flag ?? spec, values];
      });

      expect(specs.slice(-2)).toEqual(['--help[show help]', '*:file:_files']);
      expect(parsed).toEqual(
        options.flatMap(({ flags, takesValue, choices }) => {
          const values = choices ? `(${choices.join(' ')})` : '_files';
          return flags.map((flag) => [flag, takesValue ? values : undefined]);
        }),
      );
    }
  });
});

(HAS.zsh ? test : test.skip)(
  'completes what is typed at the prompt of zsh',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'completion-'));
    writeFileSync(join(folder, 'completion'), await completion('zsh'));
    const settings = `autoload -Uz compinit && compinit -u -D
querytrail() { print -r -- "ran <$*>" }
source ${join(folder, 'completion')}`;
    writeFileSync(join(folder, '.zshrc'), settings);

    const shown = printed('zsh', [
      ...['-f', '-c'],
      `zmodload zsh/zpty
zpty line TERM=dumb ZDOTDIR=${folder} zsh -i
zpty -w -n line $'querytrail qu\t--sour\t192.0.2.1 --class DM\t\r'
zpty -r line shown '*ran <*>*'
print -r -- $shown
zpty -d line`,
    ]);

    expect(shown.at(-1)?.trim()).toBe('ran <query --source-ip 192.0.2.1 --class DML>');
    rmSync(folder, { recursive: true });
  },
  20_000,
);

/**
 * fish itself completes where it is installed. Elsewhere bash, which takes the same words from a
 * line of `complete`, says what fish is told; the meaning of its options is fish's.
 */
describe(`fish (${HAS.fish ? 'itself' : 'not installed: bash reads the script'})`, () => {
  test('is told every command and every option, under its command', async () => {
    const script = `complete() { printf '%s\\t' "$@"; printf '\\n'; }\n${await completion('fish')}`;
    const lines = printed('bash', ['--norc', '-c', script]).map((line) => line.trim().split('\t'));
    const told = lines.map((words) => {
      const [, , , condition = '', ...rest] = words;
      return { condition, rest: rest.slice(0, rest.indexOf('-d')) };
    });

    const commands = await commandsOf();
    expect(told).toEqual([
      ...commands.map(({ name }) => ({
        condition: '__fish_use_subcommand',
        rest: ['-f', '-a', name],
      })),
      ...commands.flatMap(({ name, options }) =>
        options.map(({ flags, takesValue, choices }) => ({
          condition: `__fish_seen_subcommand_from ${name}`,
          rest: [
            ...flags.flatMap((flag) =>
              flag.startsWith('--') ? ['-l', flag.slice(2)] : ['-s', flag.slice(1)],
            ),
            ...(choices ? ['-x', '-a', choices.join(' ')] : takesValue ? ['-r'] : []),
          ],
        })),
      ),
    ]);
  });

  (HAS.fish ? test : test.skip).each([
    ['querytrail qu', ['query']],
    ['querytrail query --sour', ['--source-ip']],
    ['querytrail query --class D', ['DCL', 'DDL', 'DML']],
    ['querytrail show --rec', ['--record']],
  ])('completes %s', async (line, expected) => {
    const script = `${await completion('fish')}\ncomplete -C '${line}'`;
    const offered = printed('fish', ['--no-config', '-c', script]);

    expect(offered.map((each) => each.split('\t')[0]).sort()).toEqual(expected);
  });
});

test('refuses another shell', async () => {
  const io = captureIo();

  expect(await run(['completion', 'tcsh'], io)).toBe(2);
  expect(io.stderr.text()).toContain('bash, zsh, fish');
});
