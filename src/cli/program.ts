import { Command } from 'commander';
import { version } from '../../package.json';
import { createProcessIo, type Io } from './io';

interface CommandModule {
  register(program: Command, io: Io): void;
}

/** In the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<CommandModule>>> = {
  serve: () => import('./commands/serve'),
  query: () => import('./commands/query'),
  show: () => import('./commands/show'),
  recover: () => import('./commands/recover'),
  stats: () => import('./commands/stats'),
  coverage: () => import('./commands/coverage'),
  verify: () => import('./commands/verify'),
  backfill: () => import('./commands/backfill'),
  redrive: () => import('./commands/redrive'),
  extract: () => import('./commands/extract'),
  classify: () => import('./commands/classify'),
  completion: () => import('./commands/completion'),
};

export const COMMAND_NAMES = Object.keys(COMMANDS);

/**
 * The command line: one subcommand a file in `commands/`.
 *
 * @param called - the one that is going to run. It alone is loaded, so that it starts quickly.
 */
export async function createProgram(io: Io = createProcessIo(), called?: string): Promise<Command> {
  // A completion is made of all the others.
  const isAlone =
    called !== undefined && called !== 'completion' && Object.hasOwn(COMMANDS, called);
  const program = new Command('querytrail')
    .description('Who ran which statement on Amazon Athena and Amazon Keyspaces.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text).catch(() => {}),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error:/, 'querytrail:')),
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
      getOutHasColors: () => io.stdout.isTerminal && !io.env.NO_COLOR,
      getErrHasColors: () => io.stderr.isTerminal && !io.env.NO_COLOR,
    })
    .showHelpAfterError('(add --help for the options and examples)');
  for (const [name, load] of Object.entries(COMMANDS)) {
    if (!isAlone || name === called) (await load()).register(program, io);
  }
  return program;
}
