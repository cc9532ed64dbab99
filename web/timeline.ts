import uPlot from 'uplot';
import { CLASSES, onThemeChange, resolveColour } from './colours';
import { h } from './dom';
import { formatCount } from './format';
import { narrow, narrowedHref } from './state';
import type { Stats } from './stats';

const HEIGHT_PX = 200;
const MIN_BAR_PX = 7;
const DAY_MS = 86_400_000;
const INTERVAL_MS = { hour: 3_600_000, day: DAY_MS, month: 30 * DAY_MS } as const;
const WEEKDAY = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' });

interface Series {
  readonly starts: readonly number[];
  readonly stepMs: number;
  /** Per class and bar. */
  readonly counts: ReadonlyMap<string, readonly number[]>;
}

/** Events over time, stacked by class; dragging over it zooms in. */
export function timeline(stats: Stats): HTMLElement {
  const chart = h('div', { class: 'chart', 'aria-hidden': 'true' });
  const readout = h('p', { class: 'readout' });
  const present = CLASSES.filter((name) => stats.groups.some((group) => group.name === name));
  const card = h(
    'section',
    { class: 'card timeline', 'aria-labelledby': 'timeline-title' },
    h(
      'div',
      { class: 'card-head' },
      h('h2', { id: 'timeline-title' }, 'Events over time'),
      h('span', { class: 'note' }, 'UTC'),
      h('ul', { class: 'legend' }, ...present.map((name) => legendItem(name, stats))),
      readout,
    ),
    chart,
    asTable(stats),
  );
  draw(card, chart, readout, stats, present);
  return card;
}

function legendItem(name: string, stats: Stats): HTMLElement {
  const { count = 0 } = stats.groups.find((group) => group.name === name) ?? {};
  return h(
    'li',
    {},
    h(
      'a',
      { class: `class-${name}`, href: narrowedHref({ class: name }) },
      h('span', { class: 'swatch', 'aria-hidden': 'true' }),
      name,
      h('span', { class: 'legend-count' }, formatCount(count)),
    ),
  );
}

function draw(
  card: HTMLElement,
  chart: HTMLElement,
  readout: HTMLElement,
  stats: Stats,
  present: readonly string[],
): void {
  let plot: uPlot | undefined;

  function redraw(): void {
    plot?.destroy();
    const width = chart.clientWidth;
    if (width === 0 || !card.isConnected) return;
    const series = toSeries(stats, Math.floor(width / MIN_BAR_PX));
    plot = createPlot(chart, width, series, present, readout);
  }

  new ResizeObserver(redraw).observe(chart);
  onThemeChange(() => card.isConnected && redraw());
}

function createPlot(
  target: HTMLElement,
  width: number,
  series: Series,
  present: readonly string[],
  readout: HTMLElement,
): uPlot {
  const muted = resolveColour('muted');
  const axis = {
    stroke: muted,
    grid: { stroke: resolveColour('line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  const bars = uPlot.paths.bars?.({ size: [0.82, 60], align: 1 });
  // The tallest stack is drawn first; each next one covers all but its own class.
  const stacked = [...present].reverse().map((name) => ({
    label: name,
    fill: resolveColour(name.toLowerCase()),
    width: 0,
    points: { show: false },
    ...(bars && { paths: bars }),
  }));
  return new uPlot(
    {
      width,
      height: HEIGHT_PX,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'UTC'),
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
      scales: { y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.05)] } },
      axes: [
        {
          ...axis,
          size: 26,
          grid: { show: false },
          space: 64,
          values: (_, splits) => timeLabels(splits),
        },
        { ...axis, size: 38 },
      ],
      series: [{}, ...stacked],
      hooks: {
        setSelect: [(plot) => zoom(plot, series.stepMs)],
        setCursor: [({ cursor }) => tell(readout, series, present, cursor.idx)],
      },
    },
    toData(series, present),
    target,
  );
}

function zoom(plot: uPlot, stepMs: number): void {
  if (plot.select.width < 4) return;
  const at = (px: number) => Math.floor((plot.posToVal(px, 'x') * 1_000) / stepMs) * stepMs;
  const from = at(plot.select.left);
  const to = at(plot.select.left + plot.select.width) + stepMs;
  narrow({ from: isoTime(from), to: isoTime(to) });
}

function tell(
  readout: HTMLElement,
  { starts, stepMs, counts }: Series,
  present: readonly string[],
  index: number | null | undefined,
): void {
  const start = starts[index ?? -1];
  if (start === undefined) {
    readout.textContent = '';
    return;
  }
  const parts = present
    .map((name) => [name, counts.get(name)?.[index ?? -1] ?? 0] as const)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${formatCount(count)}`);
  const when = `${isoTime(start).slice(5, 16).replace('T', ' ')} + ${stepMs / 3_600_000} h`;
  readout.textContent = `${when}: ${parts.join(', ') || 'nothing'}`;
}

/** Running sums from the bottom class up, tallest first, as `createPlot` draws them. */
function toData({ starts, counts }: Series, present: readonly string[]): uPlot.AlignedData {
  const sums = new Array<number>(starts.length).fill(0);
  const layers = present.map((name) => {
    const own = counts.get(name) ?? [];
    for (const [index, count] of own.entries()) sums[index] = (sums[index] ?? 0) + count;
    return [...sums];
  });
  return [starts.map((ms) => ms / 1_000), ...layers.reverse()];
}

/** As many bars as fit, each a whole number of the API's intervals. */
function toSeries(stats: Stats, maxBars: number): Series {
  const [fromMs, toMs] = [Date.parse(stats.from), Date.parse(stats.to)];
  const baseMs = INTERVAL_MS[stats.interval];
  const perBar = Math.max(1, Math.ceil((toMs - fromMs) / baseMs / maxBars));
  const stepMs = niceStep(baseMs, perBar);
  const first = Math.floor(fromMs / stepMs) * stepMs;
  const length = Math.max(1, Math.ceil((toMs - first) / stepMs));
  const counts = new Map<string, number[]>();
  for (const { start, groups } of stats.intervals) {
    const index = Math.floor((Date.parse(start) - first) / stepMs);
    if (index < 0 || index >= length) continue;
    for (const { name, count } of groups) {
      const own = counts.get(name) ?? new Array<number>(length).fill(0);
      own[index] = (own[index] ?? 0) + count;
      counts.set(name, own);
    }
  }
  return { starts: Array.from({ length }, (_, index) => first + index * stepMs), stepMs, counts };
}

/** Steps that divide a day, or whole days, so that bars keep to the calendar. */
function niceStep(baseMs: number, perBar: number): number {
  const steps = [1, 2, 3, 4, 6, 8, 12, 24].map((hours) => hours * 3_600_000);
  const wanted = baseMs * perBar;
  return steps.find((step) => step >= wanted) ?? Math.ceil(wanted / DAY_MS) * DAY_MS;
}

/** The same by day, for those who do not see the chart; each day zooms in. */
function asTable(stats: Stats): HTMLElement {
  const days = new Map<string, number>();
  for (const { start, groups } of stats.intervals) {
    const day = start.slice(0, 10);
    days.set(
      day,
      groups.reduce((sum, { count }) => sum + count, days.get(day) ?? 0),
    );
  }
  return h(
    'details',
    { class: 'as-table' },
    h('summary', {}, 'By day'),
    h(
      'ul',
      {},
      ...[...days].map(([day, events]) =>
        h(
          'li',
          {},
          h(
            'a',
            { class: 'link', href: narrowedHref({ from: `${day}T00:00:00Z`, to: nextDay(day) }) },
            `${day}: ${formatCount(events)} events`,
          ),
        ),
      ),
    ),
  );
}

function nextDay(day: string): string {
  return isoTime(Date.parse(`${day}T00:00:00Z`) + DAY_MS);
}

/** Days by name and date, hours between them; UTC. */
function timeLabels(seconds: readonly number[]): string[] {
  return seconds.map((second) => {
    const time = new Date(second * 1_000);
    const isMidnight = second % 86_400 === 0;
    return isMidnight
      ? `${WEEKDAY.format(time)} ${time.getUTCDate()}`
      : time.toISOString().slice(11, 16);
  });
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
