import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDynamoEventStore } from '../../../src/store/dynamo-event-store';
import { TABLE } from '../../../src/store/names';
import { type DynamoServer, dynoxideBinary, startDynoxide } from '../../integration/dynamo-servers';
import { contents } from '../../store/contents';
import { writeData } from './loaded-dynoxide';
import { mix, RANGE } from './mix';

const testWithDynoxide = dynoxideBinary() === undefined ? test.skip : test;

testWithDynoxide(
  'a data file holds what putEvents writes, indexes and totals included',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'loaded-'));
    const events = mix(100_000, 0, 300);
    await writeData([events.slice(0, 200), events.slice(200)], join(folder, 'loaded'));
    const direct = await startDynoxide();
    const loaded = await startDynoxide(join(folder, 'loaded', 'data'));
    try {
      await createDynamoEventStore(direct).putEvents(events);

      for (const index of [undefined, ...TABLE.indexes.map(({ name }) => name)]) {
        expect(await withoutTotals(loaded, index)).toEqual(await withoutTotals(direct, index));
      }
      expect(await readTotals(loaded, { maxCounted: 0 })).toEqual(await readTotals(direct));
    } finally {
      await Promise.all([direct.close(), loaded.close()]);
      await rm(folder, { recursive: true });
    }
  },
  60_000,
);

async function withoutTotals(server: DynamoServer, index?: string): Promise<string[]> {
  return (await contents(server, index)).filter((item) => !item.includes('"pk":{"S":"S#'));
}

function readTotals(server: DynamoServer, options = {}) {
  return createDynamoEventStore({ ...server, ...options }).readTotals(RANGE.from, RANGE.to, [
    'table',
  ]);
}
