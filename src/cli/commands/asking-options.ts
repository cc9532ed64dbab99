import { type Command, InvalidArgumentError, Option } from 'commander';
import { ACCESSES, ACTORS, CLASSES, OUTCOMES, SERVICES } from '../../event/audit-event';
import type { EventFilter } from '../../store/event-store';
import type { ApiOptions, QueryParameters } from '../api-client';

const DEFAULT_DATA_DIR = '.querytrail';

export interface RangeOptions {
  readonly since?: string;
  readonly from?: string;
  readonly to?: string;
}

export interface FilterOptions extends RangeOptions, Omit<EventFilter, 'from' | 'to' | 'q'> {
  readonly text?: string;
}

/** The options that say where the answer comes from. */
export function addApiOptions(command: Command): Command {
  return command
    .optionsGroup('Where to ask:')
    .option('--api <url>', 'a deployed API (signed with your AWS credentials) or a running serve')
    .option('--profile <name>', 'AWS profile that signs for --api')
    .option('--api-region <region>', 'Region of --api where its host name does not tell it')
    .option('--data <dir>', 'folder of the local store, used without --api', DEFAULT_DATA_DIR);
}

/** The options that say when. */
export function addRangeOptions(command: Command): Command {
  return command
    .optionsGroup('When:')
    .addOption(
      new Option('--since <time>', 'how far back: 30m, 12h, 7d, 4w (default: 7d)')
        .conflicts('from')
        .argParser(parseSince),
    )
    .option('--from <time>', 'start, inclusive: 2026-11-01, 2026-11-01T08:30:00Z, -7d')
    .option('--to <time>', 'end, exclusive, in the same forms (default: now)');
}

/** The filters of the list, each with the API's meaning. */
export function addFilterOptions(command: Command): Command {
  return addRangeOptions(command)
    .optionsGroup('Which events (several values: comma-separated, or the option repeated):')
    .addOption(new Option('--service <service>', 'the service called').choices(SERVICES))
    .addOption(severalOf('--class <class>', 'statement class, several', CLASSES))
    .addOption(severalOf('--operation <operation>', 'such as CREATE_TABLE, INSERT, several'))
    .addOption(severalOf('--principal <who>', 'name, ARN, role or session, several'))
    .addOption(new Option('--access <access>', 'what it does to data').choices(ACCESSES))
    .addOption(new Option('--actor <actor>', 'kind of caller').choices(ACTORS))
    .option('--account <id>', 'account id')
    .option('--region <region>', 'Region')
    .option('--table <table>', "db.table, 'db.*' or a bare name")
    .option('--database <name>', 'Athena database or Keyspaces keyspace')
    .addOption(new Option('--outcome <outcome>', 'how it went').choices(OUTCOMES))
    .addOption(severalOf('--error <code>', 'error code, or denied for any refusal, several'))
    .option('--source-ip <address>', 'source address as logged')
    .option('--workgroup <name>', 'Athena workgroup')
    .option('-q, --text <text>', 'text in the statement');
}

export function toApiOptions(options: {
  api?: string;
  data: string;
  profile?: string;
  apiRegion?: string;
}): ApiOptions {
  const { api, data, profile, apiRegion } = options;
  return { api, data, profile, region: apiRegion };
}

/** The API's range parameters. */
export function toRangeParameters({ since, from, to }: RangeOptions): QueryParameters {
  return { from: since ?? from, to };
}

/** The API's filter parameters. */
export function toFilterParameters(options: FilterOptions): QueryParameters {
  const { service, operation, access, principal, actor, account, region } = options;
  const { table, database, outcome, error, sourceIp, workgroup, text } = options;
  return {
    ...toRangeParameters(options),
    ...{ service, class: options.class, operation, access, principal, actor, account, region },
    ...{ table, database, outcome, error, sourceIp, workgroup, q: text },
  };
}

function parseSince(text: string): string {
  const span = /^-?(\d{1,5}[mhdw])$/.exec(text)?.[1];
  if (span !== undefined) return `-${span}`;
  throw new InvalidArgumentError('It must be a span such as 30m, 12h, 7d or 4w.');
}

/** An option that may be repeated; the API splits what is separated by commas, and checks it. */
export function severalOf(
  flags: string,
  description: string,
  choices: readonly string[] = [],
): Option {
  const option = new Option(flags, description);
  // For the help and the completion; what follows replaces the check of a single value.
  if (choices.length > 0) option.choices(choices);
  return option.argParser((value: string, previous: readonly string[] = []) => [
    ...previous,
    value,
  ]);
}
