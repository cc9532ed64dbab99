import { DENIED } from '../src/event/denial';
import type { Counts } from './counts';
import { byId, h } from './dom';
import { type Filters, meet, toHref } from './filters';
import { formatBytes, formatCost, formatCount } from './format';
import { totalOf } from './stats';

const STATEMENT_CLASSES = ['DML', 'DDL', 'UTILITY', 'DCL', 'UNKNOWN'];

interface Figure {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  /** The list of just what was counted, where filters can say it. */
  readonly list: Filters | undefined;
  readonly isBad?: boolean;
  /** A code of the filters may stand for refusals and for more: no list, and yet not none. */
  readonly mayBeMore?: boolean;
}

/** The counts that matter, each a link to its list, and down to it. */
export function showSummary(filters: Filters, { groups, scope, isPartial }: Counts): void {
  const events = totalOf(groups.class, 'count');
  const failed = totalOf(groups.outcome, 'count', ['failed']);
  const denied = totalOf(groups.error, 'count', [DENIED]);
  const figures: readonly Figure[] = [
    {
      label: 'Statements',
      value: formatCount(totalOf(groups.class, 'count', STATEMENT_CLASSES)),
      note: `of ${formatCount(events)} events`,
      list: meet(filters, 'class', STATEMENT_CLASSES),
    },
    {
      label: 'DDL changes',
      value: formatCount(totalOf(groups.class, 'count', ['DDL'])),
      note: 'definitions changed',
      list: meet(filters, 'class', ['DDL']),
    },
    {
      label: 'Failures',
      value: formatCount(failed),
      note: shareOf(failed, events),
      list: meet(filters, 'outcome', ['failed']),
      isBad: failed > 0,
    },
    {
      label: 'Denied',
      value: formatCount(denied),
      note: 'access refused',
      list: meet(filters, 'error', [DENIED]),
      mayBeMore: true,
      isBad: denied > 0,
    },
    {
      label: 'Scanned',
      value: formatBytes(totalOf(groups.class, 'scannedBytes')),
      note: 'by Athena',
      list: meet(filters, 'service', ['athena']),
    },
    {
      label: 'Cost',
      value: formatCost(totalOf(groups.class, 'costUsd')),
      note: 'of Athena, estimated',
      list: meet(filters, 'service', ['athena']),
    },
  ];
  byId('summary').replaceChildren(
    ...figures.map((figure) => figureCard(figure, isPartial)),
    ...(scope ? [h('p', { class: 'note scope' }, `Counts and charts are of ${scope}.`)] : []),
  );
}

function figureCard(figure: Figure, isPartial: boolean): HTMLElement {
  const { label, value, note, list, isBad, mayBeMore } = figure;
  const isOpen = isPartial && (list !== undefined || mayBeMore);
  const content = [
    h('span', { class: 'figure-label' }, label),
    h('span', { class: 'figure-value' }, isOpen ? `${value}+` : value),
    h('span', { class: 'figure-note' }, note),
  ];
  const name = `figure${isBad ? ' is-bad' : ''}`;
  return list
    ? h('a', { class: name, href: `${toHref(list)}#events` }, ...content)
    : h('div', { class: name }, ...content);
}

function shareOf(part: number, whole: number): string {
  return whole === 0 ? 'of no events' : `${((part / whole) * 100).toFixed(1)} % of all`;
}
