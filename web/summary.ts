import { byId, h } from './dom';
import { type Filters, toHref } from './filters';
import { formatBytes, formatCost, formatCount } from './format';
import { type Stats, totalOf } from './stats';

const STATEMENT_CLASSES = ['DML', 'DDL', 'UTILITY', 'DCL', 'UNKNOWN'];

interface Figure {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
  readonly href: Filters;
  readonly isBad?: boolean;
}

/** How many refused calls there are, as far as was looked. */
export interface Denied {
  readonly count: number;
  readonly isMore: boolean;
}

/** The counts that matter, each a link to its list. */
export function showSummary(
  { from, to }: Filters,
  byClass: Stats,
  byOutcome: Stats,
  denied: Denied,
): void {
  const failed = totalOf(byOutcome, 'count', ['failed']);
  const events = totalOf(byClass, 'count');
  const figures: readonly Figure[] = [
    {
      label: 'Statements',
      value: formatCount(totalOf(byClass, 'count', STATEMENT_CLASSES)),
      note: `of ${formatCount(events)} events`,
      href: { class: STATEMENT_CLASSES.join(',') },
    },
    {
      label: 'DDL changes',
      value: formatCount(totalOf(byClass, 'count', ['DDL'])),
      note: 'definitions changed',
      href: { class: 'DDL' },
    },
    {
      label: 'Failures',
      value: formatCount(failed),
      note: shareOf(failed, events),
      href: { outcome: 'failed' },
      isBad: failed > 0,
    },
    {
      label: 'Denied',
      value: `${formatCount(denied.count)}${denied.isMore ? '+' : ''}`,
      note: 'access refused',
      href: { outcome: 'failed', denied: 'only' },
      isBad: denied.count > 0,
    },
    {
      label: 'Scanned',
      value: formatBytes(totalOf(byClass, 'scannedBytes')),
      note: 'by Athena',
      href: { service: 'athena', class: 'DML,DDL' },
    },
    {
      label: 'Cost',
      value: formatCost(totalOf(byClass, 'costUsd')),
      note: 'estimated',
      href: { service: 'athena' },
    },
  ];
  byId('summary').replaceChildren(
    ...figures.map(({ label, value, note, href, isBad }) =>
      h(
        'a',
        { class: `figure${isBad ? ' is-bad' : ''}`, href: toHref({ from, to, ...href }) },
        h('span', { class: 'figure-label' }, label),
        h('span', { class: 'figure-value' }, value),
        h('span', { class: 'figure-note' }, note),
      ),
    ),
  );
}

function shareOf(part: number, whole: number): string {
  return whole === 0 ? '' : `${((part / whole) * 100).toFixed(1)} % of all`;
}
