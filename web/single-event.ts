import { ApiFailure, ask, type EventList } from './api';
import { byId, h } from './dom';
import { openRow } from './event-row';
import { toHref } from './filters';
import { formatDay } from './format';
import { currentFilters } from './state';

/** Shows the event that a permalink names above the list, opened. */
export async function showSingleEvent(): Promise<void> {
  const container = byId('single');
  const eventId = new URLSearchParams(location.search).get('event');
  container.replaceChildren();
  if (!eventId) return;
  try {
    const { events } = await ask<EventList>(`/v1/events/${encodeURIComponent(eventId)}`);
    const day = events[0] ? formatDay(events[0].eventTime) : '';
    container.append(
      h(
        'div',
        { class: 'single-head' },
        h('h3', {}, `Event of ${day}`),
        h('a', { class: 'button', href: toHref(currentFilters()) }, 'Close'),
      ),
      h('ol', { class: 'rows' }, ...events.map(openRow)),
    );
  } catch (error) {
    const message = error instanceof ApiFailure ? error.message : String(error);
    container.append(h('p', { class: 'state', role: 'alert' }, message));
  }
}
