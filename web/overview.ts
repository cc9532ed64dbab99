import { topBars } from './bars';
import { askCounts, scopeOf } from './counts';
import { showCoverage } from './coverage';
import { byId, h } from './dom';
import { type Filters, toQuery } from './filters';
import { formatOperation } from './format';
import { heatMap } from './heat-map';
import { currentFilters } from './state';
import { showSummary } from './summary';
import { timeline } from './timeline';

let controller = new AbortController();

/** Draws what stands above the list. */
export function showOverview(filters: Filters): void {
  if (toQuery(filters) !== toQuery(currentFilters())) return;
  controller.abort();
  controller = new AbortController();
  const { signal } = controller;
  for (const part of [showCounts(filters, signal), showCoverage(filters, signal)]) {
    part.catch((error: unknown) => {
      if (!signal.aborted) showTrouble(error);
    });
  }
}

async function showCounts(filters: Filters, signal: AbortSignal): Promise<void> {
  const charts = byId('charts');
  charts.setAttribute('aria-busy', 'true');
  const counts = await askCounts(filters, signal);
  const { groups, course, sample } = counts;
  charts.removeAttribute('aria-busy');
  showSummary(filters, counts);
  // Charts of nothing would only stand between the reader and the word that nothing matches.
  const hasEvents = course.groups.length > 0;
  byId('timeline').replaceChildren(...(hasEvents ? [timeline(course)] : []));
  byId('tops').replaceChildren(
    ...(hasEvents
      ? [
          topBars('Who', 'principal', groups.principal),
          topBars('Tables', 'table', groups.table),
          topBars('Operations', 'operation', groups.operation, formatOperation),
        ]
      : []),
  );
  byId('heat').replaceChildren(...heatMap(sample.events, scopeOf(sample)));
}

function showTrouble(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  byId('charts').removeAttribute('aria-busy');
  byId('summary').replaceChildren(
    h('p', { class: 'card trouble', role: 'alert' }, `The counts could not be loaded. ${message}`),
  );
}
