/**
 * Finds the ends of adjacent records in a log file's inflated bytes, 64 bytes a step, and flags
 * those that may be Athena's or Keyspaces'. AssemblyScript: `npm run build:wasm` compiles it to
 * WebAssembly with SIMD.
 *
 * The host puts bytes into the memory and calls `scanRecords`. What a block of 64 bytes holds is
 * kept as masks, one bit a byte, the lowest bit being the first byte.
 */

const BLOCK: i32 = 64;

// Loaded from memory, these stay in registers; as constants they would be made anew at each use,
// which costs a quarter of the speed.
const QUOTE: usize = memory.data<u8>([0x22]);
const BACKSLASH: usize = memory.data<u8>([0x5c]);
const OPEN: usize = memory.data<u8>([0x7b]);
const CLOSE: usize = memory.data<u8>([0x7d]);
const Z: usize = memory.data<u8>([0x7a]);
/** Bit 5 is all that tells { from [ and } from ]: with it set, one comparison finds both. */
const FOLD: usize = memory.data<u8>([0x20]);

/** The record goes on beyond the bytes at hand: add more and call again. */
const PARTIAL: i32 = 0;
/** The record at `recordStart` up to `position` may be ours: only a JSON parser can tell. */
const FLAGGED: i32 = 1;
/** After a record comes something else than the next record: the host looks at it. */
const GAP: i32 = 2;

/** Where the host's bytes may start. */
export const windowStart: usize = __heap_base;
/** Records passed. */
export let count: i32 = 0;
/** First byte of the record at hand. */
export let recordStart: i32 = 0;
/** Next byte to look at; after FLAGGED and GAP the one behind the record. */
export let position: i32 = 0;

// What is known at `position` about the record at hand. Depth 0: no record is open.
let depth: i32 = 0;
let flagged: bool = false;
let insideString: u64 = 0; // all bits set inside a string
let escapeAtStart: u64 = 0; // 1: the last block ended with a backslash that escapes
let lastQuotes: u64 = 0; // quote mask of the last block

/** Forgets everything, for the next file. */
export function reset(): void {
  count = 0;
  depth = 0;
}

/** The host moved the bytes down by `distance`. */
export function rebase(distance: i32): void {
  recordStart -= distance;
  position -= distance;
}

/**
 * Scans from a record's `{` at `from`, or on from where PARTIAL ended, through the records that
 * follow it with nothing but a comma between them. 64 bytes behind `end` must be readable.
 */
export function scanRecords(from: i32, end: i32): i32 {
  if (depth == 0) openRecord(from);
  while (closeRecord(end)) {
    count++;
    if (flagged) return FLAGGED;
    const isNext = position + 1 < end && load<u16>(position) == 0x7b2c; // ,{
    if (!isNext) return GAP;
    openRecord(position + 1);
  }
  return PARTIAL;
}

function openRecord(at: i32): void {
  recordStart = at;
  position = at + 1;
  depth = 1;
  flagged = false;
  insideString = 0;
  escapeAtStart = 0;
  lastQuotes = 0;
}

/** Moves behind the record's closing bracket; false when it is not among the bytes at hand. */
function closeRecord(end: i32): bool {
  const quote = v128.load_splat<u8>(QUOTE);
  const backslash = v128.load_splat<u8>(BACKSLASH);
  const fold = v128.load_splat<u8>(FOLD);
  const z = v128.load_splat<u8>(Z);
  const open = v128.load_splat<u8>(OPEN);
  const close = v128.load_splat<u8>(CLOSE);

  // In locals while it lasts: a global costs a memory access.
  let at = position;
  let level = depth;
  let inside = insideString;
  let quotesBefore = lastQuotes;

  while (at < end) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const isWhole = at + BLOCK <= end;
    const valid: u64 = isWhole ? ~0 : ((<u64>1) << (end - at)) - 1;

    let quotes = bytesEqual(a, b, c, d, quote) & valid;
    let escapeAtEnd: u64 = 0;
    if (hasBackslash(a, b, c, d, backslash) || escapeAtStart != 0) {
      const backslashes = bytesEqual(a, b, c, d, backslash) & valid;
      const escaped = escapedBytes(backslashes, escapeAtStart);
      escapeAtEnd = (backslashes & ~escaped) >> 63;
      quotes &= ~escaped;
      // A name or value spelled with \u may be any.
      if ((escaped & bytesEqual(a, b, c, d, i8x16.splat(0x75))) != 0) flagged = true;
    }

    // The name eventSource has 11 letters: its quotes are 12 bytes apart.
    let names = quotes & ((quotes << 12) | (quotesBefore >> 52));
    while (names != 0) {
      if (namesOurSource(at + <i32>ctz(names), end)) flagged = true;
      names &= names - 1;
    }

    const fa = v128.or(a, fold);
    const fb = v128.or(b, fold);
    const fc = v128.or(c, fold);
    const fd = v128.or(d, fold);
    if (mayHoldBracket(fa, fb, fc, fd, z)) {
      const outside = ~(prefixXor(quotes) ^ inside) & valid;
      const opening = bytesEqual(fa, fb, fc, fd, open) & outside;
      const closing = bytesEqual(fa, fb, fc, fd, close) & outside;
      if (<i32>popcnt(closing) >= level) {
        const length = lengthToClose(opening, closing, level);
        if (length > 0) {
          position = at + length;
          depth = 0;
          return true;
        }
      }
      if (isWhole) level += <i32>popcnt(opening) - <i32>popcnt(closing);
    }
    if (!isWhole) break; // It is looked at again when there is more of it.

    if ((popcnt(quotes) & 1) != 0) inside = ~inside;
    quotesBefore = quotes;
    escapeAtStart = escapeAtEnd;
    at += BLOCK;
  }

  position = at;
  depth = level;
  insideString = inside;
  lastQuotes = quotesBefore;
  return false;
}

/** Bytes of the block up to the bracket that brings the depth to 0; 0 where none does. */
function lengthToClose(opening: u64, closing: u64, level: i32): i32 {
  let brackets = opening | closing;
  while (brackets != 0) {
    const bit = brackets & (0 - brackets);
    level += (opening & bit) != 0 ? 1 : -1;
    if (level == 0) return <i32>ctz(bit) + 1;
    brackets ^= bit;
  }
  return 0;
}

/** Of bytes with bit 5 set: brackets are among the few that are greater than z. */
// @ts-ignore: decorator
@inline
function mayHoldBracket(a: v128, b: v128, c: v128, d: v128, z: v128): bool {
  return v128.any_true(
    v128.or(
      v128.or(i8x16.gt_s(a, z), i8x16.gt_s(b, z)),
      v128.or(i8x16.gt_s(c, z), i8x16.gt_s(d, z)),
    ),
  );
}

// @ts-ignore: decorator
@inline
function hasBackslash(a: v128, b: v128, c: v128, d: v128, backslash: v128): bool {
  return v128.any_true(
    v128.or(
      v128.or(i8x16.eq(a, backslash), i8x16.eq(b, backslash)),
      v128.or(i8x16.eq(c, backslash), i8x16.eq(d, backslash)),
    ),
  );
}

/** Where the byte stands in the block. */
// @ts-ignore: decorator
@inline
function bytesEqual(a: v128, b: v128, c: v128, d: v128, wanted: v128): u64 {
  return (
    (<u64>(<u32>i8x16.bitmask(i8x16.eq(a, wanted)))) |
    ((<u64>(<u32>i8x16.bitmask(i8x16.eq(b, wanted)))) << 16) |
    ((<u64>(<u32>i8x16.bitmask(i8x16.eq(c, wanted)))) << 32) |
    ((<u64>(<u32>i8x16.bitmask(i8x16.eq(d, wanted)))) << 48)
  );
}

/** Each bit becomes the parity of the bits up to it: set from an opening quote to its closing one. */
// @ts-ignore: decorator
@inline
function prefixXor(mask: u64): u64 {
  mask ^= mask << 1;
  mask ^= mask << 2;
  mask ^= mask << 4;
  mask ^= mask << 8;
  mask ^= mask << 16;
  mask ^= mask << 32;
  return mask;
}

/** The bytes that a backslash escapes; an escaped backslash escapes nothing. */
function escapedBytes(backslashes: u64, first: u64): u64 {
  let escaped = first;
  let left = backslashes & ~first;
  while (left != 0) {
    const bit = left & (0 - left);
    const next = bit << 1;
    escaped |= next;
    left &= ~(bit | next);
  }
  return escaped;
}

/**
 * Whether the string that closes at `quote` is the name `eventSource` with a value of ours. Where
 * the bytes at hand end too early, the answer is yes.
 */
function namesOurSource(quote: i32, end: i32): bool {
  // eventSou, urce
  if (load<u64>(quote - 11) != 0x756f53746e657665 || load<u32>(quote - 4) != 0x65637275) {
    return false;
  }
  let at = afterSpace(quote + 1, end);
  if (at < end && load<u8>(at) != 0x3a) return false;
  at = afterSpace(at + 1, end);
  if (at + 11 > end) return true;
  const start = load<u64>(at);
  if (start == 0x2e616e6568746122) return true; // "athena.
  return start == 0x646e617373616322 && load<u16>(at + 8) == 0x6172; // "cassand, ra
}

function afterSpace(at: i32, end: i32): i32 {
  while (at < end) {
    const byte = load<u8>(at);
    if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) break;
    at++;
  }
  return at;
}
