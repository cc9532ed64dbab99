import { Command } from 'commander';
import { version } from '../../package.json';
import * as classify from './commands/classify';
import * as completion from './commands/completion';
import * as extract from './commands/extract';
import * as query from './commands/query';
import * as serve from './commands/serve';
import * as show from './commands/show';
import * as verify from './commands/verify';
import { createProcessIo, type Io } from './io';

/** In the order of the help. */
const COMMANDS: readonly { register(program: Command, io: Io): void }[] = [
  serve,
  query,
  show,
  verify,
  extract,
  classify,
  completion,
];

/** The command line: one subcommand a file in `commands/`, each loaded when it is called. */
export function createProgram(io: Io = createProcessIo()): Command {
  const program = new Command('querytrail')
    .description('Who ran which statement on Amazon Athena and Amazon Keyspaces.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
      getOutHasColors: () => io.stdout.isTerminal && !io.env.NO_COLOR,
      getErrHasColors: () => io.stderr.isTerminal && !io.env.NO_COLOR,
    })
    .showHelpAfterError('(add --help for the options and examples)');
  for (const { register } of COMMANDS) register(program, io);
  return program;
}
