import { startEmbeddedStore } from '../../src/local/embedded-store';
import { createRefusals } from '../../src/store/refusals';

const DAY_MS = 86_400_000;
const REFUSES = { hasRefused: true, hasAnswered: false };
const ANSWERS = { hasRefused: false, hasAnswered: true };
const BOTH = { hasRefused: true, hasAnswered: true };

let server: Awaited<ReturnType<typeof startEmbeddedStore>>;
let accounts = 0;

beforeAll(async () => {
  server = await startEmbeddedStore();
});

afterAll(() => server.close());

test.each([
  ['that was never set up, at its first query alone', [REFUSES, 1, REFUSES, 40, REFUSES], '1-0-0'],
  ['that was set up before', [ANSWERS, 1, REFUSES, 1, REFUSES], '0-1-0'],
  ['that was mended and broke again', [REFUSES, 1, ANSWERS, 7, REFUSES], '1-0-1'],
  ['that broke again within a week, as known', [REFUSES, 1, ANSWERS, 5, REFUSES], '1-0-0'],
  ['of which a workgroup stays closed, once', [BOTH, 6, BOTH, 6, BOTH, 6, BOTH], '1-0-0-0'],
  ['of which a workgroup is asked now and then', [REFUSES, 1, ANSWERS, 1, REFUSES], '1-0-0'],
  ['that broke twice', [REFUSES, 9, ANSWERS, 1, REFUSES, 9, ANSWERS, 1, REFUSES], '1-0-1-0-1'],
  ['that broke and was not mended', [REFUSES, 9, ANSWERS, 1, REFUSES, 9, REFUSES], '1-0-1-0'],
  ['that always answers, never', [ANSWERS, 1, ANSWERS], '0-0'],
])('tells of an account %s', async (_name, steps, expected) => {
  const accountId = `account-${accounts++}`;
  let now = Date.parse('2026-11-20T12:00:00Z');

  const told: number[] = [];
  for (const step of steps) {
    if (typeof step === 'number') now += step * DAY_MS;
    // Each time by another container.
    else
      told.push(Number(await createRefusals({ ...server, now: () => now }).note(accountId, step)));
  }

  expect(told.join('-')).toBe(expected);
});

test('an account that goes on to refuse is written about once an hour', async () => {
  let now = Date.parse('2026-11-20T12:00:00Z');
  let writes = 0;
  server.client.middlewareStack.add(
    (next, context) => (args) => {
      if (/Put|Write|Update/.test(context.commandName ?? '')) writes++;
      return next(args);
    },
    { step: 'initialize' },
  );
  const refusals = createRefusals({ ...server, now: () => now });

  for (let minute = 0; minute < 120; minute += 10) {
    await refusals.note('111122223333', REFUSES);
    now += 600_000;
  }

  expect(writes).toBe(2);
});
