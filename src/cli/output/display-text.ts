/** Made when it is first needed: that takes longer than many a command. */
let segmenter: Intl.Segmenter | undefined;
/** Two cells wide in a terminal: East Asian scripts, full-width forms, emoji. */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;

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
