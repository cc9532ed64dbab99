import type { AuditEvent } from '../src/event/audit-event';
import { h } from './dom';
import { eventDetail } from './event-detail';
import { asListValue } from './filters';
import { formatBothTimes, formatBytes, formatCost, formatOperation, formatTime } from './format';
import { highlight, oneLine } from './highlight';
import { narrowedHref } from './state';

const STATEMENT_LENGTH = 260;
const TABLES_SHOWN = 2;
const FLAGS: Readonly<Partial<Record<NonNullable<AuditEvent['flags']>[number], string>>> = {
  destructive: 'destructive',
  bulkExport: 'bulk export',
};

/** One event on one line; its button opens the rest below. */
export function eventRow(event: AuditEvent): HTMLElement {
  const button = h(
    'button',
    { type: 'button', class: 'statement', 'aria-expanded': 'false' },
    ...statementLine(event),
  );
  const row = h(
    'li',
    { class: `row class-${event.class}` },
    h(
      'time',
      { datetime: event.eventTime, title: formatBothTimes(event.eventTime) },
      formatTime(event.eventTime),
    ),
    who(event),
    h('span', { class: 'operation' }, flag(event), formatOperation(event.operation)),
    button,
    tables(event),
    outcome(event),
    h('span', { class: 'cost', title: scanTitle(event) }, costOf(event)),
  );
  button.addEventListener('click', () => toggle(row, button, event));
  return row;
}

/** The same, opened. */
export function openRow(event: AuditEvent): HTMLElement {
  const row = eventRow(event);
  const button = row.querySelector('button');
  if (button) toggle(row, button, event);
  return row;
}

function toggle(row: HTMLElement, button: HTMLElement, event: AuditEvent): void {
  const isOpen = button.getAttribute('aria-expanded') === 'true';
  button.setAttribute('aria-expanded', String(!isOpen));
  row.classList.toggle('open', !isOpen);
  if (isOpen) row.querySelector('.detail')?.remove();
  else row.append(eventDetail(event));
}

function statementLine(event: AuditEvent): (Node | string)[] {
  const { statement } = event;
  if (statement?.text) return [h('code', {}, highlight(oneLine(statement.text, STATEMENT_LENGTH)))];
  const name = h('code', {}, event.eventName);
  return statement?.unavailable
    ? [name, h('span', { class: 'absent' }, `text ${absence(statement.unavailable)}`)]
    : [name];
}

function absence(reason: string): string {
  return reason === 'pending' ? 'not recovered yet' : `unavailable: ${reason.replaceAll('-', ' ')}`;
}

/** What an auditor looks for, to be seen before the event is opened. */
function flag({ flags = [] }: AuditEvent): HTMLElement | false {
  const told = flags.flatMap((name) => FLAGS[name] ?? []).join(', ');
  return (
    told !== '' && h('span', { class: 'flag', role: 'img', 'aria-label': told, title: told }, '⚑')
  );
}

function who({ principal }: AuditEvent): HTMLElement {
  return h(
    'a',
    {
      class: 'who',
      href: narrowedHref({ principal: asListValue(principal.name) }),
      title: principal.arn ?? principal.type,
    },
    principal.name,
  );
}

function tables(event: AuditEvent): HTMLElement {
  const names = [...new Set(event.tables.map(({ name }) => name))];
  const links = names
    .slice(0, TABLES_SHOWN)
    .map((name) => h('a', { href: narrowedHref({ table: name }) }, name));
  const more = names.length - TABLES_SHOWN;
  return h(
    'span',
    { class: 'tables', title: names.join(', ') },
    ...links,
    more > 0 && h('span', { class: 'more' }, `+${more}`),
  );
}

function outcome(event: AuditEvent): HTMLElement {
  const title = [event.error?.code, event.error?.message].filter(Boolean).join(': ');
  const text = event.error?.denied ? 'denied' : event.outcome;
  return h('span', { class: `outcome is-${event.outcome}`, title }, text);
}

function costOf({ costUsd, scannedBytes }: AuditEvent): string {
  if (costUsd !== undefined && costUsd > 0) return formatCost(costUsd);
  return scannedBytes ? formatBytes(scannedBytes) : '';
}

function scanTitle({ scannedBytes }: AuditEvent): string {
  return scannedBytes === undefined ? '' : `${formatBytes(scannedBytes)} scanned`;
}
