import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** A script that completes the program's commands, options and fixed values. */
export function renderCompletion(program: Command, shell: (typeof SHELLS)[number]): string {
  return { bash: renderBash, zsh: renderZsh, fish: renderFish }[shell](program);
}

/** By the line: a file's name may have spaces. The function's `IFS` is its own. */
const BASH_FILES = `IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$word"))`;

function renderBash(program: Command): string {
  const cases = program.commands.flatMap((command) => [
    ...valueOptions(command).map(
      (option) => `    ${command.name()}:${flagsOf(option).join(`|${command.name()}:`)})
      ${option.argChoices ? `COMPREPLY=($(compgen -W "${option.argChoices.join(' ')}" -- "$word"))` : BASH_FILES}
      return ;;`,
    ),
  ]);
  const words = program.commands.map(
    (command) =>
      `    ${command.name()}) words="${command.options.flatMap(flagsOf).join(' ')} --help" ;;`,
  );
  return `# querytrail completion for bash: eval "$(querytrail completion bash)"
_querytrail() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words IFS=$' \\t\\n'
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commandNames(program)} --help --version" -- "$word"))
    return
  fi
  case "$command:$before" in
${cases.join('\n')}
  esac
  case "$command" in
${words.join('\n')}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
    *) ${BASH_FILES} ;;
  esac
}
complete -o filenames -F _querytrail querytrail
`;
}

function renderZsh(program: Command): string {
  const commands = program.commands.map(
    (command) => `    ${quote(`${command.name()}:${command.description()}`)}`,
  );
  const cases = program.commands.map((command) => {
    const specs = command.options.flatMap((option) =>
      flagsOf(option).map((flag) => `        ${quote(zshSpec(flag, option))}`),
    );
    return `    ${command.name()})
      _arguments \\
${[...specs, "        '--help[show help]'", "        '*:file:_files'"].join(' \\\n')}
      ;;`;
  });
  return `#compdef querytrail
# querytrail completion for zsh: source <(querytrail completion zsh)
_querytrail() {
  local -a commands=(
${commands.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
compdef _querytrail querytrail
`;
}

function renderFish(program: Command): string {
  const commands = program.commands.map(
    (command) =>
      `complete -c querytrail -n __fish_use_subcommand -f -a ${command.name()} -d ${quote(command.description())}`,
  );
  const options = program.commands.flatMap((command) =>
    command.options.map((option) => {
      const names = [
        ...(option.long ? [`-l ${option.long.slice(2)}`] : []),
        ...(option.short ? [`-s ${option.short.slice(1)}`] : []),
      ];
      const values = option.argChoices ? ` -x -a ${quote(option.argChoices.join(' '))}` : ' -r';
      const argument = option.required || option.optional ? values : '';
      return `complete -c querytrail -n '__fish_seen_subcommand_from ${command.name()}' ${names.join(' ')}${argument} -d ${quote(option.description)}`;
    }),
  );
  return `# querytrail completion for fish: querytrail completion fish | source
${[...commands, ...options].join('\n')}
`;
}

function zshSpec(flag: string, { description, required, optional, argChoices }: Option): string {
  const text = `[${description.replace(/[[\]:]/g, '\\$&')}]`;
  if (!required && !optional) return `*${flag}${text}`;
  return `*${flag}${text}:value:${argChoices ? `(${argChoices.join(' ')})` : '_files'}`;
}

function valueOptions(command: Command): Option[] {
  return command.options.filter(({ required, optional }) => required || optional);
}

function flagsOf({ long, short }: Option): string[] {
  return [long, short].filter((flag) => flag !== undefined && flag !== null);
}

function commandNames(program: Command): string {
  return program.commands.map((command) => command.name()).join(' ');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
