import type { Random } from './random';

/** A statement that somebody runs, with what Athena's own history says about it. */
export interface AthenaStatement {
  readonly sql: (day: string, random: Random) => string;
  readonly type: 'DML' | 'DDL' | 'UTILITY';
  readonly subtype: string;
  readonly database: string;
  readonly workgroup: string;
  /** Megabytes scanned, from and to; absent where nothing is scanned. */
  readonly scannedMb?: readonly [number, number];
  readonly weight?: number;
}

type Statements = readonly [AthenaStatement, ...AthenaStatement[]];
type Rest = Partial<Pick<AthenaStatement, 'scannedMb' | 'weight'>>;

const REGIONS = ['EMEA', 'APAC', 'AMER'] as const;
const CHANNELS = ['newsletter', 'search', 'social', 'affiliate'] as const;

export const DASHBOARD_STATEMENTS: Statements = [
  select(
    'sales',
    'dashboards',
    [40, 900],
    4,
    (day) =>
      `SELECT region, sum(revenue) AS revenue, sum(orders) AS orders FROM sales.daily_revenue WHERE day = DATE '${day}' GROUP BY region ORDER BY revenue DESC`,
  ),
  select(
    'sales',
    'dashboards',
    [120, 2400],
    3,
    (day) =>
      `SELECT date_trunc('hour', o.ordered_at) AS hour, count(*) AS orders, approx_percentile(o.total, 0.5) AS median_total
FROM sales.orders_enriched o
WHERE o.day BETWEEN DATE '${day}' - INTERVAL '7' DAY AND DATE '${day}'
GROUP BY 1 ORDER BY 1`,
  ),
  select(
    'shop',
    'dashboards',
    [15, 300],
    3,
    (day) =>
      `SELECT p.category, count(DISTINCT i.order_id) AS orders FROM shop.order_items i JOIN shop.products p ON p.sku = i.sku WHERE i.day = '${day}' GROUP BY p.category`,
  ),
  select(
    'marketing',
    'dashboards',
    [300, 5200],
    2,
    (day, random) =>
      `WITH clicks AS (SELECT campaign_id, count(*) AS clicks FROM marketing.clicks WHERE day = '${day}' AND channel = '${random.pick(CHANNELS)}' GROUP BY campaign_id)
SELECT c.name, k.clicks FROM clicks k JOIN marketing.campaigns c ON c.id = k.campaign_id ORDER BY k.clicks DESC LIMIT 20`,
  ),
];

export const ANALYST_STATEMENTS: Statements = [
  select(
    'sales',
    'analysts',
    [200, 9000],
    6,
    (day, random) =>
      `SELECT customer_id, sum(total) AS total FROM sales.orders_enriched WHERE day >= DATE '${day}' - INTERVAL '30' DAY AND region = '${random.pick(REGIONS)}' GROUP BY customer_id HAVING sum(total) > ${random.integer(2, 20) * 100} ORDER BY total DESC LIMIT 100`,
  ),
  select(
    'shop',
    'analysts',
    [100, 4000],
    5,
    (day, random) =>
      `SELECT * FROM shop.orders WHERE day = '${day}' AND order_id = 'o-${random.integer(100000, 999999)}'`,
  ),
  select(
    'shop',
    'analysts',
    [60, 2000],
    4,
    (day) =>
      `-- returns by product
SELECT p.name, count(*) AS returned
FROM shop.orders o
JOIN shop.order_items i ON i.order_id = o.order_id
JOIN shop.products p ON p.sku = i.sku
WHERE o.status = 'returned' AND o.day >= '${day}'
GROUP BY p.name
ORDER BY returned DESC`,
  ),
  select(
    'marketing',
    'analysts',
    [800, 26000],
    4,
    (day, random) =>
      `SELECT c.channel, count(DISTINCT k.visitor_id) AS visitors, sum(o.total) AS revenue FROM marketing.clicks k JOIN marketing.campaigns c ON c.id = k.campaign_id LEFT JOIN sales.orders_enriched o ON o.visitor_id = k.visitor_id WHERE k.day = '${day}' AND c.channel <> '${random.pick(CHANNELS)}' GROUP BY c.channel`,
  ),
  select(
    'sales',
    'analysts',
    [20, 600],
    3,
    (day) =>
      `SELECT "$path", count(*) FROM sales.daily_revenue WHERE day = DATE '${day}' GROUP BY 1`,
  ),
  statement(
    'DML',
    'EXPLAIN',
    'sales',
    'analysts',
    { weight: 1 },
    (day) => `EXPLAIN SELECT count(*) FROM sales.orders_enriched WHERE day > DATE '${day}'`,
  ),
  statement(
    'DML',
    'UNLOAD',
    'sales',
    'analysts',
    { scannedMb: [900, 12000], weight: 1 },
    (day) =>
      `UNLOAD (SELECT customer_id, region, total FROM sales.orders_enriched WHERE day = DATE '${day}') TO 's3://sample-analyst-exports/orders/${day}/' WITH (format = 'PARQUET', compression = 'SNAPPY')`,
  ),
  statement(
    'DDL',
    'CREATE_TABLE_AS_SELECT',
    'sandbox',
    'analysts',
    { scannedMb: [400, 8000], weight: 1 },
    (day, random) =>
      `CREATE TABLE sandbox.basket_${random.hex(6)} WITH (format = 'PARQUET') AS SELECT order_id, array_agg(sku) AS skus FROM shop.order_items WHERE day = '${day}' GROUP BY order_id`,
  ),
  statement(
    'DDL',
    'CREATE_VIEW',
    'sandbox',
    'analysts',
    { weight: 1 },
    () =>
      'CREATE OR REPLACE VIEW sandbox.big_orders AS SELECT * FROM shop.orders WHERE total > 500',
  ),
  statement(
    'DDL',
    'DROP_TABLE',
    'sandbox',
    'analysts',
    { weight: 1 },
    (_day, random) => `DROP TABLE IF EXISTS sandbox.basket_${random.hex(6)}`,
  ),
  statement(
    'UTILITY',
    'SHOW_TABLES',
    'shop',
    'analysts',
    { weight: 2 },
    () => 'SHOW TABLES IN shop',
  ),
  statement(
    'UTILITY',
    'DESCRIBE_TABLE',
    'marketing',
    'analysts',
    { weight: 2 },
    () => 'DESCRIBE marketing.clicks',
  ),
  statement(
    'UTILITY',
    'SHOW_CREATE_TABLE',
    'sales',
    'analysts',
    { weight: 1 },
    () => 'SHOW CREATE TABLE sales.orders_enriched',
  ),
  statement(
    'UTILITY',
    'EXECUTE',
    'shop',
    'analysts',
    { scannedMb: [60, 800], weight: 2 },
    (_day, random) => `EXECUTE orders_of_customer USING 'c-${random.integer(1000, 9999)}'`,
  ),
];

/** One night of dbt, in its order. */
export const TRANSFORM_STATEMENTS: Statements = [
  statement('UTILITY', 'SHOW_TABLES', 'sales', 'etl', {}, () => "SHOW TABLES IN sales '*'"),
  statement(
    'DDL',
    'DROP_TABLE',
    'sales',
    'etl',
    {},
    () => '/* dbt */ DROP TABLE IF EXISTS `sales`.`daily_revenue__tmp`',
  ),
  statement(
    'DDL',
    'CREATE_TABLE_AS_SELECT',
    'sales',
    'etl',
    { scannedMb: [4000, 9000] },
    (day) =>
      `/* {"app": "dbt", "node_id": "model.shop.daily_revenue"} */
create table "awsdatacatalog"."sales"."daily_revenue__tmp"
with (table_type = 'hive', format = 'parquet', partitioned_by = ARRAY['day'])
as
  select region, sum(total) as revenue, count(*) as orders, day
  from "awsdatacatalog"."sales"."orders_enriched"
  where day = date '${day}'
  group by region, day`,
  ),
  statement(
    'DML',
    'DELETE',
    'sales',
    'etl',
    { scannedMb: [10, 200] },
    (day) => `delete from sales.daily_revenue where day = date '${day}'`,
  ),
  statement(
    'DML',
    'INSERT',
    'sales',
    'etl',
    { scannedMb: [20, 400] },
    () =>
      'insert into sales.daily_revenue (region, revenue, orders, day) select region, revenue, orders, day from sales.daily_revenue__tmp',
  ),
  statement(
    'DML',
    'MERGE',
    'sales',
    'etl',
    { scannedMb: [2000, 7000] },
    (day) =>
      `MERGE INTO sales.orders_enriched t USING (SELECT * FROM shop.orders WHERE day = '${day}') s ON t.order_id = s.order_id
WHEN MATCHED THEN UPDATE SET status = s.status, total = s.total
WHEN NOT MATCHED THEN INSERT (order_id, customer_id, status, total) VALUES (s.order_id, s.customer_id, s.status, s.total)`,
  ),
  statement(
    'DML',
    'UPDATE',
    'sales',
    'etl',
    { scannedMb: [100, 900] },
    (day) =>
      `UPDATE sales.orders_enriched SET region = 'EMEA' WHERE region = 'EU' AND day = DATE '${day}'`,
  ),
  statement(
    'DDL',
    'OPTIMIZE',
    'sales',
    'etl',
    { scannedMb: [3000, 16000] },
    (day) =>
      `OPTIMIZE sales.orders_enriched REWRITE DATA USING BIN_PACK WHERE day >= DATE '${day}' - INTERVAL '1' DAY`,
  ),
  statement('DML', 'VACUUM_TABLE', 'sales', 'etl', {}, () => 'VACUUM sales.orders_enriched'),
  statement(
    'DDL',
    'DROP_TABLE',
    'sales',
    'etl',
    {},
    () => 'DROP TABLE `sales`.`daily_revenue__tmp`',
  ),
  statement(
    'DDL',
    'CREATE_VIEW',
    'sales',
    'etl',
    {},
    () =>
      'create or replace view "sales"."revenue_by_region" as select region, sum(revenue) as revenue from "sales"."daily_revenue" group by region',
  ),
  statement(
    'UTILITY',
    'SHOW_PARTITIONS',
    'sales',
    'etl',
    {},
    () => 'SHOW PARTITIONS sales.daily_revenue',
  ),
];

/** What the loaders do each hour. */
export const LOADER_STATEMENTS: Statements = [
  statement(
    'DDL',
    'ALTER_TABLE_ADD_PARTITION',
    'shop',
    'etl',
    { weight: 2 },
    (day, random) =>
      `ALTER TABLE shop.orders ADD IF NOT EXISTS PARTITION (day='${day}', hour=${random.integer(0, 23)}) LOCATION 's3://sample-shop-events/orders/day=${day}/'`,
  ),
  statement(
    'DML',
    'INSERT',
    'shop',
    'etl',
    { scannedMb: [30, 600], weight: 3 },
    (day) =>
      `INSERT INTO shop.orders SELECT order_id, customer_id, status, total, '${day}' AS day FROM shop.orders_landing WHERE arrived = DATE '${day}'`,
  ),
  statement(
    'DDL',
    'MSCK_REPAIR',
    'shop',
    'etl',
    { weight: 1 },
    () => 'MSCK REPAIR TABLE shop.order_items',
  ),
];

export const MARKETING_STATEMENTS: Statements = [
  statement(
    'DML',
    'INSERT',
    'marketing',
    'marketing',
    { scannedMb: [500, 2600], weight: 4 },
    (day) =>
      `INSERT INTO marketing.clicks SELECT visitor_id, campaign_id, channel, clicked_at, day FROM marketing.clicks_raw WHERE day = '${day}'`,
  ),
  statement(
    'DDL',
    'ALTER_TABLE_ADD_PARTITION',
    'marketing',
    'marketing',
    { weight: 2 },
    (day) => `ALTER TABLE marketing.clicks_raw ADD IF NOT EXISTS PARTITION (day='${day}')`,
  ),
  select(
    'marketing',
    'marketing',
    [90, 1500],
    3,
    (day) =>
      `SELECT campaign_id, count(*) FROM marketing.clicks WHERE day = '${day}' GROUP BY campaign_id`,
  ),
];

export const AUDIT_STATEMENTS: Statements = [
  select(
    'audit',
    'audit',
    [2000, 48000],
    4,
    (day) =>
      `SELECT useridentity.arn, eventname, count(*) FROM audit.cloudtrail_logs WHERE day = '${day}' AND errorcode IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC`,
  ),
  select(
    'audit',
    'audit',
    [10, 80],
    3,
    () =>
      'SELECT reviewer, account, reviewed_at FROM audit.access_reviews ORDER BY reviewed_at DESC LIMIT 50',
  ),
  statement(
    'DDL',
    'ALTER_TABLE_ADD_PARTITION',
    'audit',
    'audit',
    { weight: 2 },
    (day) => `ALTER TABLE audit.cloudtrail_logs ADD IF NOT EXISTS PARTITION (day='${day}')`,
  ),
  statement('UTILITY', 'SHOW_DATABASES', 'audit', 'audit', { weight: 1 }, () => 'SHOW DATABASES'),
];

/** An evening with a stolen access key, in its order. */
export const INTRUDER_STATEMENTS: Statements = [
  statement('UTILITY', 'SHOW_DATABASES', 'default', 'primary', {}, () => 'SHOW DATABASES'),
  statement('UTILITY', 'SHOW_TABLES', 'shop', 'primary', {}, () => 'SHOW TABLES IN shop'),
  statement('UTILITY', 'DESCRIBE_TABLE', 'shop', 'primary', {}, () => 'DESCRIBE shop.customers'),
  select('shop', 'primary', [18, 18], 1, () => 'SELECT * FROM shop.customers LIMIT 10'),
  select(
    'shop',
    'primary',
    [61000, 61000],
    1,
    () => 'SELECT customer_id, email, phone, street, city FROM shop.customers',
  ),
  statement(
    'DML',
    'UNLOAD',
    'shop',
    'primary',
    { scannedMb: [61000, 61000] },
    () =>
      "UNLOAD (SELECT * FROM shop.customers) TO 's3://sample-unknown-bucket-7731/c/' WITH (format = 'TEXTFILE', field_delimiter = ',')",
  ),
  select(
    'marketing',
    'primary',
    [1400, 1400],
    1,
    () => 'SELECT email FROM marketing.newsletter WHERE opted_in',
  ),
  statement('DDL', 'DROP_TABLE', 'sandbox', 'primary', {}, () => 'DROP TABLE sandbox.export_log'),
];

/** A name that a careless page would run, and a careless spreadsheet too. */
export const HOSTILE_STATEMENT: AthenaStatement = select(
  'shop',
  'analysts',
  [10, 10],
  1,
  () =>
    `SELECT '<img src=x onerror="document.title=1"><script>alert(1)</script>' AS "=HYPERLINK(""x"")" FROM shop.products WHERE name = '\u202Egnp.exe'`,
);

function select(
  database: string,
  workgroup: string,
  scannedMb: readonly [number, number],
  weight: number,
  sql: AthenaStatement['sql'],
): AthenaStatement {
  return statement('DML', 'SELECT', database, workgroup, { scannedMb, weight }, sql);
}

function statement(
  type: AthenaStatement['type'],
  subtype: string,
  database: string,
  workgroup: string,
  rest: Rest,
  sql: AthenaStatement['sql'],
): AthenaStatement {
  return { type, subtype, database, workgroup, sql, ...rest };
}
