import { byId } from './dom';
import { type Filters, readFilters, toHref } from './filters';

type Listener = (filters: Filters) => void;

const listeners: Listener[] = [];

export const currentFilters = (): Filters => readFilters(location.search);

/** Hears of every change of the filters, also by the browser's own Back. */
export function onFilters(listener: Listener): void {
  listeners.push(listener);
}

/** Goes to other filters, as one step of the browser's history. */
export function goTo(filters: Filters): void {
  history.pushState(null, '', toHref(filters));
  announceFilters();
}

/** Adds to the filters that are set; `undefined` takes one away. */
export function narrow(change: Filters): void {
  goTo({ ...currentFilters(), ...change });
}

export const narrowedHref = (change: Filters): string => toHref({ ...currentFilters(), ...change });

/**
 * Turns clicks on the page's own links into changes of the filters, without loading it
 * anew, and tells everybody where the page starts.
 */
export function startRouting(filters: Filters): void {
  for (const listener of listeners) listener(filters);
  addEventListener('popstate', announceFilters);
  document.addEventListener('click', (event) => {
    const link =
      event.target instanceof Element ? event.target.closest('a[href^="/?"], a[href="/"]') : null;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    if (!(link instanceof HTMLAnchorElement) || !isPlain || link.target) return;
    event.preventDefault();
    history.pushState(null, '', link.href);
    announceFilters();
    if (link.hash) byId(link.hash.slice(1)).scrollIntoView();
  });
}

function announceFilters(): void {
  const filters = currentFilters();
  for (const listener of listeners) listener(filters);
}
