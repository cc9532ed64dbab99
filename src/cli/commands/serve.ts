import { type Command, Option } from 'commander';

const EXAMPLES = `
Examples:
  $ querytrail serve                            # a week of a made-up organization
  $ querytrail serve --trail ~/trail            # your own log files, as copied by aws s3 sync
  $ querytrail serve --trail ~/trail --reset    # read them all anew
  $ querytrail serve --api https://abc123.execute-api.eu-west-1.amazonaws.com   # a deployed one
`;

/** `querytrail serve`: the whole pipeline, or the dashboard of a deployed one, on this machine. */
export function register(program: Command): void {
  program
    .command('serve')
    .description('Read log files from a folder; serve the API and the dashboard on 127.0.0.1')
    .option('--port <number>', 'port of 127.0.0.1; 0 takes a free one', '7333')
    .option('--trail <dir>', 'folder of CloudTrail log files (default: a sample trail)')
    .option('--data <dir>', 'folder for the store', '.querytrail')
    .option('--athena-history <file>', 'what Athena tells of masked statements (recorded)')
    .option('--public-keys <file>', "keys of the folder's digests (ListPublicKeys, JSON)")
    .option('--reset', 'forget what was stored of this trail, and make a new sample')
    .addOption(
      new Option('--api <url>', "front a deployed API with the caller's AWS credentials").conflicts(
        ['trail', 'athenaHistory', 'publicKeys', 'reset'],
      ),
    )
    .option('--profile <name>', 'AWS profile that signs for --api')
    .option('--api-region <region>', 'Region of --api where its host name does not tell it')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Record<string, unknown>) => {
      const { serve } = await import('../../local/serve');
      await serve(options, { env: process.env, stderr: process.stderr, stdout: process.stdout });
    });
}
