import { askText } from './api';
import { byId, h } from './dom';
import { toQuery } from './filters';
import { currentFilters } from './state';

const PAGE_SIZE = 500;
/** A page in a browser is no backup tool: `querytrail query --all` has no such limit. */
const MAX_PAGES = 20;

const FORMATS = [
  { label: 'CSV', option: '--csv', accept: 'text/csv', extension: 'csv', hasHeader: true },
  {
    label: 'JSON lines',
    option: '--json',
    accept: 'application/x-ndjson',
    extension: 'jsonl',
    hasHeader: false,
  },
] as const;

type Format = (typeof FORMATS)[number];

/** The buttons that save what the filters show. */
export function startExport(): void {
  const note = h('p', { class: 'note', role: 'status' });
  const buttons = FORMATS.map((format) =>
    h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'aria-label': `Export as ${format.label}`,
        title: `Save the list as ${format.label}`,
        onclick: () => void save(format),
      },
      format.label,
    ),
  );
  byId('export').append(note, ...buttons);

  async function save(format: Format): Promise<void> {
    for (const button of buttons) button.disabled = true;
    try {
      const { parts, isAll } = await collect(format, (pages) => {
        note.textContent = `Page ${pages}…`;
      });
      download(parts, format);
      note.textContent = isAll
        ? 'Saved'
        : `Saved the newest, not all: querytrail query --all ${format.option} has no limit`;
    } catch (error) {
      note.textContent = `Not saved: ${error instanceof Error ? error.message : error}`;
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }
}

function download(parts: readonly string[], { accept, extension }: Format): void {
  const url = URL.createObjectURL(new Blob([...parts], { type: accept }));
  const day = new Date().toISOString().slice(0, 10);
  h('a', { href: url, download: `querytrail-${day}.${extension}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

async function collect(
  format: Format,
  onPage: (pages: number) => void,
): Promise<{ parts: string[]; isAll: boolean }> {
  const query = new URLSearchParams(toQuery(currentFilters()));
  query.set('limit', String(PAGE_SIZE));
  const parts: string[] = [];
  while (parts.length < MAX_PAGES) {
    const { text, cursor } = await askText(`/v1/events?${query}`, format.accept);
    const isLaterPage = parts.length > 0 && format.hasHeader;
    parts.push(isLaterPage ? text.slice(text.indexOf('\n') + 1) : text);
    onPage(parts.length);
    if (cursor === null) return { parts, isAll: true };
    query.set('cursor', cursor);
  }
  return { parts, isAll: false };
}
