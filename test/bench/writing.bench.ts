import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AuditEvent } from '../../src/event/audit-event';
import { startEmbeddedStore } from '../../src/local/embedded-store';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import type { EventStore } from '../../src/store/event-store';
import { itemWriteUnits, recoveryWriteUnits } from '../../src/store/write-units';
import { recoveredEvent } from '../store/events';
import { itemsOf, type Meter, meter } from './meter';
import { mix } from './store/mix';
import { table } from './table';

export const title = 'Writing';

const WRITTEN = 5_000;
/** Enough that names and hours repeat, as they do in a trail. */
const METERED = 50_000;
const EVENTS_PER_WRITE = 500;

export async function bench(): Promise<string> {
  return [await writing(), await units()].join('\n\n');
}

/** Into the embedded store on disk, in the pieces in which ingest writes. */
async function writing(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'querytrail-bench-'));
  const server = await startEmbeddedStore({ path: folder });
  const events = mix(WRITTEN);
  const first = await timed(() => putAll(createDynamoEventStore(server), events));
  const replay = await timed(() => putAll(createDynamoEventStore(server), events));
  await server.close();
  await rm(folder, { recursive: true });
  return table(
    ['embedded store on disk', 'events/s'],
    [
      [`first write of ${WRITTEN} events`, perSecond(WRITTEN, first)],
      ['replay of the same', perSecond(WRITTEN, replay)],
    ],
  );
}

/** By the documented sizing rules, of everything that is written, directory and notes included. */
async function units(): Promise<string> {
  const server = await startEmbeddedStore();
  const meter = measureWrites(server.client);
  const events = mix(METERED);
  await putAll(createDynamoEventStore(server), events);
  const first = meter.take();
  await putAll(createDynamoEventStore(server), events);
  const replay = meter.take();
  await server.close();

  const masked = events.filter((event) => event.statement?.unavailable === 'pending');
  const recovery = masked.map((event, at) =>
    recoveryWriteUnits(
      event,
      recoveredEvent(event, { outcome: at % 10 ? 'succeeded' : 'failed' }),
      {
        shards: 4,
      },
    ),
  );
  const tables = events.filter(({ tables }) => tables.length > 0).length / events.length;
  return table(
    ['write units per event', `mix with ${tables.toFixed(2)} tables an event`],
    [
      ['first write', (first / events.length).toFixed(2)],
      ['replay', (replay / events.length).toFixed(2)],
      ['recovery, besides table entries', mean(recovery).toFixed(2)],
    ],
  );
}

async function putAll(store: EventStore, events: readonly AuditEvent[]): Promise<void> {
  for (let at = 0; at < events.length; at += EVENTS_PER_WRITE) {
    await store.putEvents(events.slice(at, at + EVENTS_PER_WRITE));
  }
}

/** Adds up the write units of what a client puts, each item taken for new. */
function measureWrites(client: DynamoDBClient): Meter {
  return meter(client, (input) =>
    itemsOf(input).reduce((sum, item) => sum + itemWriteUnits(item), 0),
  );
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function perSecond(count: number, ms: number): string {
  return String(Math.round(count / (ms / 1000)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
