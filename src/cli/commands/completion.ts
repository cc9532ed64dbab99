import { Argument, type Command } from 'commander';
import type { Io } from '../io';
import { renderCompletion, SHELLS } from '../output/shell-completion';

const EXAMPLES = `
Examples:
  $ eval "$(querytrail completion bash)"          # in ~/.bashrc
  $ source <(querytrail completion zsh)           # in ~/.zshrc, after compinit
  $ querytrail completion fish | source           # in ~/.config/fish/config.fish
`;

/** `querytrail completion`: a script that completes commands, options and fixed values. */
export function register(program: Command, io: Io): void {
  program
    .command('completion')
    .description('Print a script for your shell that completes commands and options')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: (typeof SHELLS)[number]) => {
      await io.stdout.write(renderCompletion(program, shell));
    });
}
