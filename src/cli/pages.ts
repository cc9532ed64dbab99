import { eventListSchema } from '../api/routes/list-events';
import type { ApiClient, QueryParameters } from './api-client';

const MAX_PAGE = 500;

/** Follows the cursor, through pages that came back short, until there are `most` events. */
export async function* pagesOf(client: ApiClient, query: QueryParameters, most: number) {
  let wanted = most;
  let cursor: string | undefined;
  do {
    const limit = Math.min(wanted, MAX_PAGE);
    const page = await client.get('/v1/events', { ...query, limit, cursor }, eventListSchema);
    yield page;
    wanted -= page.events.length;
    cursor = page.cursor;
  } while (cursor !== undefined && wanted > 0);
}
