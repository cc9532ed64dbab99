import type { AuditEvent } from '../event/audit-event';
import type { EventStore } from '../store/event-store';

type PutEvents = EventStore['putEvents'];

export interface JointWrites {
  /** Waits for other files that are at work, and then writes the events of all of them at once. */
  readonly putEvents: PutEvents;
  /** Does the work of one file. Each that is at work ends, or comes to write. */
  whileAtWork<Result>(work: () => Promise<Result>): Promise<Result>;
}

interface Waiting {
  readonly events: readonly AuditEvent[];
  readonly written: PromiseWithResolvers<void>;
}

/** As many wait for no more: they take memory, and the places of files that could be read. */
const MAX_WAITING_FILES = 16;
const MAX_WAITING_EVENTS = 500;

/**
 * Lets files that are read side by side write their events together: most hold one event or none,
 * and each would make the same four or five calls of DynamoDB, which take up to 25 items each.
 *
 * A joint write that fails is repeated by each of its files for itself, so that one file's trouble
 * stays its own.
 */
export function createJointWrites(putEvents: PutEvents): JointWrites {
  let atWork = 0;
  let waiting: Waiting[] = [];

  function writeWhenAllWait(): void {
    const events = waiting.reduce((sum, file) => sum + file.events.length, 0);
    const isEnough = waiting.length >= MAX_WAITING_FILES || events >= MAX_WAITING_EVENTS;
    if (waiting.length < atWork && !isEnough) return;
    const files = waiting;
    waiting = [];
    if (files.length > 0) void writeTogether(files);
  }

  async function writeTogether(files: readonly Waiting[]): Promise<void> {
    try {
      await putEvents(files.flatMap(({ events }) => events));
      for (const { written } of files) written.resolve();
    } catch (error) {
      const [first, ...others] = files;
      if (others.length === 0) first?.written.reject(error);
      else for (const file of files) void writeTogether([file]);
    }
  }

  return {
    async putEvents(events) {
      const written = Promise.withResolvers<void>();
      waiting.push({ events, written });
      writeWhenAllWait();
      await written.promise;
    },
    async whileAtWork(work) {
      atWork++;
      try {
        return await work();
      } finally {
        atWork--;
        writeWhenAllWait();
      }
    },
  };
}
