import { readLogFile } from '../cloudtrail/log-file';
import type { LogFileLocation, LogFiles } from '../cloudtrail/log-files';
import { QuerytrailError } from '../errors';
import { buildAuditEvent } from '../event/build-event';
import { eventWriteUnits } from '../store/write-units';
import { type Cost, costOf } from './prices';

/** How much there is in a byte of gzip. */
export interface Density {
  readonly eventsPerByte: number;
  readonly writeUnitsPerEvent: number;
  /** Files that this was measured on; 0: assumed. */
  readonly sampledFiles: number;
}

export interface Amount {
  readonly files: number;
  /** Of gzip. */
  readonly sizeBytes: number;
}

export interface Estimate extends Amount {
  readonly events: number;
  readonly writeUnits: number;
  readonly usd: number;
  readonly hours: number;
}

/** An ordinary trail: records of 1.84 KB, deflated to a tenth, one in a hundred kept. */
export const ORDINARY: Density = {
  eventsPerByte: 0.01 / 184,
  writeUnitsPerEvent: 4.7,
  sampledFiles: 0,
};

const SHARDS = 4;
/** A batch of the ingest function: as many as it takes, since a backfill keeps the queue full. */
const FILES_PER_BATCH = 100;
/** Messages are sent, received and deleted by ten. */
const QUEUE_REQUESTS_PER_FILE = 3 / 10;
/** The receipt: in the mixed order of a backfill hardly two files of a batch are of one hour. */
const WRITE_UNITS_PER_FILE = 1;
/** The first event of a file is looked for before anything is written, and then its digests. */
const READ_UNITS_PER_FILE = 0.5 + 1.5;
const FUNCTION_GB = 1;
/** Of a function, waiting included, as `npm run bench -- load` finds it; MB of gzip. */
const SECONDS_PER_FILE = 0.01;
const SECONDS_PER_MB = 0.03;
const FILES_PER_LIST = 1000;

/** What it takes to send these files through the stack, at a rate. */
export function estimate(amount: Amount, density: Density, filesPerSecond: number): Estimate {
  const { files, sizeBytes } = amount;
  const events = Math.round(sizeBytes * density.eventsPerByte);
  const writeUnits = Math.round(events * density.writeUnitsPerEvent + files * WRITE_UNITS_PER_FILE);
  return {
    ...{ files, sizeBytes, events, writeUnits },
    usd: costOfFiles(amount, writeUnits).total,
    hours: files / filesPerSecond / 3600,
  };
}

function costOfFiles({ files, sizeBytes }: Amount, writeUnits: number): Cost {
  const seconds = files * SECONDS_PER_FILE + (sizeBytes / 1e6) * SECONDS_PER_MB;
  return costOf({
    dynamoWriteUnit: writeUnits,
    dynamoReadUnit: files * READ_UNITS_PER_FILE,
    s3Get: files,
    s3List: files / FILES_PER_LIST,
    sqsRequest: files * QUEUE_REQUESTS_PER_FILE,
    lambdaRequest: files / FILES_PER_BATCH,
    lambdaGbSecond: seconds * FUNCTION_GB,
  });
}

/**
 * Reads some of the files to see how many events are in them and what writing those takes.
 *
 * @returns what an ordinary trail holds where none can be read.
 */
export async function sampleDensity(
  files: readonly (LogFileLocation & { readonly sizeBytes: number })[],
  logFiles: LogFiles,
): Promise<Density> {
  let sampledFiles = 0;
  let sizeBytes = 0;
  let events = 0;
  let writeUnits = 0;
  for (const { sizeBytes: fileBytes, ...location } of files) {
    try {
      await readLogFile(
        () => logFiles.open(location),
        (records) => {
          for (const { record, index } of records) {
            const { event } = buildAuditEvent(record, { ...location, index });
            if (event === undefined) continue;
            events += 1;
            writeUnits += eventWriteUnits(event, { shards: SHARDS });
          }
        },
      );
    } catch (error) {
      // Not to be read, or damaged: the backfill itself will tell.
      if (error instanceof QuerytrailError) continue;
      throw error;
    }
    sampledFiles += 1;
    sizeBytes += fileBytes;
  }
  if (sampledFiles === 0 || sizeBytes === 0) return ORDINARY;
  return {
    eventsPerByte: events / sizeBytes,
    writeUnitsPerEvent: events === 0 ? ORDINARY.writeUnitsPerEvent : writeUnits / events,
    sampledFiles,
  };
}
