import { byId, h } from './dom';
import { DEFAULT_FROM, FILTER_NAMES, type FilterName, type Filters, toHref } from './filters';
import { currentFilters, goTo, narrow, narrowedHref, onFilters } from './state';

type Control = HTMLSelectElement | HTMLInputElement;
type Choice = readonly [name: FilterName, label: string, values: readonly string[]];
type Text = readonly [name: FilterName, label: string, placeholder: string];

const CHOICES: readonly Choice[] = [
  ['service', 'Service', ['athena', 'keyspaces']],
  ['class', 'Class', ['DDL', 'DML', 'UTILITY', 'DCL', 'API', 'UNKNOWN']],
  ['access', 'Access', ['read', 'write', 'schema', 'metadata', 'control', 'unknown']],
  ['outcome', 'Outcome', ['succeeded', 'failed', 'cancelled', 'running', 'accepted']],
];

const TEXTS: readonly Text[] = [
  ['principal', 'Who', 'name, role or ARN'],
  ['table', 'Table', 'shop.orders or shop.*'],
];

const MORE_CHOICES: readonly Choice[] = [
  ['actor', 'Actor', ['human', 'application', 'aws-service', 'unknown']],
];

const MORE_TEXTS: readonly Text[] = [
  ['operation', 'Operation', 'CREATE TABLE, INSERT'],
  ['error', 'Error', 'denied, or a code'],
  ['database', 'Database', 'or keyspace'],
  ['workgroup', 'Workgroup', 'primary'],
  ['account', 'Account', '111122223333'],
  ['region', 'Region', 'eu-central-1'],
  ['sourceIp', 'Address', '192.0.2.10'],
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
  const controls = new Map<FilterName, Control>();
  const more = h('div', { class: 'filters' });
  const moreDetails = h('details', { class: 'more' }, h('summary', {}, 'More filters'), more);
  form.append(
    ...CHOICES.map((choice) => addSelect(choice, controls)),
    ...TEXTS.map((text) => addInput(text, controls)),
    h('button', { type: 'submit' }, 'Filter'),
    moreDetails,
  );
  more.append(
    ...MORE_CHOICES.map((choice) => addSelect(choice, controls)),
    ...MORE_TEXTS.map((text) => addInput(text, controls)),
    h('button', { type: 'submit' }, 'Filter'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const texts = [...TEXTS, ...MORE_TEXTS];
    narrow(
      Object.fromEntries(
        texts.map(([name]) => [name, controls.get(name)?.value.trim() || undefined]),
      ),
    );
  });

  const search = byId('q');
  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    if (search instanceof HTMLInputElement) narrow({ q: search.value.trim() || undefined });
  });

  onFilters((filters) => {
    for (const [name, control] of controls) {
      setValue(control, filters[name] ?? '');
      if (filters[name] !== undefined && more.contains(control)) moreDetails.open = true;
    }
    if (search instanceof HTMLInputElement) search.value = filters.q ?? '';
    byId('chips').replaceChildren(...chipsOf(filters));
    document.title = [
      ...namesSet(filters).map((name) => shownValue(filters, name)),
      'Querytrail',
    ].join(' · ');
    byId('range').replaceChildren(...ranges(filters));
  });
}

function addSelect([name, label, values]: Choice, controls: Map<FilterName, Control>): HTMLElement {
  const select = h(
    'select',
    { id: `f-${name}`, name },
    h('option', { value: '' }, 'any'),
    ...values.map((value) => h('option', { value }, value)),
  );
  select.addEventListener('change', () => narrow({ [name]: select.value || undefined }));
  controls.set(name, select);
  return labelled(name, label, select);
}

function addInput(
  [name, label, placeholder]: Text,
  controls: Map<FilterName, Control>,
): HTMLElement {
  const input = h('input', {
    id: `f-${name}`,
    name,
    placeholder,
    autocomplete: 'off',
    spellcheck: 'false',
  });
  controls.set(name, input);
  return labelled(name, label, input);
}

/** The URL may hold what no option offers, such as two classes. */
function setValue(control: Control, value: string): void {
  if (control instanceof HTMLSelectElement) {
    control.querySelector('.several')?.remove();
    const isKnown = [...control.options].some((option) => option.value === value);
    if (!isKnown) control.append(h('option', { value, class: 'several' }, value));
  }
  control.value = value;
}

function labelled(name: FilterName, label: string, control: HTMLElement): HTMLElement {
  return h('div', { class: 'field' }, h('label', { for: `f-${name}` }, label), control);
}

function namesSet(filters: Filters): FilterName[] {
  return FILTER_NAMES.filter((name) => filters[name] !== undefined);
}

function shownValue(filters: Filters, name: FilterName): string {
  return (filters[name] ?? '').replaceAll('\\,', ',');
}

function chipsOf(filters: Filters): HTMLElement[] {
  const chips = namesSet(filters).map((name) => {
    const label = LABELS[name] ?? name;
    const value = shownValue(filters, name);
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
  const summary = h('summary', { 'aria-current': !isPreset && 'true' }, label);
  const details = h('details', { class: 'custom' }, summary, form);
  details.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    details.open = false;
    summary.focus();
  });
  details.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !details.contains(relatedTarget)) details.open = false;
  });
  return details;
}

function shortTime(time: string | undefined): string {
  return time?.replace('T', ' ').replace(/:\d\d(\.\d+)?Z$/, '') ?? '';
}
