import type { AuditEvent } from '../event/audit-event';

type Cell = string | number | undefined;

/** The flat column set of every CSV export, in order. */
export const CSV_COLUMNS: readonly (readonly [name: string, cell: (event: AuditEvent) => Cell])[] =
  [
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

/** First line, after the byte order mark by which spreadsheets recognize UTF-8. */
export const CSV_HEADER = `\uFEFF${CSV_COLUMNS.map(([name]) => name).join(',')}\r\n`;

/** One event as a line of RFC 4180. */
export function toCsvLine(event: AuditEvent): string {
  return `${CSV_COLUMNS.map(([, cell]) => quote(cell(event))).join(',')}\r\n`;
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
