import { Command } from 'commander';
import { register as registerVerify } from './commands/verify';

/** The command line: one subcommand a file in `commands/`, each loaded when it is called. */
export function createProgram(): Command {
  const program = new Command('querytrail')
    .description('Who ran which statement on Amazon Athena and Amazon Keyspaces.')
    .exitOverride();
  registerVerify(program);
  return program;
}
