import type { Command } from 'commander';
import { eventsOfIdSchema } from '../../api/routes/get-event';
import { ConfigError } from '../../errors';
import { connect } from '../connect';
import type { Io } from '../io';
import { renderEventSheet } from '../output/event-sheet';
import { createStyle } from '../output/style';
import { addApiOptions, toApiOptions } from './asking-options';

interface ShowOptions {
  readonly record?: true;
  readonly eventName?: string;
  readonly json?: true;
  readonly api?: string;
  readonly data: string;
}

const EXAMPLES = `
Examples:
  $ querytrail show c97cf8c8-6112-467a-8777-53bb38f83fd5
  $ querytrail show c97cf8c8-6112-467a-8777-53bb38f83fd5 --record | jq .userIdentity
  $ querytrail show 81b56a1c-9bdd-4c92-bb8e-92776b5a3bf1 --event-name Insert --record
`;

/** `querytrail show`: one event laid out for reading, or its original record. */
export function register(program: Command, io: Io): void {
  const command = program
    .command('show')
    .description('Show one event, or its original CloudTrail record')
    .argument('<event-id>', 'eventId of the event')
    .optionsGroup('What to print:')
    .option('--record', 'the original record, byte for byte from its log file')
    .option('--event-name <name>', 'which event, where several share the id')
    .option('--json', 'JSON lines (the default in a pipe)');
  addApiOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (eventId: string, options: ShowOptions) => {
      await using client = await connect(toApiOptions(options), io);
      const path = `/v1/events/${encodeURIComponent(eventId)}`;
      const { eventName } = options;
      if (options.record) {
        await io.stdout.write(await client.getBytes(`${path}/record`, { eventName }));
        if (io.stdout.isTerminal) await io.stdout.write('\n');
        return;
      }
      const { events } = await client.get(path, {}, eventsOfIdSchema);
      const shown = events.filter((event) => (eventName ?? event.eventName) === event.eventName);
      if (shown.length === 0) {
        const names = events.map((event) => event.eventName).join(', ');
        throw new ConfigError('config.event-name', `--event-name must be ${names}`);
      }
      const asJson = options.json || !io.stdout.isTerminal;
      const style = createStyle(io.stdout, io.env);
      for (const event of shown) {
        const sheet = asJson
          ? JSON.stringify(event)
          : renderEventSheet(event, io.stdout.columns, style);
        await io.stdout.write(`${sheet}\n`);
      }
    });
}
