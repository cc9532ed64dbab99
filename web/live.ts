import { ask, type EventList } from './api';
import { byId, h } from './dom';
import { identify, loadedEvents, showEvents, stageOf } from './event-list';
import { DEFAULT_FROM, type Filters, isFiltered, toMs, toQuery } from './filters';
import { formatCount } from './format';
import { showOverview } from './overview';
import { currentFilters } from './state';
import type { Stats } from './stats';

const EVERY_MS = 10_000;
const HOUR_MS = 3_600_000;
/** Hours that are looked through at once; the next look takes the rest. */
const MAX_HOURS = 6;
const PAGE_SIZE = 500;

/** Events by outcome of an hour: whatever arrives or is completed changes them. */
interface HourMark {
  readonly text: string;
  readonly count: number;
}
type Marks = ReadonlyMap<string, HourMark>;

/** What came since the page was loaded. */
interface News {
  readonly added: Set<string>;
  readonly changed: Set<string>;
  /** Events of hours behind the loaded part of an unfiltered list. */
  earlier: number;
  hasMore: boolean;
}

let isPaused = false;
let timer: ReturnType<typeof setTimeout> | undefined;
let controller = new AbortController();

/**
 * Tells of events that arrived after the page was loaded, and shows them when one asks for it, so
 * that nothing moves under the reader. Looks while the page is visible and its range ends now.
 */
export function startLive(): void {
  const pause = h('button', { type: 'button', class: 'quiet' });
  pause.addEventListener('click', () => {
    isPaused = !isPaused;
    if (isPaused) stop();
    else void show(currentFilters());
  });
  byId('live').append(h('span', { class: 'pulse', 'aria-hidden': 'true' }), h('span'), pause);
}

/** Shows the list and the counts of these filters, and follows what arrives. */
export async function show(filters: Filters): Promise<void> {
  stop();
  controller = new AbortController();
  const { signal } = controller;
  const isLive = filters.to === undefined && !isPaused;
  showState(filters);
  byId('news').replaceChildren();
  // Before the list: what arrives in between is then found by the next look.
  const marks = isLive ? askMarks(filters, signal).catch(() => undefined) : undefined;
  await showEvents(filters);
  if (signal.aborted) return;
  showOverview(filters);
  const before = await marks;
  if (before && !signal.aborted) follow(filters, before, signal);
}

function stop(): void {
  controller.abort();
  clearTimeout(timer);
  showState(currentFilters());
}

function showState({ to }: Filters): void {
  const live = byId('live');
  const [, text, pause] = live.children;
  live.hidden = to !== undefined;
  live.classList.toggle('is-on', !isPaused);
  const time = new Date().toISOString().slice(11, 19);
  if (text) text.textContent = isPaused ? `Paused, as of ${time} UTC` : `Live, since ${time} UTC`;
  if (pause) pause.textContent = isPaused ? 'Resume' : 'Pause';
}

/** Looks every few seconds, as long as the page can be seen. */
function follow(filters: Filters, first: Marks, signal: AbortSignal): void {
  const news: News = { added: new Set(), changed: new Set(), earlier: 0, hasMore: false };
  const marks = new Map(first);
  /** An index may show an event later than the count does: each hour is looked through twice. */
  let again = new Set<string>();

  async function look(): Promise<void> {
    const now = await askMarks(filters, signal);
    const differing = [...now].filter(([hour, { text }]) => marks.get(hour)?.text !== text);
    const hours = [...new Set([...differing.map(([hour]) => hour), ...again])].sort().reverse();
    again = new Set(differing.map(([hour]) => hour).slice(0, MAX_HOURS));
    for (const hour of hours.slice(0, MAX_HOURS)) {
      const mark = now.get(hour);
      await lookThrough(
        filters,
        hour,
        (mark?.count ?? 0) - (marks.get(hour)?.count ?? 0),
        news,
        signal,
      );
      if (mark) marks.set(hour, mark);
    }
  }

  function next(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (document.visibilityState !== 'visible') return;
      look()
        .then(() => tell(filters, news))
        .catch(() => undefined)
        .finally(() => !signal.aborted && next());
    }, EVERY_MS);
  }

  document.addEventListener(
    'visibilitychange',
    () => document.visibilityState === 'visible' && next(),
    { signal },
  );
  next();
}

/** Counts what an hour holds that the loaded part of the list should show and does not. */
async function lookThrough(
  filters: Filters,
  hour: string,
  growth: number,
  news: News,
  signal: AbortSignal,
): Promise<void> {
  const { stages, oldest, isEnd } = loadedEvents();
  const end = new Date(Date.parse(hour) + HOUR_MS).toISOString();
  if (!isEnd && (oldest === undefined || end <= oldest)) {
    if (!isFiltered(filters)) news.earlier += Math.max(0, growth);
    return;
  }
  const from = new Date(
    Math.max(Date.parse(hour), toMs(filters.from ?? DEFAULT_FROM)),
  ).toISOString();
  const query = toQuery({ ...filters, from, to: end });
  const page = await ask<EventList>(`/v1/events?${query}&limit=${PAGE_SIZE}`, signal);
  for (const event of page.events) {
    if (!isEnd && oldest !== undefined && event.eventTime < oldest) break;
    const id = identify(event);
    const stage = stages.get(id);
    if (stage === undefined) news.added.add(id);
    else if (stage !== stageOf(event)) news.changed.add(id);
  }
  news.hasMore ||= page.cursor !== undefined && news.added.size > 0;
}

/** A button that lists them; where nothing was shown, there is nothing to disturb. */
function tell(filters: Filters, news: News): void {
  const added = news.added.size + news.earlier;
  if (added + news.changed.size === 0) return;
  if (loadedEvents().stages.size === 0) {
    void show(filters);
    return;
  }
  const parts = [
    added > 0 && `${formatCount(added)}${news.hasMore ? '+' : ''} new`,
    news.changed.size > 0 && `${formatCount(news.changed.size)} completed`,
  ].filter((part) => part !== false);
  const text = `Show ${parts.join(', ')} ${added + news.changed.size === 1 ? 'event' : 'events'}`;
  const container = byId('news');
  const button = container.querySelector('button');
  if (button) {
    button.textContent = text;
    return;
  }
  byId('announce').textContent = 'New events have arrived.';
  container.append(
    h(
      'button',
      {
        type: 'button',
        onclick: () => {
          byId('events').scrollIntoView();
          byId('events').focus({ preventScroll: true });
          void show(filters);
        },
      },
      text,
    ),
  );
}

async function askMarks({ from = DEFAULT_FROM }: Filters, signal: AbortSignal): Promise<Marks> {
  const query = new URLSearchParams({ from, groupBy: 'outcome', interval: 'hour' });
  const { from: start, intervals, behind = [] } = await ask<Stats>(`/v1/stats?${query}`, signal);
  const marks = intervals.map(({ start: hour, groups }): [string, HourMark] => [
    hour,
    {
      text: JSON.stringify(groups.map(({ name, count }) => [name, count])),
      count: groups.reduce((sum, { count }) => sum + count, 0),
    },
  ]);
  // What could not be counted may have changed: it is looked through every time.
  const uncounted = behind.map((hour): [string, HourMark] => [
    hour,
    { text: `at ${Date.now()}`, count: 0 },
  ]);
  // An hour that the range cuts changes as the range moves on.
  return new Map([...marks, ...uncounted].filter(([hour]) => hour >= start));
}
