import type { FileList } from '../../api/routes/list-files';
import { toOneLine } from '../../safe-text';
import { formatTime } from './quantities';
import type { Column } from './table';

/** A log file that needs a look. */
type ListedFile = FileList['files'][number];

/** When, whose, what is wrong with it and why. */
export const FILE_COLUMNS: readonly Column<ListedFile>[] = [
  { title: 'delivered (UTC)', text: ({ deliveredAt }) => formatTime(deliveredAt), dispensable: 1 },
  { title: 'account', text: ({ accountId }) => toOneLine(accountId), dispensable: 3 },
  { title: 'region', text: ({ region }) => toOneLine(region), dispensable: 2 },
  {
    title: 'problem',
    text: ({ problems }) => problems.join(', '),
    format: () => 'red',
    minWidth: 11,
  },
  { title: 'why', text: describeReason, minWidth: 12 },
  { title: 'file', text: describeFile, minWidth: 12 },
];

/** Of records set aside the first, and how many there are. */
function describeReason({ reason, records, setAside = [] }: ListedFile): string {
  if (reason) return toOneLine(`${reason.message} (${reason.code})`);
  const [first] = setAside;
  if (!first) return '';
  const others = (records?.quarantined ?? 1) - 1;
  return toOneLine(
    `record ${first.index}: ${first.reason}${others > 0 ? ` (and ${others} more)` : ''}`,
  );
}

function describeFile({ key, count }: ListedFile): string {
  if (key !== undefined) return toOneLine(key);
  return `${count} ${count === 1 ? 'file' : 'files'} of this hour: querytrail verify names them`;
}
