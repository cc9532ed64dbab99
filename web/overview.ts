import { ask, type EventList } from './api';
import { topBars } from './bars';
import { showCoverage } from './coverage';
import { isDenied } from './denied';
import { byId, h } from './dom';
import { DEFAULT_FROM, type Filters, toMs, toQuery } from './filters';
import { formatOperation } from './format';
import { heatMap } from './heat-map';
import { currentFilters } from './state';
import { askStats, type Interval } from './stats';
import { type Denied, showSummary } from './summary';
import { timeline } from './timeline';

/** Most events that a count or the heat map looks at. */
const LOOKED_AT = 500;

let controller = new AbortController();
let shownRange = '';

/** Draws what stands above the list: of the whole range, except the heat map, which is filtered. */
export function showOverview(filters: Filters): void {
  if (toQuery(filters) !== toQuery(currentFilters())) return;
  controller.abort();
  controller = new AbortController();
  const { signal } = controller;
  const range = `${filters.from ?? DEFAULT_FROM} ${filters.to ?? ''}`;
  const work = [showHeatMap(filters, signal), showCoverage(filters, signal)];
  work.push(showTotals(filters, signal, range === shownRange));
  shownRange = range;
  for (const part of work) {
    part.catch((error: unknown) => {
      if (!signal.aborted) showTrouble(error);
    });
  }
}

async function showTotals(filters: Filters, signal: AbortSignal, isSame: boolean): Promise<void> {
  const charts = byId('charts');
  if (!isSame) charts.setAttribute('aria-busy', 'true');
  const [byClass, byOutcome, byPrincipal, byTable, byOperation, denied] = await Promise.all([
    askStats(filters, 'class', intervalOf(filters), signal),
    askStats(filters, 'outcome', 'month', signal),
    askStats(filters, 'principal', 'month', signal),
    askStats(filters, 'table', 'month', signal),
    askStats(filters, 'operation', 'month', signal),
    countDenied(filters, signal),
  ]);
  charts.removeAttribute('aria-busy');
  showSummary(filters, byClass, byOutcome, denied);
  byId('timeline').replaceChildren(timeline(byClass));
  byId('tops').replaceChildren(
    topBars('Who', 'principal', byPrincipal),
    topBars('Tables', 'table', byTable),
    topBars('Operations', 'operation', byOperation, formatOperation),
  );
}

async function showHeatMap(filters: Filters, signal: AbortSignal): Promise<void> {
  const page = await ask<EventList>(`/v1/events?${toQuery(filters)}&limit=${LOOKED_AT}`, signal);
  const map = heatMap(page.events, page.cursor === undefined);
  byId('heat').replaceChildren(...(map ? [map] : []));
}

async function countDenied({ from, to }: Filters, signal: AbortSignal): Promise<Denied> {
  const query = toQuery({ from, to, outcome: 'failed' });
  const page = await ask<EventList>(`/v1/events?${query}&limit=${LOOKED_AT}`, signal);
  return { count: page.events.filter(isDenied).length, isMore: page.cursor !== undefined };
}

/** Hours up to two weeks, then days, then months: never more than a few hundred. */
function intervalOf({ from = DEFAULT_FROM, to }: Filters): Interval {
  const days = (toMs(to ?? 'now') - toMs(from)) / 86_400_000;
  return days <= 15 ? 'hour' : days <= 800 ? 'day' : 'month';
}

function showTrouble(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  byId('charts').removeAttribute('aria-busy');
  byId('summary').replaceChildren(
    h('p', { class: 'card trouble', role: 'alert' }, `The counts could not be loaded. ${message}`),
  );
}
