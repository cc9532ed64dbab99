import type { FileCounts, SourceCoverage } from '../src/store/coverage';
import { ask } from './api';
import { byId, h } from './dom';
import { DEFAULT_FROM, type Filters } from './filters';
import { formatCount, formatDuration, formatMinute } from './format';
import { currentFilters, narrowedHref } from './state';
import { describeTrouble, troubledFiles } from './troubled-files';

interface Coverage {
  readonly from: string;
  readonly askedFrom?: string;
  readonly to: string;
  readonly sources: readonly SourceCoverage[];
  readonly cursor?: string;
}

const HOUR_MS = 3_600_000;
const MAX_CELLS = 84;

/** Whether the answers on this page are complete: per account and Region what came, and what not. */
export async function showCoverage(filters: Filters, signal: AbortSignal): Promise<void> {
  const { from = DEFAULT_FROM, to } = filters;
  const container = byId('coverage');
  const query = new URLSearchParams({ from, ...(to && { to }) });
  const coverage = await ask<Coverage>(`/v1/coverage?${query}`, signal);
  const { sources } = coverage;
  container.replaceChildren(
    sources.length === 0
      ? card(h('p', { class: 'note' }, 'No log file was delivered in this time range.'))
      : card(
          h('ul', { class: 'sources' }, ...sources.map((source) => sourceRow(source, coverage))),
          coverage.askedFrom !== undefined &&
            h('p', { class: 'note' }, 'The days before are more than are read at once.'),
          coverage.cursor !== undefined &&
            h('p', { class: 'note' }, 'More accounts: querytrail coverage lists them all.'),
          sources.some(({ total }) => describeTrouble(total) !== '') && troubledFiles(query),
        ),
  );
}

function card(...content: readonly (Node | false)[]): HTMLElement {
  return h(
    'section',
    { class: 'card coverage', 'aria-labelledby': 'coverage-title' },
    h(
      'div',
      { class: 'card-head' },
      h('h2', { id: 'coverage-title' }, 'Coverage'),
      h('p', { class: 'note' }, 'log files by hour of delivery'),
      h(
        'ul',
        { class: 'legend', 'aria-hidden': 'true' },
        ...(['verified', 'unverified', 'gap', 'trouble'] as const).map((state) =>
          h('li', {}, h('span', { class: `cell is-${state}` }), state),
        ),
      ),
    ),
    ...content,
  );
}

function sourceRow(source: SourceCoverage, { from, to }: Coverage): HTMLElement {
  const { accountId, region, total, lastDeliveredAt, gaps } = source;
  const trouble = describeTrouble(total);
  return h(
    'li',
    { class: 'source' },
    h(
      'a',
      { href: narrowedHref({ account: accountId, region }), class: 'source-name' },
      h('span', {}, accountId),
      h('span', { class: 'note' }, region),
    ),
    strip(source, from, to),
    h(
      'span',
      { class: 'source-facts' },
      h('span', {}, `${formatCount(total.received)} files`),
      h('span', {}, lastDeliveredAt ? `last ${when(lastDeliveredAt, to)}` : 'none yet'),
      h('span', { class: gaps.length > 0 ? 'warn' : 'note' }, gapsOf(gaps.length)),
      trouble !== '' && h('span', { class: 'bad' }, trouble),
    ),
  );
}

/** One cell an hour, or several hours where there are many. */
function strip(
  { hours, gaps, accountId, region }: SourceCoverage,
  from: string,
  to: string,
): HTMLElement {
  const first = Math.floor(Date.parse(from) / HOUR_MS);
  const all = Math.max(1, Math.ceil(Date.parse(to) / HOUR_MS) - first);
  const perCell = Math.ceil(all / MAX_CELLS);
  const cells = Array.from({ length: Math.ceil(all / perCell) }, (_, index) => ({
    start: first + index * perCell,
    hours: [] as (FileCounts & { hour: string })[],
  }));
  for (const hour of hours) {
    cells[Math.floor((Date.parse(hour.hour) / HOUR_MS - first) / perCell)]?.hours.push(hour);
  }
  const states = cells.map((cell) => {
    const [startMs, endMs] = [cell.start * HOUR_MS, (cell.start + perCell) * HOUR_MS];
    const hasGap = gaps.some((g) => Date.parse(g.from) < endMs && Date.parse(g.to) > startMs);
    return stateOf(cell.hours, hasGap);
  });
  const element = h(
    'span',
    { class: 'strip', role: 'img', 'aria-label': describe(accountId, region, states) },
    ...cells.map(({ start, hours: inside }, index) =>
      h('span', {
        class: `cell is-${states[index]}`,
        title: tell(start, inside, states[index] === 'gap'),
      }),
    ),
  );
  return element;
}

function tell(firstHour: number, hours: readonly FileCounts[], hasGap: boolean): string {
  const files = hours.reduce((sum, { received }) => sum + received, 0);
  const time = formatMinute(new Date(firstHour * HOUR_MS).toISOString());
  const more = [hasGap && 'a gap', ...hours.map(describeTrouble)].filter(Boolean);
  return [`${time} UTC: ${formatCount(files)} files`, ...more].join(', ');
}

/** Nothing is said of hours before the first file, and of the one that is not over yet. */
function stateOf(hours: readonly FileCounts[], hasGap: boolean): string {
  if (hours.some((hour) => describeTrouble(hour) !== '')) return 'trouble';
  if (hasGap) return 'gap';
  if (hours.length === 0) return 'empty';
  return hours.every(({ received, verified }) => verified >= received) ? 'verified' : 'unverified';
}

function describe(accountId: string, region: string, states: readonly string[]): string {
  const share = (state: string) => states.filter((each) => each === state).length;
  return (
    `${accountId} ${region}: of ${states.length} periods ${share('verified')} verified, ` +
    `${share('unverified')} not verified yet, ${share('gap')} with hours without a file, ` +
    `${share('trouble')} with trouble`
  );
}

function gapsOf(gaps: number): string {
  if (gaps === 0) return 'no gaps';
  return gaps === 1 ? '1 gap' : `${gaps} gaps`;
}

/** How long ago, unless the range has ended before. */
function when(time: string, to: string): string {
  if (currentFilters().to !== undefined) return `${formatMinute(time)} UTC`;
  const ms = Math.max(0, Date.parse(to) - Date.parse(time));
  return ms < 60_000
    ? 'just now'
    : `${formatDuration(Math.floor(ms / 60_000) * 60_000).replace(/ 0 (s|min)$/, '')} ago`;
}
