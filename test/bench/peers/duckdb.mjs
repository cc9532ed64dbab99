// Prints the Athena and Keyspaces records of a folder of log files with DuckDB, on one thread.
import { DuckDBInstance } from '@duckdb/node-api';

const [folder] = process.argv.slice(2);

const database = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await database.connect();
const reader = await connection.runAndReadAll(
  `SELECT record
   FROM (
     SELECT unnest(Records) AS record
     FROM read_json('${folder}/*.json.gz', columns = {Records: 'JSON[]'},
       maximum_object_size = 600000000)
   )
   WHERE record ->> 'eventSource' IN ('athena.amazonaws.com', 'cassandra.amazonaws.com')`,
);
for (const [record] of reader.getRows()) process.stdout.write(`${record}\n`);
