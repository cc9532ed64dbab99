import type { Route } from './route';
import { getCoverage } from './routes/get-coverage';
import { getEvent } from './routes/get-event';
import { getRecord } from './routes/get-record';
import { getStats } from './routes/get-stats';
import { listEvents } from './routes/list-events';
import { listFiles } from './routes/list-files';
import { openApiRoute } from './routes/openapi-document';

/** Every route there is. */
export const ROUTES: readonly Route[] = [
  listEvents,
  getEvent,
  getRecord,
  getStats,
  getCoverage,
  listFiles,
  openApiRoute(() => ROUTES),
];
