import fc from 'fast-check';

/** JSON as it may be written: members may repeat, and their order counts. */
type Json =
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null }
  | { readonly kind: 'array'; readonly items: readonly Json[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Json])[] };

const SOURCES = [
  'athena.amazonaws.com',
  'cassandra.amazonaws.com',
  'cassandra.amazonaws.com.cn',
  'athena.amazonaws.com.evil',
  'athena',
  'ATHENA.amazonaws.com',
  's3.amazonaws.com',
  'cassandra.',
];
const NAMES = [
  'eventSource',
  'eventName',
  'userAgent',
  'eventsource',
  'EventSource',
  'Records',
  '',
];
const TEXTS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  '\\"',
  '}]}',
  '},{',
  '","eventSource":"athena.amazonaws.com',
  '{"eventSource":"athena.amazonaws.com"}',
  'é😀\u0000\u001f\u2028',
  '\ud800',
];

const text = fc.oneof(
  fc.constantFrom(...TEXTS, ...SOURCES, ...NAMES),
  fc.string({ unit: 'binary', maxLength: 90 }),
);
const name = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...NAMES) }, text);
const scalar = fc
  .oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null))
  .map((value): Json => ({ kind: 'scalar', value }));

const { value, object } = fc.letrec<{ value: Json; object: Json; array: Json }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, tie('object'), tie('array')),
  array: fc.array(tie('value'), { maxLength: 4 }).map((items): Json => ({ kind: 'array', items })),
  object: fc
    .array(fc.tuple(name, tie('value')), { maxLength: 6 })
    .map((members): Json => ({ kind: 'object', members })),
}));

const record = fc
  .tuple(
    fc.array(fc.tuple(name, value), { maxLength: 5 }),
    fc.array(fc.constantFrom(...SOURCES), { maxLength: 2 }),
    fc.array(fc.tuple(name, value), { maxLength: 5 }),
  )
  .map(
    ([before, sources, after]): Json => ({
      kind: 'object',
      members: [
        ...before,
        ...sources.map((source) => ['eventSource', { kind: 'scalar', value: source }] as const),
        ...after,
      ],
    }),
  );

const records = fc
  .array(fc.oneof({ weight: 9, arbitrary: record }, value), { maxLength: 8 })
  .map((items): Json => ({ kind: 'array', items }));

const logFile = records.map((items): Json => ({ kind: 'object', members: [['Records', items]] }));

const oddity = fc
  .array(
    fc.oneof(
      fc.tuple(fc.constant('Records'), records),
      fc.tuple(fc.constant('Records'), value),
      fc.tuple(name, value),
    ),
    { maxLength: 4 },
  )
  .map((members): Json => ({ kind: 'object', members }));

/** Documents in every spelling that JSON allows: most of them log files, hostile ones among them. */
export const documents: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: logFile },
      { weight: 3, arbitrary: oddity },
      { weight: 1, arbitrary: fc.oneof(object, value) },
    ),
    fc.constantFrom(0, 0, 0.05, 0.5),
    fc.constantFrom(0, 0, 0.02, 0.5),
    fc.integer(),
  )
  .map(([json, spaces, escapes, seed]) => write(json, { spaces, escapes, random: mulberry(seed) }));

interface Spelling {
  /** How often white space stands where it may, and how often a character is escaped. */
  readonly spaces: number;
  readonly escapes: number;
  readonly random: () => number;
}

function write(json: Json, spelling: Spelling): string {
  const space = () =>
    spelling.random() < spelling.spaces
      ? (['', ' ', '\n', '\t', '\r\n  ', ' '.repeat(70)][Math.floor(spelling.random() * 6)] ?? '')
      : '';
  const list = (open: string, parts: readonly string[], close: string) =>
    [open, space(), parts.join(`${space()},${space()}`), space(), close].join('');

  const inner = () => {
    if (json.kind === 'array')
      return list(
        '[',
        json.items.map((item) => write(item, spelling)),
        ']',
      );
    if (json.kind === 'object') {
      const members = json.members.map(
        ([key, item]) => `${writeText(key, spelling)}${space()}:${space()}${write(item, spelling)}`,
      );
      return list('{', members, '}');
    }
    return typeof json.value === 'string'
      ? writeText(json.value, spelling)
      : JSON.stringify(json.value);
  };
  return space() + inner() + space();
}

function writeText(value: string, { escapes, random }: Spelling): string {
  if (escapes === 0) return JSON.stringify(value);
  const units = value.split('').map((unit) => {
    if (random() >= escapes) return JSON.stringify(unit).slice(1, -1);
    if (unit === '/') return '\\/';
    const hex = unit.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${random() < 0.5 ? hex : hex.toUpperCase()}`;
  });
  return `"${units.join('')}"`;
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
