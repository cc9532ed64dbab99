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
/** `denied` is the page's own: the API has no filter for it, so the page leaves the others out. */
const PAGE_NAMES = ['from', 'to', 'denied'] as const;

type PageName = (typeof PAGE_NAMES)[number];
export type Filters = Readonly<Partial<Record<FilterName | PageName, string>>>;

export const DEFAULT_FROM = '-7d';

/** What the URL asks for; what it says beyond that is left to the API to refuse. */
export function readFilters(search: string): Filters {
  const parameters = new URLSearchParams(search);
  const filters: Partial<Record<FilterName | PageName, string>> = {};
  for (const name of [...FILTER_NAMES, ...PAGE_NAMES] as const) {
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
export function toQuery({ denied: _, ...filters }: Filters): string {
  return new URLSearchParams(entriesOf(filters)).toString();
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
