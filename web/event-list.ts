import type { AuditEvent } from '../src/event/audit-event';
import { ApiFailure, ask, type EventList } from './api';
import { byId, h } from './dom';
import { type Filters, isFiltered, toQuery } from './filters';
import { formatCount, formatMinute } from './format';
import { createPieces } from './pieces';
import { narrowedHref } from './state';

/** What of a list is on the page. */
export interface Loaded {
  /** By `identify`, each with its `stageOf`. */
  readonly stages: ReadonlyMap<string, string>;
  /** Time of the oldest event; absent before the first one. */
  readonly oldest?: string;
  /** Whether there is nothing behind the oldest. */
  readonly isEnd: boolean;
}

const PAGE_SIZE = 100;
/** Pages without any event before one is asked whether to search on. */
const MAX_EMPTY_PAGES = 10;

/** Aborts what an older choice of filters still asks for. */
let controller = new AbortController();
let loaded: Loaded = { stages: new Map(), isEnd: false };

export const loadedEvents = (): Loaded => loaded;

export function identify({ eventTime, eventId, eventName }: AuditEvent): string {
  return `${eventTime} ${eventId} ${eventName}`;
}

/** How far recovery got with an event, as far as its row shows it. */
export function stageOf({ outcome, statement }: AuditEvent): string {
  return `${outcome} ${statement?.unavailable ?? ''}`;
}

/**
 * Shows the events of these filters from the newest, and more as one scrolls; resolves when the
 * first of them are there.
 */
export async function showEvents(filters: Filters): Promise<void> {
  controller.abort();
  controller = new AbortController();
  const { signal } = controller;
  const container = byId('list');
  const rows = h('div');
  const foot = h('div', { class: 'foot' });
  container.replaceChildren(rows, foot);
  byId('list-status').textContent = 'Loading…';
  rows.append(skeleton());
  const pieces = createPieces(rows, signal);
  const stages = new Map<string, string>();
  loaded = { stages, isEnd: false };

  let shown = 0;
  let cursor: string | undefined;
  let isLoading = false;
  let emptyPages = 0;

  const observer = new IntersectionObserver(
    (entries) => mayGoOn() && entries.some((e) => e.isIntersecting) && void load(),
    { rootMargin: '1200px' },
  );
  signal.addEventListener('abort', () => observer.disconnect());

  function mayGoOn(): boolean {
    return cursor !== undefined && emptyPages < MAX_EMPTY_PAGES;
  }

  async function load(): Promise<void> {
    if (isLoading) return;
    isLoading = true;
    foot.replaceChildren(shown > 0 ? h('p', { class: 'note' }, 'Loading more…') : '');
    try {
      const page = await ask<EventList>(`/v1/events?${pageQuery(filters, cursor)}`, signal);
      if (shown === 0) rows.replaceChildren();
      if (page.events.length > 0) pieces.append(page.events);
      shown += page.events.length;
      for (const event of page.events) stages.set(identify(event), stageOf(event));
      cursor = page.cursor;
      emptyPages = page.events.length > 0 ? 0 : emptyPages + 1;
      const oldest = page.events.at(-1)?.eventTime ?? loaded.oldest;
      loaded = { stages, oldest, isEnd: cursor === undefined };
      foot.replaceChildren(...footOf(page));
      byId('list-status').textContent = statusOf(shown, cursor !== undefined);
      if (shown === 0 && cursor === undefined) rows.replaceChildren(emptyState(filters));
    } catch (error) {
      if (signal.aborted) return;
      if (shown === 0) rows.replaceChildren();
      byId('list-status').textContent = '';
      foot.replaceChildren(failureState(error, () => void load()));
    } finally {
      isLoading = false;
    }
    // The foot may still, or again, be in view, of which the observer would not tell by itself.
    observer.unobserve(foot);
    if (!signal.aborted) observer.observe(foot);
  }

  function footOf({ searchedTo }: EventList): readonly (Node | string)[] {
    if (cursor === undefined) {
      return shown > 0 ? [h('p', { class: 'note' }, 'That is all of this time range.')] : [];
    }
    return [
      h(
        'p',
        { class: 'note' },
        searchedTo ? `Searched back to ${formatMinute(searchedTo)} UTC.` : '',
      ),
      h('button', { type: 'button', onclick: goOn }, searchedTo ? 'Search on' : 'Load more'),
    ];
  }

  function goOn(): void {
    emptyPages = 0;
    void load();
  }

  await load();
}

function pageQuery(filters: Filters, cursor: string | undefined): string {
  const query = new URLSearchParams(toQuery(filters));
  query.set('limit', String(PAGE_SIZE));
  if (cursor) query.set('cursor', cursor);
  return query.toString();
}

function statusOf(shown: number, hasMore: boolean): string {
  if (shown === 0) return hasMore ? 'None so far' : 'None';
  return `${hasMore ? 'The newest ' : ''}${formatCount(shown)}`;
}

function skeleton(): HTMLElement {
  const row = () =>
    h('li', { class: 'row skeleton', 'aria-hidden': 'true' }, h('span'), h('span'), h('span'));
  return h('ol', { class: 'rows' }, ...Array.from({ length: 16 }, row));
}

function emptyState(filters: Filters): HTMLElement {
  return h(
    'div',
    { class: 'state' },
    h('h3', {}, isFiltered(filters) ? 'No event matches' : 'No event in this time range'),
    h(
      'p',
      {},
      isFiltered(filters)
        ? 'Widen the time range or take a filter away.'
        : 'Widen the time range. If files are still being read, their events appear as they come.',
    ),
    h(
      'div',
      { class: 'actions' },
      h(
        'a',
        { class: 'button', href: narrowedHref({ from: '-30d', to: undefined }) },
        'Show 30 days',
      ),
      isFiltered(filters) && h('a', { class: 'button', href: '/' }, 'Clear all filters'),
    ),
  );
}

function failureState(error: unknown, retry: () => void): HTMLElement {
  const message = error instanceof Error ? error.message : String(error);
  return h(
    'div',
    { class: 'state', role: 'alert' },
    h('h3', {}, 'The events could not be loaded'),
    h('p', {}, message),
    error instanceof ApiFailure &&
      error.allowed &&
      !message.includes(error.allowed) &&
      h('p', {}, `Allowed: ${error.allowed}`),
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'button', onclick: retry }, 'Try again'),
      h('a', { class: 'button', href: '/' }, 'Clear all filters'),
    ),
  );
}
