import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { SPECIAL } from './attributes';
import type { StoredItem } from './dynamo-calls';
import { type Item, itemSize } from './item-size';
import { INDEXES, TABLE } from './names';

/** One write unit, less what the marker of recovery takes that is set beside the event. */
const ITEM_BUDGET_BYTES = 1024 - 4;

/** What DynamoDB itself reads: keys, and what indexes carry and filters look at. */
const READ_BY_DYNAMODB: ReadonlySet<string> = new Set([
  TABLE.partitionKey,
  TABLE.sortKey,
  TABLE.ttl,
  ...TABLE.indexes.flatMap(({ partitionKey, includes }) => [partitionKey, ...includes]),
]);

/**
 * What packed attributes often hold, so that even a short one refers back to it. Stored items
 * depend on every letter: another dictionary needs another attribute.
 */
const DICTIONARY = [
  'SELECT DISTINCT count(*) sum( min( max( avg( CAST( AS varchar double bigint timestamp DATE ',
  'FROM INNER JOIN LEFT JOIN ON WHERE BETWEEN AND OR NOT IN ( IS NOT NULL LIKE ',
  'CASE WHEN THEN ELSE END OVER (PARTITION BY GROUP BY HAVING ORDER BY DESC LIMIT UNION ALL WITH ',
  "COALESCE( substr( date_trunc('day', current_date - interval '7' day from_unixtime( UNNEST( ",
  'INSERT INTO VALUES MERGE INTO USING WHEN MATCHED THEN UPDATE SET DELETE FROM UNLOAD ( TO ',
  'CREATE EXTERNAL TABLE IF NOT EXISTS DROP TABLE IF EXISTS ALTER TABLE ADD PARTITION VIEW ',
  "TBLPROPERTIES ('format'='parquet', STORED AS PARQUET LOCATION 's3://amazonaws.com/data/year=",
  'Cannot be resolved TABLE_NOT_FOUND: line 1:15: Table COLUMN_NOT_FOUND: SYNTAX_ERROR: line 1:8: ',
  'Column mismatched input. Expecting: does not exist. Insufficient permissions. Access Denied',
  '. This query ran against the database, unless qualified by the query. ',
  'Please post the error message on our forum or contact customer support with Query Id: ',
  'Query exhausted resources at this scale factor. is not authorized to perform: on resource: ',
  '"}],"rs":[{"t":"AWS::Cassandra::Table","a":"arn:aws:cassandra:us-east-1::/keyspace//table/',
  '"s3://aws-athena-query-results--us-east-1/Unsaved/2026/.csv.metadata.txt","w","x","a","r":"',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/ Safari/ ',
  'Boto3/1.35 md/Botocore#1.35 ua/2.0 os/linux#6.1 md/arch#x86_64 lang/python#3.12 md/pyimpl#CPython ',
  'cfg/retry-mode#legacy aws-cli/2.17 md/awscrt# aws-sdk-java/2.25 Linux OpenJDK_64-Bit_Server_VM/ ',
  'DataStax Java driver for Apache Cassandra athena.amazonaws.com cassandra.amazonaws.com ',
  '{"ev":"1.11","rq":"","pt":"AssumedRole","pa":true,"pc":"","pr":true,"ps":"","pm":false,"ua":"',
  '","tl":"TLSv1.3","ss":"athena","sf":"","cv":"1","cb":"text","fl":["bulkExport"],"co":["id","name"',
  '],"ca":"awsdatacatalog","db":"","q":"","ec":"ATHENA_ERROR_","em":true,"es":"execution","du":',
  ',"xs":"SUCCEEDED","xs":"FAILED","xr":"","xc":2,"xt":1006,"xy":"DML","xu":"SELECT","xa":"',
  '","xo":"","xq":100,"xp":200,"xe":1000,"xv":"Athena engine version 3","xl":"s3://","xd":false',
  ',"eb":"aws-cloudtrail-logs-","ek":"AWSLogs/o-/CloudTrail/us-east-1/2026/01/01/_CloudTrail_',
  '_2026T00Z_.json.gz","ei":0,"st":"',
].join('');

/**
 * The item within one write unit if that can be: where it is larger, all attributes that DynamoDB
 * need not read are deflated together, since a statement, its error and its places repeat each
 * other, and the keys.
 */
export function packItem(item: Item): Item {
  const sizeBytes = itemSize(item);
  if (sizeBytes <= ITEM_BUDGET_BYTES) return item;
  const attributes = Object.entries(item);
  const read = Object.fromEntries(attributes.filter(([name]) => READ_BY_DYNAMODB.has(name)));
  const others = Object.fromEntries(attributes.filter(([name]) => !READ_BY_DYNAMODB.has(name)));
  const packed = deflateRawSync(JSON.stringify(others), {
    level: constants.Z_BEST_COMPRESSION,
    dictionary: dictionaryFor(read),
  });
  const packedItem = { ...read, [SPECIAL.packed]: new Uint8Array(packed) };
  return itemSize(packedItem) < sizeBytes ? packedItem : item;
}

/** The item as it was before `packItem`. */
export function unpackItem(item: StoredItem): StoredItem {
  const { [SPECIAL.packed]: packed, ...read } = item;
  if (!(packed instanceof Uint8Array)) return item;
  const others = inflateRawSync(packed, { dictionary: dictionaryFor(read) }).toString();
  return { ...read, ...JSON.parse(others) };
}

function dictionaryFor(item: StoredItem): Buffer {
  const keys = [TABLE.partitionKey, TABLE.sortKey, INDEXES.byPrincipal.partitionKey];
  return Buffer.from(DICTIONARY + keys.map((name) => item[name] ?? '').join(' '));
}
