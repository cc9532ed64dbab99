import type { AuditEvent } from '../src/event/audit-event';
import { h } from './dom';
import { eventRow } from './event-row';
import { formatDay } from './format';

/** How far from the view a piece keeps its rows. */
const MARGIN_PX = 4_000;

/**
 * The pieces of a long list, a page each. Only those near the view hold rows: the others are as high
 * as they were and empty, so that the document stays small however far one scrolls. A piece with an
 * opened event, or with the focus, keeps its rows.
 */
export function createPieces(container: HTMLElement, signal: AbortSignal) {
  const eventsOf = new Map<Element, readonly AuditEvent[]>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) fill(target);
        else empty(target);
      }
    },
    { rootMargin: `${MARGIN_PX}px` },
  );
  signal.addEventListener('abort', () => observer.disconnect());
  // A print has no view: it takes all that was loaded.
  addEventListener('beforeprint', () => [...eventsOf.keys()].forEach(fill), { signal });

  function fill(piece: Element): void {
    if (piece.childElementCount > 0 || !(piece instanceof HTMLElement)) return;
    piece.append(...rowsOf(eventsOf.get(piece) ?? []));
    piece.style.height = '';
  }

  function empty(piece: Element): void {
    if (piece.childElementCount === 0 || !(piece instanceof HTMLElement)) return;
    if (piece.querySelector('.row.open') || piece.contains(document.activeElement)) return;
    piece.style.height = `${piece.getBoundingClientRect().height}px`;
    piece.replaceChildren();
  }

  return {
    append(events: readonly AuditEvent[]): void {
      const piece = h('ol', { class: 'rows', role: 'list' });
      piece.style.setProperty('--count', String(events.length));
      eventsOf.set(piece, events);
      fill(piece);
      container.append(piece);
      observer.observe(piece);
    },
  };
}

function rowsOf(events: readonly AuditEvent[]): HTMLElement[] {
  const rows: HTMLElement[] = [];
  let lastDay = '';
  for (const event of events) {
    const day = event.eventTime.slice(0, 10);
    if (day !== lastDay) {
      rows.push(h('li', { class: 'day' }, h('h3', {}, `${formatDay(event.eventTime)} · UTC`)));
      lastDay = day;
    }
    rows.push(eventRow(event));
  }
  return rows;
}
