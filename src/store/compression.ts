import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

/** brotli: smaller than deflate, and part of Node. */
export function compress(text: string): Uint8Array {
  const bytes = brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: 5,
    },
  });
  return new Uint8Array(bytes);
}

export function decompress(bytes: Uint8Array): string {
  return brotliDecompressSync(bytes).toString();
}
