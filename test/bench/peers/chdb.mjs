// Prints the Athena and Keyspaces records of a folder of log files with chDB, on one thread.
import { queryAsync } from 'chdb';

const [folder] = process.argv.slice(2);

const result = await queryAsync(
  `SELECT record
   FROM (
     SELECT arrayJoin(JSONExtractArrayRaw(json, 'Records')) AS record
     FROM file('${folder}/*.json.gz', JSONAsString, 'json String')
   )
   WHERE JSONExtractString(record, 'eventSource') IN
     ('athena.amazonaws.com', 'cassandra.amazonaws.com')
   SETTINGS max_threads = 1, input_format_allow_errors_num = 0`,
  { format: 'TSVRaw' },
);
process.stdout.write(result.text());
