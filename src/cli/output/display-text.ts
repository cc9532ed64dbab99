/** Made when it is first needed: that takes longer than many a command. */
let segmenter: Intl.Segmenter | undefined;
/** Two cells wide in a terminal: East Asian scripts, full-width forms, emoji. */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;
/** Control characters drive a terminal, and direction marks reorder what is read. */
const UNSAFE = /[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/** One line that is safe to show: white space is folded, control characters become `�`. */
export function toOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(UNSAFE, '\uFFFD');
}

/** Several lines that are safe to show. */
export function toSafeLines(text: string): string[] {
  return text
    .replaceAll('\t', '  ')
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd().replace(UNSAFE, '\uFFFD'));
}

/** Cells that the text takes in a terminal. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7E]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += segmentWidth(segment);
  return width;
}

/** Cuts the text to `width` cells, with `…` where something is missing. */
export function fitText(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let fitted = '';
  let used = 1;
  for (const { segment } of graphemes(text)) {
    used += segmentWidth(segment);
    if (used > width) break;
    fitted += segment;
  }
  return `${fitted}…`;
}

function segmentWidth(segment: string): number {
  return WIDE.test(segment) ? 2 : 1;
}

function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
}
