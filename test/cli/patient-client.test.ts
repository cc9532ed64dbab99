import * as z from 'zod';
import { type ApiClient, ApiError, NoAnswerError } from '../../src/cli/api-client';
import { createPatientClient } from '../../src/cli/patient-client';
import { captureIo } from './capture-io';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const busy = (retryAfter?: string) => new ApiError(503, 'The store is busy', retryAfter);
const noAnswer = (reason: string) => new NoAnswerError('https://api', reason, undefined);

/** Asks once of an API that first fails in these ways. */
async function ask(failures: readonly Error[], random = 0) {
  const waits: number[] = [];
  const io = captureIo({ sleep: async (ms) => waits.push(ms) });
  const left = [...failures];
  const answer = async () => {
    const failure = left.shift();
    if (failure) throw failure;
    return new Uint8Array();
  };
  const client: ApiClient = {
    get: async (_path, _query, schema) => schema.parse(await answer()),
    getBytes: answer,
    [Symbol.asyncDispose]: async () => {},
  };
  const patient = createPatientClient(client, { ...io, clock: () => NOW, random: () => random });
  const outcome = await patient.get('/v1/events', {}, z.unknown()).catch((error: Error) => error);
  return { outcome, waits, patient, left, err: io.stderr.text() };
}

test('waits longer each time, up to a minute, and not at the same time as others', async () => {
  const failures = Array.from({ length: 9 }, () => busy());

  const soonest = await ask(failures, 0);
  const latest = await ask(failures, 1);

  expect(soonest.waits.map((ms) => ms / 500)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  expect(latest.waits).toEqual(soonest.waits.map((ms) => ms * 2));
});

test.each([
  ['7', 7_000],
  ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
  ['0', 500],
  ['Fri, 20 Nov 2026 11:00:00 GMT', 500],
  ['soon', 500],
  ['86400', 900_000],
])('waits as Retry-After: %s asks, within reason', async (retryAfter, expected) => {
  expect((await ask([busy(retryAfter)])).waits).toEqual([expected]);
});

test('tells once what it waits for, in one safe line', async () => {
  const { err } = await ask([new ApiError(503, 'busy\n\u001b[2J'), busy(), noAnswer('ECONNRESET')]);

  expect(err.split('\n')).toEqual([
    'querytrail: waiting for the API to answer again: busy \uFFFD[2J',
    'querytrail: the API answers again',
    '',
  ]);
});

test.each(['ECONNRESET', 'ETIMEDOUT', 'EAI_AGAIN', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT'])(
  'waits where %s came in place of an answer',
  async (reason) => {
    expect((await ask([noAnswer(reason)])).waits).toHaveLength(1);
  },
);

test.each([
  ['refused credentials', new ApiError(403, 'no')],
  ['a wrong parameter', new ApiError(400, 'no')],
  ['a form that it does not know', new ApiError(200, 'no')],
  ['no credentials', noAnswer('Could not load credentials from any providers')],
  ['a certificate of somebody else', noAnswer('ERR_TLS_CERT_ALTNAME_INVALID')],
  ['an address at which nobody is', noAnswer('ENOTFOUND')],
  ['a port at which nobody is', noAnswer('ECONNREFUSED')],
])('throws %s as it comes', async (_, error) => {
  expect(await ask([error])).toMatchObject({ outcome: error, waits: [], err: '' });
});

test('waits for an API that has answered before and is not there now', async () => {
  const { patient, left, waits } = await ask([]);
  left.push(noAnswer('ECONNREFUSED'), noAnswer('ENOTFOUND'));

  await patient.getBytes('/v1/events', {});

  expect(waits).toEqual([500, 1000]);
});
