import type { AuditEvent } from '../src/event/audit-event';
import { h } from './dom';
import { asListValue } from './filters';
import { narrowedHref } from './state';

const ROWS = 8;
const COLUMNS = 10;

/** Who touched which table, among some events; each cell filters to both. */
export function heatMap(events: readonly AuditEvent[], scope: string): HTMLElement[] {
  const pairs = countPairs(events);
  const people = busiest(pairs, ([who]) => who, ROWS);
  const tables = busiest(pairs, ([, table]) => table, COLUMNS);
  if (people.length === 0) return [];
  const most = Math.max(...pairs.map(({ count }) => count));
  const countOf = new Map(pairs.map(({ pair, count }) => [JSON.stringify(pair), count]));

  const map = h(
    'section',
    { class: 'card heat', 'aria-labelledby': 'heat-title' },
    h(
      'div',
      { class: 'card-head' },
      h('h2', { id: 'heat-title' }, 'Who touches which table'),
      h('p', { class: 'note' }, scope),
    ),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'group', 'aria-labelledby': 'heat-title' },
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('td'),
            ...tables.map((table) =>
              h(
                'th',
                { scope: 'col' },
                h('a', { href: narrowedHref({ table }), title: table }, ...breakable(table)),
              ),
            ),
          ),
        ),
        h(
          'tbody',
          {},
          ...people.map((who) =>
            h(
              'tr',
              {},
              h(
                'th',
                { scope: 'row' },
                h('a', { href: narrowedHref({ principal: asListValue(who) }), title: who }, who),
              ),
              ...tables.map((table) =>
                cell(who, table, countOf.get(JSON.stringify([who, table])) ?? 0, most),
              ),
            ),
          ),
        ),
      ),
    ),
  );
  return [map];
}

interface PairCount {
  readonly pair: readonly [who: string, table: string];
  readonly count: number;
}

function cell(who: string, table: string, count: number, most: number): HTMLElement {
  if (count === 0) return h('td');
  const link = h(
    'a',
    {
      href: narrowedHref({ principal: asListValue(who), table }),
      title: `${who} · ${table}: ${count}`,
      'aria-label': `${who}, ${table}: ${count} events`,
    },
    count,
  );
  // The root flattens the range: one event stays visible beside a thousand.
  link.style.setProperty('--heat', String(Math.sqrt(count / most)));
  if (count / most > 0.3) link.className = 'hot';
  return h('td', {}, link);
}

/** A name that may break where one reads a pause. */
function breakable(name: string): (Node | string)[] {
  return name.split(/(?<=[._])/).flatMap((part) => [part, h('wbr')]);
}

function countPairs(events: readonly AuditEvent[]): PairCount[] {
  const counts = new Map<string, { pair: readonly [string, string]; count: number }>();
  for (const { principal, tables } of events) {
    for (const table of new Set(tables.map(({ name }) => name))) {
      const pair = [principal.name, table] as const;
      const key = JSON.stringify(pair);
      counts.set(key, { pair, count: (counts.get(key)?.count ?? 0) + 1 });
    }
  }
  return [...counts.values()];
}

function busiest(
  pairs: readonly PairCount[],
  part: (pair: PairCount['pair']) => string,
  most: number,
): string[] {
  const sums = new Map<string, number>();
  for (const { pair, count } of pairs) {
    sums.set(part(pair), (sums.get(part(pair)) ?? 0) + count);
  }
  return [...sums]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([name]) => name);
}
