import { ByteSource } from '../cloudtrail/byte-source';
import { inflateGzip } from '../cloudtrail/gzip';

/**
 * Reads the content of a compressed file, which is what CloudTrail hashes and signs.
 *
 * @param onBytes - gets it piece by piece; a piece is valid until it returns.
 * @throws LogFileError for anything but one complete gzip member and nothing behind it.
 */
export async function readInflated(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  onBytes: (bytes: Uint8Array) => void,
): Promise<void> {
  const source = new ByteSource(body);
  try {
    await inflateGzip(source, maxBytes, onBytes);
  } finally {
    await source.close();
  }
}
