import fc from 'fast-check';
import * as z from 'zod';
import { type AuditEvent, auditEventSchema } from '../../src/event/audit-event';
import { ATTRIBUTES, SPECIAL } from '../../src/store/attributes';
import { fromItem, toItem } from '../../src/store/event-item';
import { itemSize } from '../../src/store/item-size';
import { eventWriteUnits, itemWriteUnits, recoveryWriteUnits } from '../../src/store/write-units';
import { anyEvent, keyspacesEvent, maskedAthenaEvent, recoveredEvent } from './events';

const settings = { shards: 4 };

/** Kept by keys, or in a form of its own. */
const NOT_MAPPED = [
  'eventId',
  'eventTime',
  'eventName',
  'accountId',
  'class',
  'statement.text',
  'tables',
  'resources',
  'evidence.integrity',
];

test('every field of an event has a place in its item', () => {
  const mapped = Object.keys(ATTRIBUTES);

  expect([...mapped, ...NOT_MAPPED].sort()).toEqual(leaves(auditEventSchema).sort());
});

test('no two fields share a place', () => {
  const names = [
    ...Object.values(ATTRIBUTES),
    ...Object.values(SPECIAL),
    'pk',
    'sk',
    'i',
    'c',
    'p',
    'f',
  ];

  expect(new Set(names).size).toBe(names.length);
});

test('any event comes back as it went in', () => {
  fc.assert(
    fc.property(fc.oneof(anyEvent, wildEvent), (event) => {
      expect(fromItem(toItem(event, settings))).toEqual(event);
    }),
  );
});

test('an ordinary event takes one write unit, and little storage', () => {
  const events = [keyspacesEvent(), maskedAthenaEvent(), recoveredEvent(maskedAthenaEvent())];

  const sizes = events.map((event) => itemSize(toItem(event, settings)));

  for (const size of sizes) expect(size).toBeLessThanOrEqual(1024);
});

test('writing an event with its indexes and table entry stays in the budget', () => {
  const mix = fc.sample(anyEvent, { numRuns: 500, seed: 3 });
  const perEvent = (events: readonly AuditEvent[]) =>
    events.reduce((sum, event) => sum + eventWriteUnits(event, settings), 0) / events.length;

  expect(eventWriteUnits(maskedAthenaEvent(), settings)).toBe(4);
  expect(eventWriteUnits(keyspacesEvent(), settings)).toBe(5);
  expect(eventWriteUnits(keyspacesEvent({ outcome: 'failed' }), settings)).toBe(6);
  expect(
    perEvent(mix.filter((event) => event.tables.length === 0 && !event.database)),
  ).toBeLessThan(5);
});

test('recovering an event takes at most five write units besides table entries', () => {
  const before = maskedAthenaEvent();

  expect(recoveryWriteUnits(before, recoveredEvent(before), settings)).toBeLessThanOrEqual(4);
  expect(
    recoveryWriteUnits(before, recoveredEvent(before, { outcome: 'failed' }), settings),
  ).toBeLessThanOrEqual(5);
});

test('an item within one kilobyte takes one write unit, one byte more takes two', () => {
  const rest = itemSize({ pk: 'p', sk: 's', x: '' });

  expect(itemWriteUnits({ pk: 'p', sk: 's', x: 'y'.repeat(1024 - rest) })).toBe(1);
  expect(itemWriteUnits({ pk: 'p', sk: 's', x: 'y'.repeat(1025 - rest) })).toBe(2);
});

test('a long statement is compressed, and comes back whole', () => {
  const text = `INSERT INTO shop.orders VALUES ${"(1, 'böse'), ".repeat(2_000)}(2, '🦊')`;
  const event = keyspacesEvent({ statement: { text, source: 'outline' } });

  const item = toItem(event, settings);

  expect(itemSize(item)).toBeLessThan(1_500);
  expect(fromItem(item)).toEqual(event);
});

test('a statement that stays long even so is cut, with its length and hash kept', () => {
  const text =
    fc.sample(fc.string({ minLength: 200_000, maxLength: 200_000 }), { numRuns: 1, seed: 5 })[0] ??
    '';
  const event = keyspacesEvent({ statement: { text, source: 'outline' } });

  const back = fromItem(toItem(event, settings)).statement;

  expect(text.startsWith(back?.text ?? 'no')).toBe(true);
  expect(back?.text?.length).toBeGreaterThan(60_000);
  expect(back).toMatchObject({ truncated: true, sizeBytes: 200_000, sha256: expect.any(String) });
});

test('fields of absurd size are cut and named, and never exceed what an item holds', () => {
  const huge = 'é'.repeat(500_000);
  const name = huge.slice(0, 3_000);
  const event = keyspacesEvent({
    eventId: huge,
    eventName: huge,
    accountId: huge,
    userAgent: huge,
    columns: Array.from({ length: 5_000 }, (_, at) => `column_${at}`),
    tables: Array.from({ length: 3_000 }, (_, at) => ({
      name: `db.${name}${at}`,
      access: 'write',
    })),
    resources: [{ uri: huge }],
    statement: {
      text: huge + 'x'.repeat(400_000),
      unavailable: 'pending',
    },
    error: { code: huge, message: huge, stage: 'call' },
    principal: { arn: huge, name: huge, roleArn: huge, sessionName: huge },
  });

  const item = toItem(event, settings);
  const back = fromItem(item);

  expect(itemSize(item)).toBeLessThan(400 * 1024);
  expect(back.shortened).toEqual(
    expect.arrayContaining([
      'eventId',
      'userAgent',
      'columns',
      'tables',
      'resources',
      'error.message',
      'principal.arn',
    ]),
  );
  expect(huge.startsWith(back.userAgent ?? 'no')).toBe(true);
});

/** Every field present, with odd but lawful values. */
const wildEvent: fc.Arbitrary<AuditEvent> = fc
  .record({
    word: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
      .map((word) => word.toWellFormed()),
    number: fc.integer({ min: 0 }),
    role: fc.constantFrom(
      undefined,
      'arn:aws:iam::111122223333:role/a/b/C',
      'no arn at all',
      'x'.repeat(250),
    ),
    arn: fc.constantFrom(undefined, 'arn:aws:sts::111122223333:assumed-role/C/s#1', 'other'),
    session: fc.constantFrom(undefined, 's#1'),
    time: fc.constantFrom(
      '2026-11-20T10:15:30.100Z',
      '2026-11-20T10:15:30Z',
      '2026-11-20T10:15:30.5Z',
    ),
  })
  .map(({ word, number, role, arn, session, time }) =>
    keyspacesEvent({
      eventId: `i${word}`,
      eventTime: time,
      eventName: word,
      accountId: word,
      region: word,
      columns: [word, 'a'],
      catalog: word,
      workgroup: word,
      flags: ['destructive'],
      references: { namedQueryId: word, sessionId: word },
      resources: [{ type: word }, { uri: word, access: 'write' }, {}],
      tables: [{ name: word, access: 'write' }],
      error: { code: word, message: word, stage: 'execution' },
      statement: {
        text: word,
        truncated: true,
        sizeBytes: number,
        sha256: word,
        fingerprint: word,
        redacted: false,
      },
      scannedBytes: number,
      durationMs: number,
      costUsd: number / 1e9,
      execution: { state: word, dpuCount: number / 7, reusedResult: true, submittedAt: time },
      principal: { roleArn: role, arn, sessionName: session, name: word, mfa: true },
    }),
  );

function leaves(schema: z.ZodType, path = ''): string[] {
  let inner = schema;
  while (inner instanceof z.ZodOptional) inner = inner.unwrap() as z.ZodType;
  if (!(inner instanceof z.ZodObject)) return [path];
  return Object.entries(inner.shape).flatMap(([name, member]) =>
    leaves(member as z.ZodType, path ? `${path}.${name}` : name),
  );
}
