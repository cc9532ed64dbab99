import { byId, h } from './dom';
import {
  asListValue,
  DEFAULT_FROM,
  FILTER_NAMES,
  type FilterName,
  type Filters,
  toHref,
} from './filters';
import { currentFilters, goTo, narrow, narrowedHref, onFilters } from './state';

const CHOICES: readonly (readonly [FilterName, string, readonly string[]])[] = [
  ['service', 'Service', ['athena', 'keyspaces']],
  ['class', 'Class', ['DDL', 'DML', 'UTILITY', 'DCL', 'API', 'UNKNOWN']],
  ['access', 'Access', ['read', 'write', 'schema', 'metadata', 'control', 'unknown']],
  ['outcome', 'Outcome', ['succeeded', 'failed', 'cancelled', 'running', 'accepted']],
];

const TEXTS: readonly (readonly [FilterName, string, string])[] = [
  ['principal', 'Who', 'name, role or ARN'],
  ['table', 'Table', 'shop.orders or shop.*'],
];

const LABELS: Readonly<Partial<Record<string, string>>> = {
  principal: 'who',
  sourceIp: 'address',
  q: 'text',
};

const RANGES = [
  ['-1h', '1 hour'],
  ['-24h', '24 hours'],
  [DEFAULT_FROM, '7 days'],
  ['-30d', '30 days'],
] as const;

/** The controls above the list, kept equal to the URL. */
export function startFilterBar(): void {
  const form = byId('filters');
  const controls = new Map<FilterName, HTMLSelectElement | HTMLInputElement>();
  for (const [name, label, values] of CHOICES) {
    const select = h(
      'select',
      { id: `f-${name}`, name },
      h('option', { value: '' }, 'any'),
      ...values.map((value) => h('option', { value }, value)),
    );
    select.addEventListener('change', () => narrow({ [name]: select.value || undefined }));
    controls.set(name, select);
    form.append(labelled(name, label, select));
  }
  for (const [name, label, placeholder] of TEXTS) {
    const input = h('input', {
      id: `f-${name}`,
      name,
      placeholder,
      autocomplete: 'off',
      spellcheck: 'false',
    });
    controls.set(name, input);
    form.append(labelled(name, label, input));
  }
  form.append(h('button', { type: 'submit' }, 'Filter'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    narrow(
      Object.fromEntries(
        TEXTS.map(([name]) => [name, asList(name, controls.get(name)?.value.trim())]),
      ),
    );
  });

  const search = byId('q');
  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    if (search instanceof HTMLInputElement) narrow({ q: search.value.trim() || undefined });
  });

  const chips = h('ul', { class: 'chips', 'aria-label': 'Filters in force' });
  form.after(chips);
  onFilters((filters) => {
    for (const [name, control] of controls) control.value = filters[name] ?? '';
    if (search instanceof HTMLInputElement) search.value = filters.q ?? '';
    chips.replaceChildren(...chipsOf(filters));
    byId('range').replaceChildren(...ranges(filters));
  });
}

function asList(name: FilterName, value: string | undefined): string | undefined {
  if (!value) return undefined;
  return name === 'principal' ? asListValue(value) : value;
}

function labelled(name: FilterName, label: string, control: HTMLElement): HTMLElement {
  return h('div', { class: 'field' }, h('label', { for: `f-${name}` }, label), control);
}

function chipsOf(filters: Filters): HTMLElement[] {
  const set = [...FILTER_NAMES, 'denied' as const].filter((name) => filters[name] !== undefined);
  const chips = set.map((name) => {
    const label = LABELS[name] ?? name;
    const value = (filters[name] ?? '').replaceAll('\\,', ',');
    return h(
      'li',
      {},
      h(
        'a',
        {
          class: 'chip',
          href: narrowedHref({ [name]: undefined }),
          'aria-label': `Remove the filter ${label} ${value}`,
        },
        h('span', { class: 'chip-name' }, label),
        h('span', { class: 'chip-value' }, value),
        h('span', { 'aria-hidden': 'true' }, '×'),
      ),
    );
  });
  if (chips.length > 1) {
    const { from, to } = filters;
    chips.push(h('li', {}, h('a', { class: 'clear', href: toHref({ from, to }) }, 'Clear all')));
  }
  return chips;
}

function ranges(filters: Filters): HTMLElement[] {
  const from = filters.from ?? DEFAULT_FROM;
  const isPreset = filters.to === undefined && RANGES.some(([value]) => value === from);
  const links = RANGES.map(([value, label]) =>
    h(
      'a',
      {
        href: narrowedHref({ from: value, to: undefined }),
        'aria-current': filters.to === undefined && from === value && 'true',
      },
      label,
    ),
  );
  return [...links, customRange(filters, isPreset)];
}

/** From and to by the day and minute, UTC. */
function customRange(filters: Filters, isPreset: boolean): HTMLElement {
  const input = (name: 'from' | 'to') =>
    h('input', {
      type: 'datetime-local',
      name,
      id: `r-${name}`,
      value: /^\d{4}/.test(filters[name] ?? '') ? (filters[name] ?? '').slice(0, 16) : '',
    });
  const [from, to] = [input('from'), input('to')];
  const form = h(
    'form',
    { class: 'popover' },
    h('label', { for: 'r-from' }, 'From (UTC)'),
    from,
    h('label', { for: 'r-to' }, 'To (UTC)'),
    to,
    h('button', { type: 'submit' }, 'Show'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const time = (value: string) => (value ? `${value.slice(0, 16)}:00Z` : undefined);
    goTo({ ...currentFilters(), from: time(from.value), to: time(to.value) });
  });
  const label = isPreset
    ? 'Custom'
    : `${shortTime(filters.from)} – ${shortTime(filters.to) || 'now'}`;
  return h(
    'details',
    { class: 'custom' },
    h('summary', { 'aria-current': !isPreset && 'true' }, label),
    form,
  );
}

function shortTime(time: string | undefined): string {
  return time?.replace('T', ' ').replace(/:\d\d(\.\d+)?Z$/, '') ?? '';
}
