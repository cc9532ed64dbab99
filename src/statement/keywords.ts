const SLOTS = 2048;

const words: string[] = Array.from({ length: SLOTS }, () => '');
const hashes = new Int32Array(SLOTS);

/** Makes words, parted by spaces, known as keywords. Called while the tables load. */
export function addKeywords(keywords: string): void {
  for (const keyword of keywords.split(/\s+/)) {
    const hash = hashOf(keyword);
    let slot = hash & (SLOTS - 1);
    while (words[slot] !== '' && words[slot] !== keyword) slot = (slot + 1) & (SLOTS - 1);
    words[slot] = keyword;
    hashes[slot] = hash;
  }
}

/**
 * The keyword that `text` holds between `start` and `end`, in upper case, or ''. `hash` is the
 * one the tokenizer worked out on its way: no string is cut for a word that is no keyword.
 */
export function lookUpKeyword(text: string, start: number, end: number, hash: number): string {
  for (let slot = hash & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
    const word = words[slot] ?? '';
    if (word === '' || (hashes[slot] === hash && matches(word, text, start, end))) return word;
  }
}

function matches(word: string, text: string, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let at = 0; at < word.length; at += 1) {
    if ((word.charCodeAt(at) | 32) !== (text.charCodeAt(start + at) | 32)) return false;
  }
  return true;
}

function hashOf(keyword: string): number {
  let hash = 0;
  for (const char of keyword) hash = (Math.imul(hash, 31) + (char.charCodeAt(0) | 32)) | 0;
  return hash;
}
