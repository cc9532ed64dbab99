import { Command } from 'commander';

/** The command line: one subcommand a file in `commands/`, each loaded when it is called. */
export function createProgram(): Command {
  return new Command('querytrail').description(
    'Who ran which statement on Amazon Athena and Amazon Keyspaces.',
  );
}
