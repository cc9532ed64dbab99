import type { FileList } from '../src/api/routes/list-files';
import { ask } from './api';
import { h } from './dom';

type TroubledFile = FileList['files'][number];

type Problem = TroubledFile['problems'][number];

/** What the page calls them, in the order in which they are told. */
const PROBLEMS: Readonly<Record<Problem, string>> = {
  quarantined: 'unreadable',
  failed: 'altered',
  missing: 'missing',
  unlisted: 'unlisted',
};

/** The counts of trouble in words; empty where there is none. */
export function describeTrouble(counts: Readonly<Record<Problem, number>>): string {
  const problems = Object.keys(PROBLEMS) as Problem[];
  return problems
    .filter((problem) => counts[problem] > 0)
    .map((problem) => `${counts[problem]} ${PROBLEMS[problem]}`)
    .join(', ');
}

/** The files behind the counts of trouble, asked for when they are opened. */
export function troubledFiles(range: URLSearchParams): HTMLElement {
  const list = h('ul', {});
  const note = h('p', { class: 'note', role: 'status' });
  const more = h('button', { type: 'button', hidden: true, onclick: () => void load() }, 'More');
  let cursor: string | undefined;

  async function load(): Promise<void> {
    more.hidden = true;
    note.textContent = 'Loading …';
    const query = new URLSearchParams([...range, ...(cursor ? [['cursor', cursor]] : [])]);
    try {
      const page = await ask<FileList>(`/v1/coverage/files?${query}`);
      list.append(...page.files.map(fileRow));
      cursor = page.cursor;
      more.hidden = cursor === undefined;
      note.textContent = '';
    } catch (error) {
      more.hidden = false;
      note.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  const isEmpty = () => list.childElementCount === 0;
  return h(
    'details',
    { class: 'troubled', ontoggle: () => void (isEmpty() && load()) },
    h('summary', {}, 'Files that need a look'),
    list,
    note,
    more,
  );
}

function fileRow({ accountId, region, deliveredAt, ...file }: TroubledFile): HTMLElement {
  const { problems, count, key, reason, records, setAside = [] } = file;
  const unlisted = (records?.quarantined ?? 0) - setAside.length;
  return h(
    'li',
    {},
    h('span', { class: 'bad' }, problems.map((problem) => PROBLEMS[problem]).join(', ')),
    ` ${deliveredAt.replace('T', ' ').replace('Z', ' UTC')}, ${accountId} ${region}`,
    h(
      'div',
      { class: 'key' },
      key ??
        `${count} ${count === 1 ? 'file' : 'files'} of this hour: querytrail verify names them`,
    ),
    reason && h('div', { class: 'note' }, `${reason.message} (${reason.code})`),
    ...setAside.map((record) =>
      h('div', { class: 'note' }, `record ${record.index}: ${record.reason}`),
    ),
    unlisted > 0 && setAside.length > 0 && h('div', { class: 'note' }, `and ${unlisted} more`),
  );
}
