import type { AuditEvent } from '../event/audit-event';

type Cell = string | number | undefined;

/** By this spreadsheets recognize UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** The flat columns of an exported event, in order. */
const CSV_COLUMNS: readonly (readonly [name: string, cell: (event: AuditEvent) => Cell])[] = [
  ['eventTime', (event) => event.eventTime],
  ['service', (event) => event.service],
  ['accountId', (event) => event.accountId],
  ['region', (event) => event.region],
  ['principal', (event) => event.principal.name],
  ['principalType', (event) => event.principal.type],
  ['principalArn', (event) => event.principal.arn],
  ['roleArn', (event) => event.principal.roleArn],
  ['actor', (event) => event.actor],
  ['sourceIp', (event) => event.sourceIp],
  ['userAgent', (event) => event.userAgent],
  ['eventName', (event) => event.eventName],
  ['class', (event) => event.class],
  ['operation', (event) => event.operation],
  ['access', (event) => event.access],
  ['tablesRead', (event) => tables(event, 'read')],
  ['tablesWritten', (event) => tables(event, 'write')],
  ['database', (event) => event.database],
  ['workgroup', (event) => event.workgroup],
  ['outcome', (event) => event.outcome],
  ['errorCode', (event) => event.error?.code],
  ['errorMessage', (event) => event.error?.message],
  ['scannedBytes', (event) => event.scannedBytes],
  ['durationMs', (event) => event.durationMs],
  ['costUsd', (event) => event.costUsd],
  ['statement', (event) => event.statement?.text],
  ['statementSource', (event) => event.statement?.source],
  ['statementUnavailable', (event) => event.statement?.unavailable],
  ['queryExecutionId', (event) => event.queryExecutionId],
  ['eventId', (event) => event.eventId],
  ['evidenceBucket', (event) => event.evidence.bucket],
  ['evidenceKey', (event) => event.evidence.key],
  ['evidenceIndex', (event) => event.evidence.index],
  ['integrity', (event) => event.evidence.integrity],
];

/** First line of events. */
export const CSV_HEADER = BYTE_ORDER_MARK + toCsvRow(CSV_COLUMNS.map(([name]) => name));

export function toCsvLine(event: AuditEvent): string {
  return toCsvRow(CSV_COLUMNS.map(([, cell]) => cell(event)));
}

/** A line of RFC 4180. */
export function toCsvRow(cells: readonly Cell[]): string {
  return `${cells.map(quote).join(',')}\r\n`;
}

/**
 * A spreadsheet runs a cell that starts with one of these as a formula; an apostrophe before it
 * makes it text.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
function quote(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const inert = /^[=+\-@\t\r\n＝＋－＠]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

function tables(event: AuditEvent, access: 'read' | 'write'): string | undefined {
  const names = event.tables.filter((table) => table.access === access).map(({ name }) => name);
  return names.length > 0 ? names.join(' ') : undefined;
}
