import type { AuditEvent } from '../src/event/audit-event';
import { ApiFailure, ask, type EventList } from './api';
import { isDenied } from './denied';
import { byId, h } from './dom';
import { eventRow } from './event-row';
import { type Filters, toQuery } from './filters';
import { formatCount, formatDay } from './format';

const PAGE_SIZE = 100;

/** Aborts what an older choice of filters still asks for. */
let controller = new AbortController();

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

  let shown = 0;
  let cursor: string | undefined;
  let isLoading = false;

  const observer = new IntersectionObserver(
    (entries) => cursor !== undefined && entries.some((e) => e.isIntersecting) && void load(),
    { rootMargin: '1200px' },
  );
  signal.addEventListener('abort', () => observer.disconnect());
  async function load(): Promise<void> {
    if (isLoading) return;
    isLoading = true;
    foot.replaceChildren(shown > 0 ? h('p', { class: 'note' }, 'Loading more…') : '');
    try {
      const page = await ask<EventList>(`/v1/events?${pageQuery(filters, cursor)}`, signal);
      if (shown === 0) rows.replaceChildren();
      append(filters.denied ? page.events.filter(isDenied) : page.events);
      cursor = page.cursor;
      foot.replaceChildren(...footOf(page));
      byId('list-status').textContent = statusOf(shown, cursor !== undefined);
      if (shown === 0 && cursor === undefined) rows.replaceChildren(emptyState());
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

  /** A page is one piece of the list, which the browser lays out only while it is near the view. */
  function append(events: readonly AuditEvent[]): void {
    const piece = h('ol', { class: 'rows', role: 'list' });
    piece.style.setProperty('--count', String(events.length));
    let lastDay = '';
    for (const event of events) {
      const day = event.eventTime.slice(0, 10);
      if (day !== lastDay) {
        piece.append(h('li', { class: 'day' }, h('h3', {}, formatDay(event.eventTime))));
        lastDay = day;
      }
      piece.append(eventRow(event));
    }
    shown += events.length;
    rows.append(piece);
  }

  function footOf(page: EventList): readonly (Node | string)[] {
    if (page.cursor === undefined) {
      return shown > 0 ? [h('p', { class: 'note' }, 'That is all of this time range.')] : [];
    }
    const searched = page.searchedTo ? ` Searched back to ${page.searchedTo}.` : '';
    return [
      h('p', { class: 'note' }, searched),
      h('button', { type: 'button', onclick: () => void load() }, 'Load more'),
    ];
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
  if (shown === 0) return hasMore ? 'Still searching…' : 'None';
  return `${hasMore ? 'The newest ' : ''}${formatCount(shown)}`;
}

function skeleton(): HTMLElement {
  const row = () =>
    h('li', { class: 'row skeleton', 'aria-hidden': 'true' }, h('span'), h('span'), h('span'));
  return h('ol', { class: 'rows' }, ...Array.from({ length: 8 }, row));
}

function emptyState(): HTMLElement {
  return h(
    'div',
    { class: 'state' },
    h('h3', {}, 'No event matches'),
    h(
      'p',
      {},
      'Widen the time range or take a filter away. If files are still being read, they appear as they come.',
    ),
    h('a', { class: 'button', href: '/' }, 'Clear all filters'),
  );
}

function failureState(error: unknown, retry: () => void): HTMLElement {
  const message = error instanceof Error ? error.message : String(error);
  return h(
    'div',
    { class: 'state', role: 'alert' },
    h('h3', {}, 'The events could not be loaded'),
    h('p', {}, message),
    error instanceof ApiFailure && error.allowed && h('p', {}, `Allowed: ${error.allowed}`),
    h('button', { type: 'button', onclick: retry }, 'Try again'),
    h('a', { class: 'button', href: '/' }, 'Clear all filters'),
  );
}
