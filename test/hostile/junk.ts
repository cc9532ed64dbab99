import type { Random } from '../faults/random';

/** Texts that have broken somebody's parser, key, header or page before. */
const TEXTS: readonly string[] = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\udfff\ud800',
  '\u202e\u2066gnirts',
  '\ufeff',
  '😀'.repeat(40),
  'é'.repeat(600),
  '__proto__',
  'constructor',
  'toString',
  '***OMITTED***',
  '**(Redacted)',
  '#',
  'a#b#c',
  '%',
  '%2',
  '%c3%28',
  '%00',
  '../../../etc/passwd',
  "'; DROP TABLE events; --",
  '<script>alert(1)</script>',
  '=cmd|" /C calc"!A0',
  '\r\nSet-Cookie: a=b',
  '{"$gt":""}',
  '#{7*7}',
  'A'.repeat(1_100),
  'z'.repeat(70_000),
  '9'.repeat(400),
  '-0',
  '1e999',
  'NaN',
  'null',
  'undefined',
  'true',
  '0000-00-00T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '2026-02-30T00:00:00Z',
  '2026-03-02T10:01:07Z',
  '+275760-09-13T00:00:00Z',
  'SELECT',
  'SELECT * FROM "a"."b"',
  'arn:aws:iam::111122223333:user/x',
  'arn:aws:sts::111122223333:assumed-role//',
  'arn::::::',
  'athena.amazonaws.com',
  'cassandra.amazonaws.com.cn',
];

const NUMBERS: readonly number[] = [0, -0, 1, -1, 1e308, 5e-324, 2 ** 53, -(2 ** 31), 0.1, 1e21];
const NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'length',
  '',
  'eventSource',
  'arn',
  'a',
];

export function hostileText(random: Random): string {
  if (random.chance(0.7)) return random.pick(TEXTS);
  const length = random.below(60);
  const letters = Array.from({ length }, () => random.below(random.chance(0.1) ? 0x10000 : 128));
  return String.fromCharCode(...letters);
}

/** Any JSON value; sometimes deep, sometimes wide. */
export function hostileValue(random: Random, depth = 0): unknown {
  const kind = random.below(depth > 4 ? 5 : 9);
  if (kind < 3) return hostileText(random);
  if (kind === 3) return random.pick(NUMBERS);
  if (kind === 4) return random.pick([null, true, false]);
  if (kind === 5 && random.chance(0.05)) return nested(random.below(4_000));
  const length = depth === 0 && random.chance(0.02) ? 1_000 : random.below(4);
  if (kind < 7) return Array.from({ length }, () => hostileValue(random, depth + 2));
  const members = Array.from({ length }, (): [string, unknown] => [
    random.chance(0.5) ? random.pick(NAMES) : hostileText(random),
    hostileValue(random, depth + 1),
  ]);
  return Object.fromEntries(members);
}

/** Replaces some members of a value, at any depth, and adds some. */
export function spoil(value: unknown, random: Random, rate: number, depth = 0): unknown {
  if (random.chance(rate)) return hostileValue(random);
  if (depth > 30) return value;
  if (Array.isArray(value)) return value.map((element) => spoil(element, random, rate, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(() => !random.chance(rate / 2))
    .map(([name, member]): [string, unknown] => [name, spoil(member, random, rate, depth + 1)]);
  if (random.chance(rate)) members.push([random.pick(NAMES), hostileValue(random)]);
  return Object.fromEntries(members);
}

/** Flips, cuts, repeats and inserts bytes. */
export function damage(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Buffer.from(bytes);
  const at = random.below(copy.length + 1);
  switch (random.below(6)) {
    case 0:
      for (let flips = 1 + random.below(8); flips > 0; flips--) {
        copy[random.below(copy.length)] = random.below(256);
      }
      return copy;
    case 1:
      return copy.subarray(0, at);
    case 2:
      return copy.subarray(at);
    case 3:
      return Buffer.concat([copy, copy.subarray(at)]);
    case 4:
      return Buffer.concat([copy, Buffer.from(hostileText(random))]);
    default:
      return Buffer.concat([copy.subarray(0, at), randomBytes(random, 16), copy.subarray(at)]);
  }
}

export function randomBytes(random: Random, maxLength: number): Uint8Array {
  return Uint8Array.from({ length: random.below(maxLength + 1) }, () => random.below(256));
}

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { a: value };
  return value;
}
