/** Bytes that come in pieces, taken in the sizes that the reader needs. */
export class ByteSource {
  private readonly iterator: AsyncIterator<Uint8Array>;
  /** Read, but not yet taken. */
  private readonly waiting: Uint8Array[] = [];
  private hasEnded = false;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.iterator = bytes[Symbol.asyncIterator]();
  }

  /** The next piece, however large; undefined at the end. */
  async read(): Promise<Uint8Array | undefined> {
    return this.waiting.shift() ?? this.pull();
  }

  /** Puts bytes back in front. */
  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.waiting.unshift(bytes);
  }

  /** The next `size` bytes; fewer at the end. */
  async take(size: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    let missing = size;
    while (missing > 0) {
      const piece = await this.read();
      if (!piece) break;
      pieces.push(piece.subarray(0, missing));
      this.unread(piece.subarray(missing));
      missing -= Math.min(piece.length, missing);
    }
    return join(pieces);
  }

  /** Everything up to the end where that is at most `maxSize` bytes; otherwise takes nothing. */
  async takeRest(maxSize: number): Promise<Buffer | undefined> {
    let size = this.waiting.reduce((sum, piece) => sum + piece.length, 0);
    while (size <= maxSize) {
      const piece = await this.pull();
      if (!piece) return join(this.waiting.splice(0));
      this.waiting.push(piece);
      size += piece.length;
    }
    return undefined;
  }

  /** Lets go of where the bytes come from. */
  async close(): Promise<void> {
    if (!this.hasEnded) await this.iterator.return?.();
  }

  private async pull(): Promise<Uint8Array | undefined> {
    while (!this.hasEnded) {
      const { done, value } = await this.iterator.next();
      if (done) this.hasEnded = true;
      else if (value.length > 0) return value;
    }
    return undefined;
  }
}

function join(pieces: readonly Uint8Array[]): Buffer {
  const [first] = pieces;
  return first && pieces.length === 1
    ? Buffer.from(first.buffer, first.byteOffset, first.length)
    : Buffer.concat(pieces);
}
