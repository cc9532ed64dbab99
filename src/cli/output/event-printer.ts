import { CSV_HEADER, toCsvLine } from '../../api/csv';
import type { AuditEvent } from '../../event/audit-event';
import type { Io } from '../io';
import { EVENT_COLUMNS } from './event-table';
import { createStyle } from './style';
import { createTable } from './table';

export interface EventPrinter {
  /** Prints a page; what belongs before the first one comes by itself. */
  print(events: readonly AuditEvent[]): Promise<void>;
}

/** CSV or JSON lines where asked for; else a table on a terminal, JSON lines in a pipe. */
export function createEventPrinter(
  { json, csv }: { readonly json?: boolean; readonly csv?: boolean },
  { stdout, env }: Pick<Io, 'stdout' | 'env'>,
): EventPrinter {
  if (csv) return printCsv(stdout);
  if (json || !stdout.isTerminal) {
    return {
      print: (events) => stdout.write(events.map((event) => `${JSON.stringify(event)}\n`).join('')),
    };
  }
  const table = createTable(EVENT_COLUMNS, stdout.columns, createStyle(stdout, env));
  return {
    print: async (events) => {
      if (events.length > 0) await stdout.write(table.render(events));
    },
  };
}

function printCsv(stdout: Io['stdout']): EventPrinter {
  let header = CSV_HEADER;
  return {
    print: async (events) => {
      await stdout.write(header + events.map(toCsvLine).join(''));
      header = '';
    },
  };
}
