import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { readCoverage } from '../../src/store/coverage';
import { type EventStore, GROUPS } from '../../src/store/event-store';

/** What a store answers, by what it was asked. */
export type Contents = ReadonlyMap<string, string>;

/** Items that follow from the records alone: events, table entries, directory. */
const PURE_ITEMS = /^[ATD]#/;
/** What depends on when a file was processed, and therefore is no part of the truth. */
const TIMES_OF_PROCESSING: ReadonlySet<string> = new Set(['storedAt', 'lagMs', 'maxLagMs']);
const [FROM, TO] = ['2026-01-01T00:00:00Z', '2026-04-01T00:00:00Z'];
const PAGE = 500;

/** All that a store holds: its events item by item, the rest as the store's port answers it. */
export async function readContents(
  client: DynamoDBClient,
  tableName: string,
  store: EventStore,
): Promise<Contents> {
  const contents = new Map<string, string>();
  const add = (name: string, value: unknown) => contents.set(name, canonical(value));
  for await (const item of pureItems(client, tableName)) {
    add(`item ${item.pk?.S} ${item.sk?.S}`, item);
  }
  await addEvents(store, add);
  const days = { from: '2026-03-01T00:00:00Z', to: '2026-03-03T00:00:00Z' };
  for await (const file of store.listFiles(days)) {
    const { receipt, accountId, region, deliveredAt } = file;
    add(`file ${receipt?.key ?? `${accountId} ${region} ${deliveredAt}`}`, file);
  }
  add('coverage', (await readCoverage(store, days)).sources);
  const totals = await store.readTotals(FROM, TO, GROUPS);
  for (const [groupBy, hours] of totals.hours) {
    for (const { hour, groups } of hours) add(`totals ${groupBy} ${hour}`, groups);
  }
  return contents;
}

/** Events by hour and class, as the store counts them while hours are open. */
export async function readTotals(store: EventStore): Promise<Contents> {
  const { hours } = await store.readTotals(FROM, TO, ['class']);
  return new Map(
    [...hours.values()]
      .flat()
      .flatMap(({ hour, groups }) =>
        Object.entries(groups).map(([name, { count }]): [string, string] => [
          `counted ${hour} ${name}`,
          canonical(count),
        ]),
      ),
  );
}

/** A file that was taken in after its digests lacks their verdict "unlisted" until the next one. */
export function withoutUnlisted(contents: Contents): Contents {
  const isAboutFiles = /^(?:file|event) /;
  return new Map(
    [...contents].flatMap(([name, value]): [string, string][] => {
      if (name === 'coverage') return [];
      return [[name, isAboutFiles.test(name) ? value.replace('unlisted', 'unverified') : value]];
    }),
  );
}

/** What differs, the first is the truth. */
export function differencesOf(truth: Contents, found: Contents): string[] {
  const names = new Set([...truth.keys(), ...found.keys()]);
  return [...names]
    .filter((name) => truth.get(name) !== found.get(name))
    .map((name) => `${name}\n  truth: ${truth.get(name)}\n  found: ${found.get(name)}`);
}

async function* pureItems(client: DynamoDBClient, TableName: string) {
  let ExclusiveStartKey: Record<string, never> | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName, ExclusiveStartKey }));
    yield* (page.Items ?? []).filter(({ pk }) => PURE_ITEMS.test(pk?.S ?? ''));
    ExclusiveStartKey = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (ExclusiveStartKey);
}

async function addEvents(
  store: EventStore,
  add: (name: string, value: unknown) => void,
): Promise<void> {
  const counts = new Map<string, number>();
  let cursor: string | undefined;
  do {
    const page = await store.listEvents(
      { from: FROM, to: TO },
      { limit: PAGE, order: 'asc', cursor },
    );
    for (const event of page.events) {
      add(`event ${event.eventTime} ${event.eventId}`, event);
      const name = `counted ${event.eventTime.slice(0, 13)}:00:00Z ${event.class}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  for (const [name, count] of counts) add(name, count);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (name, member) => {
    if (TIMES_OF_PROCESSING.has(name)) return undefined;
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
