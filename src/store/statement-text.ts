import { createHash } from 'node:crypto';
import { compress } from './compression';

/** What is kept of a statement's text. */
export interface KeptText {
  readonly text: string;
  /** Set when the text was cut: its full length in bytes and its SHA-256. */
  readonly cut?: { readonly sizeBytes: number; readonly sha256: string };
}

/** Most bytes that a text may take in an item, compressed. */
const MAX_COMPRESSED_BYTES = 64 * 1024;

/** The text, or its beginning where even compressed it is too long for an item. */
export function cutText(text: string): KeptText {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= MAX_COMPRESSED_BYTES) return { text };
  const beginning = longestThatFits(text);
  if (beginning === text) return { text };
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { text: beginning, cut: { sizeBytes, sha256 } };
}

/** Beginning of a text, within a few percent of the longest that fits. */
function longestThatFits(text: string): string {
  let length = text.length;
  for (;;) {
    const beginning = text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
    const compressedBytes = compress(beginning).length;
    if (compressedBytes <= MAX_COMPRESSED_BYTES) return beginning;
    length = Math.floor(length * Math.min(0.97, (MAX_COMPRESSED_BYTES / compressedBytes) * 0.99));
  }
}
