import { type EmbeddedStore, startEmbeddedStore } from '../../src/local/embedded-store';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import { type EventStore, GROUPS, type GroupBy } from '../../src/store/event-store';
import { meter } from '../bench/meter';
import { keyspacesEvent } from './events';

const [FROM, TO] = ['2026-10-20T00:00:00Z', '2026-11-21T00:00:00Z'];
const MONTHS = 2;
const OPEN_HOURS = 3;
const SHARDS = 4;
/** The list of open hours, and that of months. */
const LOOK_UPS = 2;

let server: EmbeddedStore;
let store: EventStore;
beforeEach(async () => {
  server = await startEmbeddedStore();
  store = createDynamoEventStore(server);
  await store.putEvents([
    keyspacesEvent({ eventId: 'older', eventTime: '2026-10-25T10:00:00Z' }),
    ...[1, 5].map((hour) =>
      keyspacesEvent({ eventId: `event-${hour}`, eventTime: `2026-11-20T0${hour}:30:00Z` }),
    ),
  ]);
});
afterEach(() => server.close());

test.each<[number, readonly GroupBy[]]>([
  [1, ['class']],
  [GROUPS.length, GROUPS],
])('counts open hours once for %i kinds of groups', async (kinds, groupBy) => {
  let queries = 0;
  meter(server.client, (input) => {
    if ('KeyConditionExpression' in input) queries++;
    return 0;
  });

  const { hours } = await store.readTotals(FROM, TO, groupBy);

  expect([...hours.keys()]).toEqual(groupBy);
  expect(hours.get('class')).toHaveLength(OPEN_HOURS);
  expect(queries).toBe(LOOK_UPS + kinds * MONTHS + OPEN_HOURS * SHARDS);
});
