import { askText } from './api';
import { byId, h } from './dom';
import { toQuery } from './filters';
import { currentFilters } from './state';

const PAGE_SIZE = 500;
/** A page in a browser is no backup tool: `querytrail query --all` has no such limit. */
const MAX_EVENTS = 10_000;

const FORMATS = [
  { label: 'CSV', accept: 'text/csv', extension: 'csv', hasHeader: true },
  { label: 'JSON lines', accept: 'application/x-ndjson', extension: 'jsonl', hasHeader: false },
] as const;

type Format = (typeof FORMATS)[number];

/** The buttons that save what the filters show. */
export function startExport(): void {
  byId('export').append(
    ...FORMATS.map((format) => {
      const button = h(
        'button',
        { type: 'button', class: 'quiet', 'aria-label': `Export as ${format.label}` },
        format.label,
      );
      button.addEventListener('click', () => void save(format, button));
      return button;
    }),
  );
}

async function save(format: Format, button: HTMLButtonElement): Promise<void> {
  button.disabled = true;
  const announce = byId('announce');
  try {
    const parts = await collect(format, (events) => {
      button.textContent = `${events}…`;
    });
    const blob = new Blob(parts, { type: format.accept });
    const url = URL.createObjectURL(blob);
    h('a', { href: url, download: `querytrail.${format.extension}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    announce.textContent = 'Export saved.';
  } catch (error) {
    announce.textContent = `Export failed: ${error instanceof Error ? error.message : error}`;
  } finally {
    button.disabled = false;
    button.textContent = format.label;
  }
}

async function collect(format: Format, onCount: (events: number) => void): Promise<string[]> {
  const query = new URLSearchParams(toQuery(currentFilters()));
  query.set('limit', String(PAGE_SIZE));
  const parts: string[] = [];
  for (let asked = PAGE_SIZE; asked <= MAX_EVENTS; asked += PAGE_SIZE) {
    const { text, cursor } = await askText(`/v1/events?${query}`, format.accept);
    const isLaterPage = parts.length > 0 && format.hasHeader;
    parts.push(isLaterPage ? text.slice(text.indexOf('\n') + 1) : text);
    onCount(asked);
    if (cursor === null) break;
    query.set('cursor', cursor);
  }
  return parts;
}
