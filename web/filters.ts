/** The filters of `GET /v1/events` that the page offers; the page's URL holds them as they are. */
export const FILTER_NAMES = [
  'service',
  'class',
  'operation',
  'access',
  'outcome',
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
export type Filters = Readonly<Partial<Record<FilterName | 'from' | 'to', string>>>;

export const DEFAULT_FROM = '-7d';

/** What the URL asks for; what it says beyond that is left to the API to refuse. */
export function readFilters(search: string): Filters {
  const parameters = new URLSearchParams(search);
  const filters: Partial<Record<FilterName | 'from' | 'to', string>> = {};
  for (const name of [...FILTER_NAMES, 'from', 'to'] as const) {
    const value = parameters.getAll(name).filter(Boolean).join(',');
    if (value) filters[name] = value;
  }
  return filters;
}

/** The page's own address for these filters. */
export function toHref(filters: Filters): string {
  const query = toQuery(filters);
  return query ? `/?${query}` : '/';
}

/** The filters as a query string, for the page and the API alike. */
export function toQuery(filters: Filters): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) {
    if (value && !(name === 'from' && value === DEFAULT_FROM)) parameters.set(name, value);
  }
  return parameters.toString();
}

/** A comma in a name is part of the name, not the start of a second one. */
export function asListValue(value: string): string {
  return value.replaceAll(',', '\\,');
}
