/** The filters of `GET /v1/events` that the page offers; the page's URL holds them as they are. */
export const FILTER_NAMES = [
  'service',
  'class',
  'operation',
  'access',
  'outcome',
  'error',
  'principal',
  'actor',
  'account',
  'region',
  'table',
  'database',
  'workgroup',
  'sourceIp',
  'q',
] as const;

export type FilterName = (typeof FILTER_NAMES)[number];
const RANGE_NAMES = ['from', 'to'] as const;

export type Filters = Readonly<Partial<Record<FilterName | 'from' | 'to', string>>>;

export const DEFAULT_FROM = '-7d';

/** What the URL asks for; what it says beyond that is left to the API to refuse. */
export function readFilters(search: string): Filters {
  const parameters = new URLSearchParams(search);
  const filters: Partial<Record<FilterName | 'from' | 'to', string>> = {};
  for (const name of [...FILTER_NAMES, ...RANGE_NAMES] as const) {
    const value = parameters.getAll(name).filter(Boolean).join(',');
    if (value) filters[name] = value;
  }
  return filters;
}

/** The page's own address for these filters. */
export function toHref(filters: Filters): string {
  const query = new URLSearchParams(entriesOf(filters)).toString();
  return query ? `/?${query}` : '/';
}

/** The filters as the API takes them. */
export function toQuery(filters: Filters): string {
  return new URLSearchParams(entriesOf(filters)).toString();
}

/** Whether there is more than a time range. */
export function isFiltered(filters: Filters): boolean {
  return FILTER_NAMES.some((name) => filters[name] !== undefined);
}

/**
 * The filters with one more, where a list can show just that: undefined where the filter is set to
 * something else, or leaves nothing.
 */
export function meet(filters: Filters, name: FilterName, values: readonly string[]) {
  const set = filters[name]?.split(',');
  const both = set === undefined ? values : values.filter((value) => set.includes(value));
  return both.length === 0 ? undefined : { ...filters, [name]: both.join(',') };
}

/** A comma in a name is part of the name, not the start of a second one. */
export function asListValue(value: string): string {
  return value.replaceAll(',', '\\,');
}

/** A time as the API takes it: ISO, or back from now. */
export function toMs(time: string): number {
  const [, amount, unit] = /^-(\d+)([mhdw])$/.exec(time) ?? [];
  const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }[unit ?? ''] ?? 0;
  return amount ? Date.now() - Number(amount) * unitMs : Date.parse(time) || Date.now();
}

function entriesOf(filters: Filters): [string, string][] {
  return Object.entries(filters).filter(
    ([name, value]) => value && !(name === 'from' && value === DEFAULT_FROM),
  );
}
