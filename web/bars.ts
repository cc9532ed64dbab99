import type { GroupTotals } from '../src/api/stats';
import { OTHERS } from '../src/store/event-store';
import { h } from './dom';
import { asListValue, type FilterName } from './filters';
import { formatCount } from './format';
import { currentFilters, narrowedHref } from './state';

const SHOWN = 8;

/** The busiest of one kind, as bars that filter. */
export function topBars(
  title: string,
  name: FilterName,
  groups: readonly GroupTotals[],
  label: (key: string) => string = (key) => key,
): HTMLElement {
  const top = groups.filter((group) => group.name !== OTHERS).slice(0, SHOWN);
  const most = Math.max(1, ...top.map(({ count }) => count));
  const id = `top-${name}`;
  return h(
    'section',
    { class: 'card bars', 'aria-labelledby': id },
    h('h2', { id }, title),
    top.length === 0
      ? h('p', { class: 'note' }, 'None.')
      : h('ol', {}, ...top.map((group) => bar(group, name, most, label(group.name)))),
  );
}

function bar(group: GroupTotals, name: FilterName, most: number, label: string): HTMLElement {
  const value = name === 'table' ? group.name : asListValue(group.name);
  const fill = h('span', { class: 'bar-fill', 'aria-hidden': 'true' });
  fill.style.setProperty('--share', String(group.count / most));
  return h(
    'li',
    {},
    h(
      'a',
      {
        class: 'bar',
        href: narrowedHref({ [name]: value }),
        title: group.name,
        'aria-current': currentFilters()[name] === value && 'true',
      },
      fill,
      h('span', { class: 'bar-label' }, label),
      h('span', { class: 'bar-count' }, formatCount(group.count)),
    ),
  );
}
