import type { AuditEvent, Verdict } from '../src/event/audit-event';
import { DENIED } from '../src/event/denial';
import { askText } from './api';
import { h } from './dom';
import { asListValue, type FilterName, toHref } from './filters';
import { formatBothTimes, formatBytes, formatCost, formatDuration } from './format';
import { highlight } from './highlight';

type Value = string | Node;
/** What the digests say of the file, in a reader's words. */
const VERDICTS: Readonly<Record<Verdict, string>> = {
  unverified: 'no digest names the file yet',
  verified: 'the file is as CloudTrail signed it',
  failed: 'the file is not what CloudTrail signed',
  missing: 'a digest names the file, and it is not there',
  unlisted: 'no digest names the file, though one should',
};

type Fact = readonly [label: string, value: Value | false | undefined];

/** The whole event, laid out by question, with its original record and its own address. */
export function eventDetail(event: AuditEvent): HTMLElement {
  const { statement } = event;
  return h(
    'div',
    { class: 'detail' },
    statement?.text !== undefined &&
      h(
        'pre',
        { class: 'sql', tabindex: 0, 'aria-label': 'Statement' },
        h('code', {}, highlight(statement.text)),
      ),
    statement?.source === 'outline' &&
      h(
        'p',
        { class: 'note' },
        'An outline: CloudTrail keeps no text of this statement, only these parts, values redacted.',
      ),
    statement?.truncated &&
      h('p', { class: 'note' }, 'The text was cut; the whole stands in the original record.'),
    h(
      'div',
      { class: 'facts' },
      facts('Who', whoFacts(event)),
      facts('What', whatFacts(event)),
      facts('Where', whereFacts(event)),
      facts('How it went', outcomeFacts(event)),
      facts('Evidence', evidenceFacts(event)),
    ),
    original(event),
  );
}

function whoFacts({ principal, actor, userAgent }: AuditEvent): Fact[] {
  return [
    ['name', filterLink('principal', asListValue(principal.name), principal.name)],
    ['type', principal.type],
    ['ARN', principal.arn],
    ['role', principal.roleArn && filterLink('principal', principal.roleArn)],
    ['session', principal.sessionName],
    ['source identity', principal.sourceIdentity],
    ['on behalf of', principal.onBehalfOf],
    ['invoked by', principal.invokedBy],
    ['MFA', principal.mfa === undefined ? undefined : principal.mfa ? 'yes' : 'no'],
    ['actor', filterLink('actor', actor)],
    ['user agent', userAgent],
  ];
}

function whatFacts(event: AuditEvent): Fact[] {
  return [
    ['event', `${event.service} · ${event.eventName}`],
    ['class', filterLink('class', event.class)],
    ['operation', filterLink('operation', event.operation)],
    ['access', filterLink('access', event.access)],
    ...event.tables.map(({ name, access }): Fact => [access, filterLink('table', name)]),
    ['columns', event.columns?.join(', ')],
    ['database', event.database && filterLink('database', event.database)],
    ['catalog', event.catalog],
    ['workgroup', event.workgroup && filterLink('workgroup', event.workgroup)],
    ['flags', event.flags?.join(', ')],
    ['classified by', `${event.classifier.basis}, version ${event.classifier.version}`],
  ];
}

function whereFacts(event: AuditEvent): Fact[] {
  return [
    ['account', filterLink('account', event.accountId)],
    ['Region', event.region && filterLink('region', event.region)],
    ['address', event.sourceIp && filterLink('sourceIp', event.sourceIp)],
    ['VPC endpoint', event.vpcEndpointId],
    ['TLS', event.tls],
  ];
}

function outcomeFacts(event: AuditEvent): Fact[] {
  const { error, execution } = event;
  return [
    ['outcome', filterLink('outcome', event.outcome)],
    ['error', error && filterLink('error', asListValue(error.code), error.code)],
    ['access', error?.denied && filterLink('error', DENIED)],
    ['message', error?.message],
    ['scanned', event.scannedBytes === undefined ? undefined : formatBytes(event.scannedBytes)],
    ['cost', event.costUsd === undefined ? undefined : formatCost(event.costUsd)],
    ['took', event.durationMs === undefined ? undefined : formatDuration(event.durationMs)],
    ['queued', execution?.queueMs === undefined ? undefined : formatDuration(execution.queueMs)],
    ['reason', execution?.stateReason],
    ['engine', execution?.engineVersion],
    ['result', execution?.outputLocation],
  ];
}

function evidenceFacts(event: AuditEvent): Fact[] {
  const { evidence } = event;
  return [
    ['time', formatBothTimes(event.eventTime)],
    ['event id', h('a', { class: 'link', href: permalink(event) }, event.eventId)],
    ['request id', event.requestId],
    ['execution id', event.queryExecutionId],
    ['file', `${evidence.bucket ? `s3://${evidence.bucket}/` : ''}${evidence.key}`],
    ['position', `Records[${evidence.index}]`],
    [
      'integrity',
      h(
        'span',
        { class: `verdict is-${evidence.integrity}` },
        `${evidence.integrity}: ${VERDICTS[evidence.integrity]}`,
      ),
    ],
  ];
}

/** The page's own address for one event. */
function permalink({ eventId }: AuditEvent): string {
  return `/?${new URLSearchParams({ event: eventId })}`;
}

function facts(title: string, entries: readonly Fact[]): HTMLElement {
  const list = h('dl', {});
  for (const [label, value] of entries) {
    if (value) list.append(h('dt', {}, label), h('dd', {}, value));
  }
  return h('section', {}, h('h4', {}, title), list);
}

function filterLink(name: FilterName, value: string, text = value): HTMLElement {
  return h(
    'a',
    { class: 'link', href: toHref({ [name]: value }), title: `Show only ${name} ${text}` },
    text,
  );
}

function original(event: AuditEvent): HTMLElement {
  const output = h('pre', {
    class: 'record',
    tabindex: 0,
    hidden: true,
    'aria-label': 'Original record',
  });
  const button = h('button', { type: 'button', onclick: () => void show() }, 'Original record');
  const copy = h('button', { type: 'button', onclick: () => void copyLink() }, 'Copy link');

  const raw = h(
    'a',
    {
      class: 'button',
      href: recordPath(event),
      target: '_blank',
      title: 'As it stands in its log file, in a tab of its own',
    },
    'Byte for byte ↗',
  );

  async function show(): Promise<void> {
    output.hidden = !output.hidden;
    if (output.hidden || output.textContent) return;
    output.textContent = 'Reading the log file…';
    try {
      const { text } = await askText(recordPath(event), 'application/json');
      output.textContent = indent(text);
    } catch (error) {
      output.textContent = '';
      output.append(error instanceof Error ? error.message : String(error));
    }
  }

  async function copyLink(): Promise<void> {
    await navigator.clipboard.writeText(new URL(permalink(event), location.href).href);
    copy.textContent = 'Copied';
  }

  return h('div', { class: 'original' }, h('div', { class: 'actions' }, button, copy, raw), output);
}

function recordPath({ eventId, eventName }: AuditEvent): string {
  return `/v1/events/${encodeURIComponent(eventId)}/record?${new URLSearchParams({ eventName })}`;
}

function indent(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
