import { CATALOGUE, CDC, CHECKOUT, DEPLOY, INA } from './actors';
import type { Call } from './call';
import { type Region, SHOP } from './places';
import type { Random } from './random';

type Draft = Omit<Call, 'account' | 'region' | 'timeMs' | 'source'>;

interface Column {
  readonly keyspace: string;
  readonly table: string;
  readonly key: string;
  readonly columns: readonly [string, ...string[]];
}

const ORDERS = {
  keyspace: 'shop',
  table: 'orders_by_customer',
  key: 'customer_id',
  columns: ['customer_id', 'order_id', 'status', 'total'],
} as const satisfies Column;

const TABLES: readonly [Column, ...Column[]] = [
  ORDERS,
  { keyspace: 'shop', table: 'carts', key: 'cart_id', columns: ['cart_id', 'sku', 'quantity'] },
  {
    keyspace: 'shop',
    table: 'sessions',
    key: 'session_id',
    columns: ['session_id', 'customer_id', 'seen_at'],
  },
  { keyspace: 'catalogue', table: 'stock', key: 'sku', columns: ['sku', 'warehouse', 'on_hand'] },
];

/** What the shop's services read and write, values redacted as Keyspaces does. */
export function serviceCall(timeMs: number, region: Region, random: Random): Call {
  const table = random.pick(TABLES);
  const actor = table.keyspace === 'catalogue' ? CATALOGUE : CHECKOUT;
  const dice = random.fraction();
  const draft: Draft =
    region === 'us-east-1' || dice < 0.5
      ? select(table, random)
      : dice < 0.72
        ? {
            eventName: 'Insert',
            readOnly: false,
            actor,
            requestParameters: {
              ...names(table),
              primaryKeys: { [table.key]: redacted(random) },
              columnNames: table.columns,
              updateParameters: table.table === 'sessions' ? { TTL: '3**(Redacted)0' } : {},
            },
          }
        : dice < 0.92
          ? {
              eventName: 'Update',
              readOnly: false,
              actor,
              requestParameters: {
                ...names(table),
                primaryKeys: { [table.key]: redacted(random) },
                assignmentColumnNames: [table.columns[2]],
                conditions: [],
              },
            }
          : {
              eventName: 'Delete',
              readOnly: false,
              actor,
              requestParameters: {
                ...names(table),
                primaryKeys: { [table.key]: redacted(random) },
                conditions: [],
                deleteColumnNames: [],
                updateParameters: {},
              },
            };
  const isThrottled = random.chance(0.012);
  return keyspaces(
    timeMs,
    region,
    {
      ...draft,
      actor,
      ...(isThrottled && {
        error: { code: 'ThrottlingException', message: 'Table write capacity exceeded' },
      }),
    },
    table,
  );
}

/** Support looks for one customer's orders. */
export function supportCall(timeMs: number, random: Random): Call {
  return keyspaces(timeMs, 'eu-west-1', { ...select(ORDERS, random, true), actor: INA }, ORDERS);
}

/** Readers of the change stream. */
export function streamCall(timeMs: number, random: Random): Call {
  const stream = `${tableArn('eu-west-1', ORDERS)}/stream/2026-03-01T00:00:00.000`;
  const [eventName, parameters] = random.pick([
    ['GetRecords', { shardIterator: random.hex(48), maxResults: 100 }],
    ['GetRecords', { shardIterator: random.hex(48), maxResults: 100 }],
    [
      'GetShardIterator',
      { streamArn: stream, shardId: `shard-${random.integer(1, 4)}`, shardIteratorType: 'LATEST' },
    ],
    ['GetStream', { streamArn: stream }],
    ['ListStreams', { keyspaceName: 'shop', tableName: ORDERS.table }],
  ] as const);
  const isData = eventName === 'GetRecords' || eventName === 'GetShardIterator';
  return {
    ...place(timeMs, 'eu-west-1'),
    actor: CDC,
    eventName,
    readOnly: true,
    requestParameters: parameters,
    extra: {
      resources: [{ accountId: SHOP, type: 'AWS::Cassandra::Stream', ARN: stream }],
      ...(isData && DATA_EVENT),
    },
  };
}

/** An SDK's GetTable, which CloudTrail logs as a Select without parts. */
export function metadataCall(timeMs: number): Call {
  return {
    ...place(timeMs, 'eu-west-1'),
    actor: DEPLOY,
    eventName: 'Select',
    readOnly: true,
    requestParameters: { keyspaceName: 'shop', tableName: 'carts' },
    extra: DATA_EVENT,
  };
}

/** A release of the shop: its statements, in order. */
export function releaseCalls(timeMs: number, release: number): Call[] {
  const statements = RELEASES[release % RELEASES.length] ?? [];
  return statements.map(({ eventName, cql, keyspace, table, error, sdk }, index) => ({
    ...place(timeMs + index * 7_000, 'eu-west-1'),
    actor: sdk ? { ...DEPLOY, userAgent: 'aws-sdk-go-v2/1.36.0 lang/go#1.24 terraform' } : DEPLOY,
    eventName,
    readOnly: false,
    requestParameters: {
      rawQuery: cql,
      keyspaceName: keyspace,
      ...(table && { tableName: table }),
    },
    ...(error && { error }),
    extra: {
      apiVersion: '3.4.4',
      resources: [
        table
          ? {
              accountId: SHOP,
              type: 'AWS::Cassandra::Table',
              ARN: tableArn('eu-west-1', { keyspace, table }),
            }
          : {
              accountId: SHOP,
              type: 'AWS::Cassandra::Keyspace',
              ARN: `arn:aws:cassandra:eu-west-1:${SHOP}:/keyspace/${keyspace}/`,
            },
      ],
    },
  }));
}

const DATA_EVENT = { managementEvent: false, eventCategory: 'Data', apiVersion: '3.4.4' };

interface Ddl {
  readonly eventName: string;
  readonly cql: string;
  readonly keyspace: string;
  readonly table?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly sdk?: boolean;
}

const RELEASES: readonly (readonly Ddl[])[] = [
  [
    {
      eventName: 'CreateKeyspace',
      keyspace: 'loyalty',
      cql: "\n\tCREATE KEYSPACE \"loyalty\"\n\tWITH\n\t\tREPLICATION = {'class': 'SingleRegionStrategy'}\n\t\t",
      sdk: true,
    },
    {
      eventName: 'CreateUdt',
      keyspace: 'loyalty',
      cql: 'CREATE TYPE loyalty.reward (kind text, points int)',
    },
    {
      eventName: 'CreateTable',
      keyspace: 'loyalty',
      table: 'balances',
      cql: 'CREATE TABLE IF NOT EXISTS loyalty.balances (customer_id text, month date, points int, PRIMARY KEY (customer_id, month)) WITH CLUSTERING ORDER BY (month DESC)',
    },
  ],
  [
    {
      eventName: 'AlterTable',
      keyspace: 'shop',
      table: 'carts',
      cql: 'ALTER TABLE shop.carts ADD gift_note text',
    },
    {
      eventName: 'AlterTable',
      keyspace: 'shop',
      table: 'orders_by_customer',
      cql: "ALTER TABLE shop.orders_by_customer WITH CUSTOM_PROPERTIES = {'capacity_mode': {'throughput_mode': 'PAY_PER_REQUEST'}}",
    },
    {
      eventName: 'AlterTable',
      keyspace: 'shop',
      table: 'carts',
      cql: 'ALTER TABLE shop.carts ADD gift_note text',
      error: {
        code: 'InvalidRequest',
        message: 'Invalid column name gift_note because it conflicts with an existing column',
      },
    },
  ],
  [
    {
      eventName: 'AlterKeyspace',
      keyspace: 'shop',
      cql: "ALTER KEYSPACE shop WITH REPLICATION = {'class': 'NetworkTopologyStrategy', 'eu-west-1': 3, 'us-east-1': 3}",
      sdk: true,
    },
    {
      eventName: 'CreateTable',
      keyspace: 'shop',
      table: 'sessions_v2',
      cql: 'CREATE TABLE shop.sessions_v2 (session_id uuid PRIMARY KEY, customer_id text, seen_at timestamp) WITH default_time_to_live = 86400',
    },
  ],
  [
    {
      eventName: 'DropTable',
      keyspace: 'shop',
      table: 'sessions_v2',
      cql: 'DROP TABLE shop.sessions_v2',
    },
    {
      eventName: 'RestoreTable',
      keyspace: 'shop',
      table: 'carts_restored',
      cql: "RESTORE TABLE shop.carts_restored FROM TABLE shop.carts WITH restore_timestamp = '2026-03-01T04:00:00+0000'",
    },
    { eventName: 'DropUdt', keyspace: 'loyalty', cql: 'DROP TYPE loyalty.reward' },
    {
      eventName: 'DropKeyspace',
      keyspace: 'loyalty',
      cql: 'DROP KEYSPACE "loyalty"',
      error: {
        code: 'AccessDeniedException',
        message: 'User is not authorized to perform: cassandra:Drop on resource loyalty',
      },
    },
  ],
];

function select(table: Column, random: Random, allowFiltering = false): Draft {
  return {
    eventName: 'Select',
    readOnly: true,
    actor: CHECKOUT,
    requestParameters: {
      ...names(table),
      conditions: [`${table.key} = ${redacted(random)}`],
      select: table.columns,
      allowFiltering,
    },
  };
}

function keyspaces(timeMs: number, region: Region, draft: Draft, table: Column): Call {
  return {
    ...place(timeMs, region),
    ...draft,
    extra: {
      ...DATA_EVENT,
      resources: [{ accountId: SHOP, type: 'AWS::Cassandra::Table', ARN: tableArn(region, table) }],
    },
  };
}

function place(timeMs: number, region: Region) {
  return { timeMs, account: SHOP, region, source: 'cassandra' } as const;
}

function names(table: Column) {
  return { keyspaceName: table.keyspace, tableName: table.table };
}

function tableArn(
  region: Region,
  { keyspace, table }: { keyspace: string; table: string },
): string {
  return `arn:aws:cassandra:${region}:${SHOP}:/keyspace/${keyspace}/table/${table}`;
}

function redacted(random: Random): string {
  return random.chance(0.2) ? '**(Redacted)' : `'${random.hex(1)}**(Redacted)${random.hex(1)}'`;
}
