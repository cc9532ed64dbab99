import type { AuditEvent } from '../../event/audit-event';
import { toOneLine, toSafeLines } from '../../safe-text';
import { displayWidth } from './display-text';
import { formatBytes, formatCost, formatDuration } from './quantities';
import type { Style } from './style';

type Line = readonly [label: string, value: string | undefined];

const LABEL_CELLS = 13;

/**
 * One event laid out for reading, question by question. No value is cut or broken: what a line of
 * `widthCells` has no room for stands below its label, and can be copied whole.
 */
export function renderEventSheet(event: AuditEvent, widthCells: number, style: Style): string {
  const title = `${event.operation} by ${event.principal.name}: ${event.outcome}`;
  const sections: readonly (readonly [title: string, lines: readonly Line[]])[] = [
    ['When', describeTime(event)],
    ['Who', describeWho(event)],
    ['Where from', describeOrigin(event)],
    ['What', describeWhat(event)],
    ['On what', describeTarget(event)],
    ['How it went', describeResult(event)],
    ['Evidence', describeEvidence(event)],
  ];
  return [
    style('bold', toOneLine(title)),
    ...sections.flatMap(([name, lines]) => renderSection(name, lines, widthCells, style)),
    ...renderStatement(event, style),
    '',
  ].join('\n');
}

function renderSection(
  title: string,
  lines: readonly Line[],
  widthCells: number,
  style: Style,
): string[] {
  const known = lines.flatMap(([label, value]) =>
    value === undefined ? [] : renderLine(label, toOneLine(value), widthCells, style),
  );
  return known.length === 0 ? [] : ['', style('bold', title), ...known];
}

function renderLine(label: string, value: string, widthCells: number, style: Style): string[] {
  const padded = label.padEnd(LABEL_CELLS);
  const hasRoom = `  ${padded} `.length + displayWidth(value) <= widthCells;
  return hasRoom
    ? [`  ${style('dim', padded)} ${value}`]
    : [`  ${style('dim', label)}`, `    ${value}`];
}

function renderStatement({ statement }: AuditEvent, style: Style): string[] {
  if (statement === undefined) return [];
  if (statement.text === undefined) {
    return [
      '',
      style('bold', 'Statement'),
      `  not available: ${statement.unavailable ?? 'unknown'}`,
    ];
  }
  const notes = [
    `from ${statement.source ?? 'unknown'}`,
    ...(statement.truncated ? [`cut, ${statement.sizeBytes ?? '?'} bytes in all`] : []),
    ...(statement.redacted ? ['literals masked'] : []),
  ];
  return [
    '',
    `${style('bold', 'Statement')} (${notes.join(', ')})`,
    ...toSafeLines(statement.text).map((line) => `  ${line}`),
  ];
}

function describeTime(event: AuditEvent): Line[] {
  return [
    ['time', event.eventTime],
    ['event', `${event.eventName} (${event.service})`],
    ['event id', event.eventId],
    ['request id', event.requestId],
  ];
}

function describeWho({ principal, actor, userAgent }: AuditEvent): Line[] {
  return [
    ['name', principal.name],
    ['type', `${principal.type} (${actor})`],
    ['arn', principal.arn],
    ['role', principal.roleArn],
    ['session', principal.sessionName],
    ['source id', principal.sourceIdentity],
    ['on behalf of', principal.onBehalfOf],
    ['invoked by', principal.invokedBy],
    ['mfa', principal.mfa === undefined ? undefined : principal.mfa ? 'yes' : 'no'],
    ['user agent', userAgent],
  ];
}

function describeOrigin(event: AuditEvent): Line[] {
  return [
    ['account', event.accountId],
    ['region', event.region],
    ['source', event.sourceIp],
    ['vpc endpoint', event.vpcEndpointId],
    ['tls', event.tls],
  ];
}

function describeWhat(event: AuditEvent): Line[] {
  return [
    ['class', event.class],
    ['operation', event.operation],
    ['access', event.access],
    ['flags', event.flags?.join(', ')],
  ];
}

function describeTarget(event: AuditEvent): Line[] {
  return [
    ...event.tables.map(({ name, access }): Line => [access, name]),
    ['columns', event.columns?.join(', ')],
    ['catalog', event.catalog],
    ['database', event.database],
    ['workgroup', event.workgroup],
    ['execution', event.queryExecutionId],
    ...event.resources.map(({ type, arn, uri }): Line => [type ?? 'resource', arn ?? uri]),
  ];
}

function describeResult({ outcome, error, ...event }: AuditEvent): Line[] {
  const { scannedBytes, durationMs, costUsd } = event;
  return [
    ['outcome', outcome],
    ['error', error && `${error.code} (${error.stage}${error.denied ? ', access denied' : ''})`],
    ['message', error?.message],
    ['scanned', scannedBytes === undefined ? undefined : formatBytes(scannedBytes)],
    ['took', durationMs === undefined ? undefined : formatDuration(durationMs)],
    ['cost', costUsd === undefined ? undefined : formatCost(costUsd)],
  ];
}

function describeEvidence({ evidence }: AuditEvent): Line[] {
  const { bucket, key, index, integrity } = evidence;
  return [
    ['log file', bucket === undefined ? key : `s3://${bucket}/${key}`],
    ['record', `Records[${index}]`],
    ['integrity', integrity],
  ];
}
