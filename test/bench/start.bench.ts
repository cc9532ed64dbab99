import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { eventually, startServing } from '../integration/serving';

export const title = 'From `npm start` to an answer';

const listSchema = z.object({ events: z.array(z.unknown()) });

/** A first start in an empty folder: build, sample trail, store, reading, recovery, verification. */
export async function bench(): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'bench-start-'));
  const startedMs = performance.now();
  const seconds = () => ((performance.now() - startedMs) / 1_000).toFixed(1);
  const serving = await startServing(['npm', 'start', '--', '--port', '0', '--data', data]);
  try {
    const listening = seconds();
    await eventually(async () => {
      const { body } = await serving.get('/v1/events?limit=1');
      return listSchema.parse(body).events.length > 0;
    }, 'an event is answered');
    const answered = seconds();
    await serving.printed('watching for more');
    const read = seconds();
    const [, files, events] = /(\d+) files, (\d+) events/.exec(serving.output()) ?? [];
    return `A first start in an empty folder, build and making of the sample trail included: ${files} log files with ${events} events among eleven times as many records, each masked statement recovered from the recorded history.

| from \`npm start\` until | s | goal |
| --- | ---: | ---: |
| the address is printed | ${listening} | |
| \`GET /v1/events\` answers with events | ${answered} | ≤ 15 |
| the whole sample is stored and recovered | ${read} | |`;
  } finally {
    await serving.interrupt();
    await rm(data, { recursive: true, force: true });
  }
}
