import { h } from './dom';

/** Longest text that is shown in colour; the rest follows plainly. */
const MAX_COLOURED = 20_000;

const TOKEN =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<text>'(?:[^']|'')*(?:'|$))|(?<name>"(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$))|(?<number>\b\d+(?:\.\d+)?\b)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<redacted>\*\*\(Redacted\))/gu;

const KEYWORDS = new Set(
  `add all alter analyze and array as asc between by case cast columns create cross current custom
  custom_properties data database databases date deallocate delete desc describe distinct drop else
  end execute exists explain external filter filtering allow first format from full group having if
  in inner insert interval into is join key keyspace last left like limit location materialized
  matched merge msck not null offset on optimize or order outer over partition partitioned
  partitions prepare primary recursive rename repair replace replication restore rewrite right row
  schema select set show stored table tables tblproperties then timestamp to ttl type union unload
  unnest update use using vacuum values view views when where with bin_pack clustering token`.split(
    /\s+/,
  ),
);

/** The statement on one line, for the list. */
export function oneLine(statement: string, maxLength: number): string {
  const line = statement
    .slice(0, maxLength * 3)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}

/** The statement in colour. Every piece of it becomes a text node. */
export function highlight(statement: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const coloured = statement.slice(0, MAX_COLOURED);
  let end = 0;
  for (const match of coloured.matchAll(TOKEN)) {
    const kind = kindOf(match);
    if (kind === undefined) continue;
    fragment.append(coloured.slice(end, match.index), h('span', { class: `t-${kind}` }, match[0]));
    end = match.index + match[0].length;
  }
  fragment.append(statement.slice(end));
  return fragment;
}

function kindOf({ groups = {} }: RegExpMatchArray): string | undefined {
  if (groups.word !== undefined) {
    return KEYWORDS.has(groups.word.toLowerCase()) ? 'keyword' : undefined;
  }
  return Object.keys(groups).find((kind) => groups[kind] !== undefined);
}
