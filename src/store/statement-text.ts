import { createHash } from 'node:crypto';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

/** What is stored of a statement's text: plain or compressed, whole or cut. */
export interface StoredText {
  readonly text?: string;
  readonly compressed?: Uint8Array;
  /** Set when the text was cut: its full length in bytes and its SHA-256. */
  readonly cut?: { readonly sizeBytes: number; readonly sha256: string };
}

/** Most bytes that a text may take in an item, compressed. */
const MAX_COMPRESSED_BYTES = 64 * 1024;

/** Below this, compressing costs more than it saves. */
const MIN_COMPRESSED_LENGTH = 128;

/** @param budgetBytes - what the item has left for the text before it costs a further write unit. */
export function storeText(
  text: string,
  budgetBytes: number,
  maxCompressedBytes: number = MAX_COMPRESSED_BYTES,
): StoredText {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= Math.max(budgetBytes, MIN_COMPRESSED_LENGTH)) return { text };
  const compressed = compress(text);
  if (compressed.length <= maxCompressedBytes) {
    return compressed.length < sizeBytes ? { compressed } : { text };
  }
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { compressed: longestThatFits(text, maxCompressedBytes), cut: { sizeBytes, sha256 } };
}

export function readText(stored: StoredText): string | undefined {
  if (!stored.compressed) return stored.text;
  return brotliDecompressSync(stored.compressed).toString();
}

function compress(text: string): Uint8Array {
  const bytes = brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: 5,
    },
  });
  return new Uint8Array(bytes);
}

/** Compressed beginning of a text, within a few percent of the longest that fits. */
function longestThatFits(text: string, maxBytes: number): Uint8Array {
  let length = text.length;
  for (;;) {
    const compressed = compress(text.slice(0, length).replace(/[\uD800-\uDBFF]$/, ''));
    if (compressed.length <= maxBytes) return compressed;
    length = Math.floor(length * Math.min(0.97, (maxBytes / compressed.length) * 0.99));
  }
}
