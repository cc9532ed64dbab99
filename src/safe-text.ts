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
