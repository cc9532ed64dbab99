import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { callService, partialAnswer } from './function-faults';
import type { Random } from './random';

export interface StoredObject {
  readonly body: Uint8Array;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * As much of S3 as the functions use. Within `runFunction` it is slow, breaks off, and ends bodies
 * early.
 *
 * @param isForbidden - objects that nobody may read for now.
 */
export function createFaultyS3(
  objects: ReadonlyMap<string, StoredObject>,
  isForbidden: (key: string) => boolean,
): S3Client {
  const find = (key: string): StoredObject => {
    const object = objects.get(key);
    if (!object) throw named('NoSuchKey');
    if (isForbidden(key)) throw named('AccessDenied');
    return object;
  };
  const send = (command: unknown) =>
    callService(async () => {
      if (command instanceof ListObjectsV2Command) {
        const { Prefix = '', StartAfter = '' } = command.input;
        const keys = [...objects.keys()].filter(
          (key) => key.startsWith(Prefix) && key > StartAfter,
        );
        return { Contents: keys.sort().map((Key) => ({ Key })) };
      }
      if (!(command instanceof GetObjectCommand)) throw new Error('nothing else is asked of S3');
      const { body, metadata } = find(command.input.Key ?? '');
      const Body = readBody(body, partialAnswer());
      return { Body, ContentLength: body.length, Metadata: metadata };
    }, trouble);
  // The functions need nothing of the client but `send`; paginators ask for its class.
  return Object.assign(Object.create(S3Client.prototype), { send });
}

async function* readBody(body: Uint8Array, random: Random | undefined): AsyncIterable<Uint8Array> {
  const middle = Math.floor(body.length / 2);
  yield body.subarray(0, middle);
  if (random?.chance(0.3)) throw named('ECONNRESET');
  if (random?.chance(0.3)) return;
  yield body.subarray(middle);
}

function trouble(random: Random): Error {
  return named(random.pick(['SlowDown', 'InternalError', 'ServiceUnavailable', 'TimeoutError']));
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
