import type { LogFileLocation } from '../cloudtrail/log-files';
import { type Notification, parseNotification } from '../cloudtrail/notification';
import { parseObjectKey } from '../cloudtrail/object-key';
import { NotificationError } from '../errors';
import { type AddMetric, METRICS } from '../names';
import type { Receipt } from '../store/receipt';
import type { IngestFile, IngestResult } from './ingest-file';
import { parseResume, type ResumeRequest } from './intake-message';

/** Reasons of a quarantined file that a person has to act upon. */
const NEEDS_A_PERSON: ReadonlySet<string> = new Set(['log-file.access-denied']);

export interface IntakeDependencies {
  readonly ingestFile: IngestFile;
  /** Puts work on the intake queue: one message a file. */
  readonly sendToIntake: (requests: readonly ResumeRequest[]) => Promise<void>;
  /** Hands a digest to the integrity queue. Absent: digests are counted as not ours. */
  readonly sendDigest?: (location: LogFileLocation) => Promise<void>;
  /** Keeps a message for a person, with the reason that `redrive` groups by. */
  readonly sendToDeadLetters: (body: string, reason: string) => Promise<void>;
  readonly addMetric: AddMetric;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/**
 * Handles one message of the intake queue.
 * @returns the receipt of a file that is done, to be written before the message is acknowledged.
 */
export type HandleMessage = (
  body: string,
  isOutOfTime: () => boolean,
) => Promise<Receipt | undefined>;

/**
 * Makes the handler of intake messages: every notification shape, and our own requests to resume.
 *
 * A message that names several files becomes one message each, so that a file's trouble is retried
 * for that file alone. A message of no known shape goes to the dead letters at once.
 *
 * @throws UpstreamError when the message should be delivered again.
 */
export function createMessageHandler(dependencies: IntakeDependencies): HandleMessage {
  return async (body, isOutOfTime) => {
    const resume = parseResume(body);
    if (resume) return handleFile(resume, body, isOutOfTime, dependencies);

    const notification = readNotification(body);
    if (notification instanceof NotificationError) {
      dependencies.addMetric(METRICS.messagesRejected, 1);
      dependencies.log('message rejected', { code: notification.code });
      await dependencies.sendToDeadLetters(body, notification.code);
      return undefined;
    }
    const requests = notification.objects.map(({ bucket, key }) => ({
      location: { bucket, key },
      fromIndex: 0,
    }));
    const [first, ...others] = requests;
    if (first === undefined) return undefined;
    if (others.length > 0) {
      await dependencies.sendToIntake(requests);
      return undefined;
    }
    return handleFile(first, body, isOutOfTime, dependencies);
  };
}

function readNotification(body: string): Notification | NotificationError {
  try {
    return parseNotification(body);
  } catch (error) {
    if (error instanceof NotificationError) return error;
    throw error;
  }
}

async function handleFile(
  { location, fromIndex }: ResumeRequest,
  body: string,
  isOutOfTime: () => boolean,
  dependencies: IntakeDependencies,
): Promise<Receipt | undefined> {
  if (dependencies.sendDigest && parseObjectKey(location.key).kind === 'digest') {
    await dependencies.sendDigest(location);
    return undefined;
  }
  // What a run has no time to begin is left to another one.
  const result: IngestResult = isOutOfTime()
    ? { kind: 'unfinished', nextIndex: fromIndex }
    : await dependencies.ingestFile(location, { fromIndex, isOutOfTime });
  return finish(result, location, body, dependencies);
}

async function finish(
  result: IngestResult,
  location: LogFileLocation,
  body: string,
  { addMetric, log, sendToIntake, sendToDeadLetters }: IntakeDependencies,
): Promise<Receipt | undefined> {
  switch (result.kind) {
    case 'stored':
      return result.receipt;
    case 'not-ours':
      addMetric(METRICS.filesNotOurs, 1);
      return undefined;
    case 'unfinished':
      addMetric(METRICS.filesResumed, 1);
      await sendToIntake([{ location, fromIndex: result.nextIndex }]);
      return undefined;
    case 'quarantined': {
      const code = result.receipt.reason?.code ?? 'log-file';
      log('log file quarantined', { ...location, code });
      if (NEEDS_A_PERSON.has(code)) await sendToDeadLetters(body, code);
      return result.receipt;
    }
  }
}
